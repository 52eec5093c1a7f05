"""How well intents are understood, and whether the confidence means what it says.

    python benchmarks/intents.py --cases FILE [--fit] [--drawing docs/intent_reliability.svg] [--misses]

FILE has cases with `lang`, `text`, `reference_time` and `intent_accept`; the messages of `tests/understanding/unseen.py`,
on which no wording was tuned, are counted beside them. Printed are the share of right intents a language and the
reliability: how often an intent was right, by how sure we were. `--fit` prints the numbers that `confidence.py` keeps:
a logistic curve over the weight of the evidence, fitted to both sets, each case of the tuned file counting less.
"""

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from marcai.understanding.confidence import evidence_of
from marcai.understanding.interpreter import Interpreter
from marcai.understanding.lines import answer_line
from tests.understanding.unseen import UNSEEN

NOON = datetime(2026, 3, 4, 12)  # noqa: DTZ001  (the wall time of a Wednesday at the clinic)
TUNED_COUNTS = 0.25
"""The wordings were written with an eye on the case file: what it says about unseen messages is worth less."""

Outcome = tuple[str, float, bool, float]
"""Language, confidence, whether the intent was right, and what the case counts."""


def outcomes(cases: Path, *, show_misses: bool) -> dict[str, list[Outcome]]:
    """Return what was understood of the case file and of the unseen messages."""
    interpreter = Interpreter()
    rows = [("file", json.loads(line), TUNED_COUNTS) for line in cases.read_text(encoding="utf-8").splitlines() if line]
    rows += [("unseen", {"lang": lang, "text": text, "intent_accept": intents.split("|")}, 1.0) for lang, text, intents in UNSEEN]
    found: dict[str, list[Outcome]] = defaultdict(list)
    for origin, case, counts in rows:
        line = answer_line(interpreter, case, None, NOON)
        right = line["intent"] in case["intent_accept"]
        found[origin].append((case["lang"], float(str(line["confidence"])), right, counts))
        if show_misses and not right:
            print(origin, case["lang"], case["text"], "| wanted", case["intent_accept"], "| got", line["intent"], line["confidence"])
    return found


def fitted(points: Sequence[Outcome]) -> tuple[float, float]:
    """Return slope and offset of the curve that makes the outcomes likeliest, by Newton's method with a mild prior."""
    slope, offset, prior = 1.0, 0.0, 0.02
    for _ in range(100):
        gradient, second = [-prior * (slope - 1.0), -prior * offset], [[-prior, 0.0], [0.0, -prior]]
        for _, confidence, right, counts in points:
            x = evidence_of(confidence)
            p = 1.0 / (1.0 + math.exp(-(slope * x + offset)))
            miss, bend = counts * (float(right) - p), counts * p * (1.0 - p)
            gradient = [gradient[0] + miss * x, gradient[1] + miss]
            second = [[second[0][0] - bend * x * x, second[0][1] - bend * x], [second[1][0] - bend * x, second[1][1] - bend]]
        (a, b), (c, d) = second
        determinant = a * d - b * c
        slope -= (d * gradient[0] - b * gradient[1]) / determinant
        offset -= (a * gradient[1] - c * gradient[0]) / determinant
    return slope, offset


def reliability(points: Sequence[Outcome], bins: int = 10) -> list[tuple[float, float, int]]:
    """Return mean confidence, share of right intents and number of messages, for each tenth that has any."""
    by_bin: dict[int, list[Outcome]] = defaultdict(list)
    for point in points:
        by_bin[min(bins - 1, int(point[1] * bins))].append(point)
    return [(sum(p[1] for p in ps) / len(ps), sum(p[2] for p in ps) / len(ps), len(ps)) for _, ps in sorted(by_bin.items())]


def drawing(found: dict[str, list[Outcome]]) -> str:
    """Return the reliability diagram as SVG: a circle a tenth, as large as the messages in it are many."""
    side, edge = 320, 46
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side + 2 * edge} {side + 2 * edge + 24}" '
            'font-family="sans-serif" font-size="12">'
        ),
        '<rect width="100%" height="100%" fill="white"/>',
        f'<path d="M{edge} {edge}V{edge + side}H{edge + side}" fill="none" stroke="#444"/>',
        f'<path d="M{edge} {edge + side}L{edge + side} {edge}" stroke="#aaa" stroke-dasharray="4 4"/>',
        f'<text x="{edge + side / 2}" y="{edge + side + 32}" text-anchor="middle">confidence of the intent</text>',
        f'<text x="14" y="{edge + side / 2}" text-anchor="middle" transform="rotate(-90 14 {edge + side / 2})">share that was right</text>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<text x="{edge + tick * side}" y="{edge + side + 16}" text-anchor="middle">{tick}</text>')
        parts.append(f'<text x="{edge - 6}" y="{edge + side - tick * side + 4}" text-anchor="end">{tick}</text>')
    colours = {"unseen": "#1b6ca8", "file": "#d98c1f"}
    for place, (origin, points) in enumerate(sorted(found.items(), reverse=True)):
        for mean, right, number in reliability(points):
            radius = 3 + 1.2 * math.sqrt(number)
            centre = f'cx="{edge + mean * side:.1f}" cy="{edge + side - right * side:.1f}"'
            parts.append(f'<circle {centre} r="{radius:.1f}" fill="{colours[origin]}" fill-opacity="0.55"><title>{number}</title></circle>')
        words = {"unseen": "messages never tuned on", "file": "development cases"}[origin]
        parts.append(f'<text x="{edge + 12}" y="{edge - 24 + 16 * place}" fill="{colours[origin]}">● {words} ({len(points)})</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Print the figures, and fit or draw where asked."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cases", type=Path, required=True)
    arguments.add_argument("--fit", action="store_true")
    arguments.add_argument("--misses", action="store_true")
    arguments.add_argument("--drawing", type=Path)
    asked = arguments.parse_args()
    found = outcomes(asked.cases, show_misses=asked.misses)
    for origin, points in found.items():
        for language in ("pt", "en", "zh"):
            rights = [right for lang, _, right, _ in points if lang == language]
            if rights:
                print(f"{origin:7} {language}  {100 * sum(rights) / len(rights):5.1f} % of {len(rights)}")
        for mean, right, number in reliability(points):
            print(f"{origin:7} sure {mean:.2f}: right {right:.2f} ({number})")
    if asked.fit:
        slope, offset = fitted([point for points in found.values() for point in points if point[1] > 0.0])
        print(f"_SLOPE, _OFFSET = {slope:.2f}, {offset:.2f}")
    if asked.drawing:
        asked.drawing.write_text(drawing(found), encoding="utf-8")


if __name__ == "__main__":
    main()
