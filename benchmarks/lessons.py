"""Learn the weights of `understanding/impression.py` from the messages that were written for this project.

    python benchmarks/lessons.py [--without FILE] [--fit]

Read are `tests/understanding/messages.py`, `red_flags.py` and `tests/understanding/batches/*.txt`, but `fresh*.txt`,
which is kept unseen. Written are `wordings/<language>.weights`. The result is the same every time.
"""

import argparse
import math
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from marcai.understanding.confidence import margin_of
from marcai.understanding.impression import INTENTS, SCALE, features, weights_of
from marcai.understanding.interpreter import Interpreter, first_look
from marcai.understanding.lines import NOBODY, answer_line
from marcai.understanding.meaning import Language
from tests.understanding.batch import batch
from tests.understanding.messages import CHINESE, ENGLISH, PORTUGUESE
from tests.understanding.red_flags import CALM, EMERGENCIES

ROUNDS, STEP, LEAST, DECAY = 20, 0.5, 8, 0.0005
"""How often everything is read, how far a miss moves a weight, the least weight that is kept, how fast weights fade."""

NOON = datetime(2026, 3, 4, 12)  # noqa: DTZ001  (the wall time of a Wednesday at the clinic)
TESTS = Path(__file__).parent.parent / "tests" / "understanding"
WORDINGS = Path(__file__).parent.parent / "src" / "marcai" / "understanding" / "wordings"
_PLACE = {intent.value: place for place, intent in enumerate(INTENTS)}


def written(without: Path | None) -> Iterator[tuple[str, str, str]]:
    """Return every message that may be learned from."""
    for language, messages in (("pt", PORTUGUESE), ("en", ENGLISH), ("zh", CHINESE)):
        for text, intents in messages:
            yield language, text, intents
    for language, text in EMERGENCIES:
        yield language, text, "urgent"
    for language, text in CALM:
        yield language, text, "calm"
    for path in sorted((TESTS / "batches").glob("*.txt")):
        if path != without and not path.name.startswith("fresh"):
            yield from batch(path)


def learned(lessons: list[tuple[list[str], str]]) -> dict[str, list[float]]:
    """Return the weights of multinomial logistic regression, by stochastic descent with steps that shrink."""
    weights: dict[str, list[float]] = {}
    moved: dict[str, list[float]] = {}
    order = random.Random(1)
    for _ in range(ROUNDS):
        order.shuffle(lessons)
        for present, wanted in lessons:
            for feature in present:
                if feature not in weights:
                    weights[feature], moved[feature] = [0.0] * len(INTENTS), [1e-6] * len(INTENTS)
            root = math.sqrt(len(present))
            rows = [weights[feature] for feature in present]
            sums = [sum(column) / root for column in zip(*rows, strict=True)]
            top = max(sums)
            shares = [math.exp(s - top) for s in sums]
            whole = sum(shares)
            found = [share / whole for share in shares]
            misses = [p - t for p, t in zip(found, _target(found, wanted), strict=True)]
            steps = [(place, miss / root) for place, miss in enumerate(misses) if abs(miss) > 0.002]
            for feature in present:
                row, path = weights[feature], moved[feature]
                for place, step in steps:
                    bent = step + DECAY * row[place]
                    path[place] += bent * bent
                    row[place] -= STEP * bent / math.sqrt(path[place])
    return weights


def _target(found: list[float], wanted: str) -> list[float]:
    """Return what the probabilities ought to be; of a calm message only that it is no emergency."""
    emergency = _PLACE["emergency"]
    if wanted == "calm":
        rest = 1.0 - found[emergency] or 1.0
        return [0.0 if place == emergency else p / rest for place, p in enumerate(found)]
    names = ["emergency"] if wanted == "urgent" else wanted.split("|")
    return [1.0 / len(names) if intent.value in names else 0.0 for intent in INTENTS]


def fitted(folds: int = 3) -> tuple[float, float]:
    """Return slope and offset of the confidence, from messages read with weights that were learned without them."""
    flags = [m for m in written(None) if m[2] in ("urgent", "calm")]
    messages = [m for m in written(None) if m[2] not in ("urgent", "calm")]
    random.Random(3).shuffle(messages)
    margins: list[tuple[float, bool]] = []
    for fold in range(folds):
        write_weights([m for i, m in enumerate(messages) if i % folds != fold] + flags)
        for short, text, intents in messages[fold::folds]:
            line = answer_line(Interpreter(), {"text": text, "lang": short}, None, NOON)
            margins.append((margin_of(float(str(line["confidence"]))), line["intent"] in intents.split("|")))
    slope, offset = 1.0, 0.0
    for _ in range(3000):
        misses = [(1.0 / (1.0 + math.exp(-(slope * x + offset))) - right, x) for x, right in margins]
        slope -= 0.3 * sum(miss * x for miss, x in misses) / len(misses)
        offset -= 0.3 * sum(miss for miss, _ in misses) / len(misses)
    print(f"{sum(right for _, right in margins) / len(margins):.3f} right of {len(margins)}, read with weights learned from the others")
    return slope, offset


def write_weights(messages: list[tuple[str, str, str]]) -> None:
    """Learn from the messages and write the weights; features seen once are kept only where they are words."""
    for language in Language:
        lessons: list[tuple[list[str], str]] = []
        for short, text, intents in messages:
            if short == language.short:
                look = first_look(text, now=NOON, known=NOBODY, language=language)
                lessons.append((sorted(features(look.folded, look.spoken, look.hits, language)), intents))
        often = Counter(feature for present, _ in lessons for feature in present)
        lessons = [([f for f in present if often[f] > 1 or (" " not in f and len(f) > 1)], wanted) for present, wanted in lessons]
        lines = []
        for feature, row in sorted(learned(lessons).items()):
            kept = [(chr(97 + place), round(w * SCALE)) for place, w in enumerate(row) if abs(round(w * SCALE)) >= LEAST]
            if kept:
                lines.append(feature + "\t" + " ".join(f"{letter}{w}" for letter, w in kept))
        (WORDINGS / f"{language.short}.weights").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(language.short, len(lessons), "messages,", len(lines), "features")
    weights_of.cache_clear()


def main() -> None:
    """Learn and write the weights of each language; fit the confidence first where asked."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--without", type=Path)
    arguments.add_argument("--fit", action="store_true")
    asked = arguments.parse_args()
    if asked.fit:
        slope, offset = fitted()
        print(f"_SLOPE_TOGETHER, _OFFSET_TOGETHER = {slope:.2f}, {offset:.2f}")
    write_weights(list(written(asked.without.resolve() if asked.without else None)))


if __name__ == "__main__":
    main()
