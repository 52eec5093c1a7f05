"""How sure we are of an intent: the weight of the evidence turned into a probability that was checked.

The first two numbers are what `benchmarks/intents.py --fit` printed for the wordings alone. The other two are what
`benchmarks/lessons.py --fit` prints: each third of the lessons is read with weights learned from the other two, so
that no message vouches for itself. `docs/intent_reliability.svg` shows what they are worth on messages never seen.
"""

import math

_SLOPE, _OFFSET = 1.57, -1.58
_SLOPE_TOGETHER, _OFFSET_TOGETHER = 0.86, -0.06
_LEAST, _MOST = 0.01, 0.99


def sureness(score: float, rival: float) -> float:
    """Return the probability that the intent is right, given its evidence and the best rival's."""
    probability = 1.0 / (1.0 + math.exp(-(_SLOPE * (score - 0.5 * rival) + _OFFSET)))
    return round(min(_MOST, max(_LEAST, probability)), 4)


def sureness_together(margin: float) -> float:
    """Return the probability that the intent is right, given by how much it leads when wordings and sound are weighed together."""
    return round(min(_MOST, max(_LEAST, 1.0 / (1.0 + math.exp(-(_SLOPE_TOGETHER * margin + _OFFSET_TOGETHER))))), 4)


def evidence_of(confidence: float) -> float:
    """Return the weight of evidence that `sureness` turned into this confidence, up to rounding."""
    bounded = min(_MOST, max(_LEAST, confidence))
    return (math.log(bounded / (1.0 - bounded)) - _OFFSET) / _SLOPE


def margin_of(confidence: float) -> float:
    """Return the lead that `sureness_together` turned into this confidence, up to rounding and its bounds."""
    bounded = min(_MOST, max(_LEAST, confidence))
    return (math.log(bounded / (1.0 - bounded)) - _OFFSET_TOGETHER) / _SLOPE_TOGETHER
