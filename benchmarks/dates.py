"""How well days and times are understood, and how quickly: ours beside dateparser and chrono-node, in one run.

    make bench-dates CASES=file.jsonl [ARGS="--misses 20 --no-peers"]

CASES is a file of cases with `lang`, `text`, `reference_time`, `type` and `expected`; the rules by which an answer
counts are those of the `scorer.py` that stands beside it. Printed are, by language, the accuracy by type, the share of
time-free texts in which something was found, and the median microseconds an utterance.
"""

import argparse
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import dateparser
import dateparser.search

from marcai.understanding.dates.finder import LANGUAGES, find_times
from marcai.understanding.meaning import Language
from marcai.understanding.serial import when_json

Case = dict[str, Any]
Found = list[dict[str, object]]
Row = tuple[Case, Found, dict[str, bool], float]
BY_CODE = {language.short: language for language in Language}
NODE_PATIENCE_SECONDS = 180

CHRONO = """
const chrono = require('chrono-node');
const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const zh = chrono.zh && (chrono.zh.hans || chrono.zh);
const at = {en: chrono.en.casual, pt: chrono.pt ? chrono.pt.casual : null, zh: zh ? zh.casual : null};
const two = n => String(n).padStart(2, '0');
const day = c => c.get('year') + '-' + two(c.get('month')) + '-' + two(c.get('day'));
const value = c => c.isCertain('hour') ? day(c) + 'T' + two(c.get('hour')) + ':' + two(c.get('minute') || 0) : day(c);
const out = cases.map(c => {
  const parser = at[c.lang];
  if (!parser) return {us: null, found: []};
  const [d, t] = c.reference_time.split('T'), [y, m, dd] = d.split('-').map(Number), [h, mi] = t.split(':').map(Number);
  const ref = new Date(y, m - 1, dd, h, mi);
  const t0 = process.hrtime.bigint();
  let found = [];
  try { found = parser.parse(c.text, ref, {forwardDate: true}); } catch (e) { found = []; }
  const us = Number(process.hrtime.bigint() - t0) / 1000;
  return {us, found: found.map(r => ({text: r.text, value: r.end ? [value(r.start), value(r.end)] : value(r.start)}))};
});
process.stdout.write(JSON.stringify(out));
"""


def scorer_beside(cases: Path) -> ModuleType:
    """Return the module `scorer.py` in the folder of the cases."""
    spec = importlib.util.spec_from_file_location("scorer", cases.parent / "scorer.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(cases.parent / "scorer.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ours(text: str, lang: str, reference_time: str) -> Found:
    """Return what we find, in the scorer's form; what is not wanted is no value."""
    mentions = find_times(text, BY_CODE[lang], datetime.fromisoformat(reference_time))
    return [
        {"text": m.text, "value": when_json(m.value), "alternatives": [when_json(other) for other in m.alternatives]}
        for m in mentions
        if not m.excluded
    ]


def by_dateparser(text: str, lang: str, reference_time: str) -> Found:
    """Return what dateparser finds: the whole text as one date, else a search in it."""
    settings = {"RELATIVE_BASE": datetime.fromisoformat(reference_time), "PREFER_DATES_FROM": "future"}
    whole = dateparser.parse(text, languages=[lang], settings=settings)
    found = [(text, whole)] if whole else dateparser.search.search_dates(text, languages=[lang], settings=settings) or []
    return [
        {"text": said, "value": value.strftime("%Y-%m-%d" if value.time() == value.time().min else "%Y-%m-%dT%H:%M")}
        for said, value in found
    ]


def by_chrono(cases: list[Case], scorer: ModuleType) -> list[Row] | None:
    """Return chrono-node's rows, installed from npm into a folder that is thrown away; None, said aloud, without node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        print("chrono-node: skipped, no node and npm on this machine", file=sys.stderr)
        return None
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(
                [npm, "install", "--silent", "--no-audit", "--no-fund", "chrono-node@2"],
                cwd=folder, check=True, capture_output=True, timeout=NODE_PATIENCE_SECONDS,
            )  # fmt: skip
            answer = subprocess.run(
                [node, "-e", CHRONO],
                cwd=folder, check=True, capture_output=True, timeout=NODE_PATIENCE_SECONDS, input=json.dumps(cases).encode(),
            )  # fmt: skip
        except (subprocess.SubprocessError, OSError) as error:
            print(f"chrono-node: skipped, {type(error).__name__}", file=sys.stderr)
            return None
    rows = zip(cases, json.loads(answer.stdout), strict=True)
    return [(case, row["found"], scorer.score(case, row["found"]), row["us"]) for case, row in rows if row["us"] is not None]


def report(name: str, rows: list[Row], misses: int = 0) -> None:
    """Print one system's figures, a line a language, and the misses that were asked for."""
    for lang in sorted({case["lang"] for case, *_ in rows}):
        mine = [row for row in rows if row[0]["lang"] == lang]
        core = [row for row in mine if row[0].get("core", True)]
        by_type: dict[str, list[bool]] = defaultdict(list)
        for case, _, score, _us in core:
            by_type[case["type"]].append(score["hit"])
        free = [score["returned"] for case, _, score, _us in mine if case["type"] == "none"]
        accuracy = 100 * sum(score["hit"] for _, _, score, _ in core) / max(1, len(core))
        wrong = f"{100 * sum(free) / len(free):.1f} %" if free else "-"
        median = statistics.median(us for *_, us in mine)
        print(f"{name:<12} {lang}  {accuracy:5.1f} % of {len(core)}   false positives {wrong:>6}   median {median:7.0f} us")
        print("             " + "  ".join(f"{kind} {sum(hits)}/{len(hits)}" for kind, hits in sorted(by_type.items())))
        for case, found, score, _us in core:
            if misses and not score["hit"]:
                misses -= 1
                print(
                    "   miss",
                    case["type"],
                    "|",
                    case["text"],
                    "|",
                    case["reference_time"],
                    "|",
                    case["expected"],
                    "| found",
                    [f["value"] for f in found],
                )


def report_long(cases: list[Case]) -> None:
    """Print how long 500 characters take, put together from the cases, in each language."""
    for lang in sorted({case["lang"] for case in cases}):
        text = " ".join(case["text"] for case in cases if case["lang"] == lang)[:500]
        runs = []
        for _ in range(20):
            began = time.perf_counter_ns()
            ours(text, lang, "2026-11-23T10:00")
            runs.append((time.perf_counter_ns() - began) / 1e6)
        print(f"{'marcai':<12} {lang}  {len(text)} characters in {statistics.median(runs):.2f} ms")


def main() -> None:
    """Score a file of cases."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument(
        "cases", type=Path, nargs="?", default=os.environ.get("CASES"), help="the file; else the variable CASES names it"
    )
    arguments.add_argument("--misses", type=int, default=0, help="print so many of our misses")
    arguments.add_argument("--no-peers", action="store_true", help="ours alone")
    asked = arguments.parse_args()
    if asked.cases is None:
        arguments.error("no cases: make bench-dates CASES=file.jsonl")
    scorer = scorer_beside(asked.cases)
    cases = [case for case in scorer.load(str(asked.cases)) if BY_CODE[case["lang"]] in LANGUAGES]
    systems: list[tuple[str, Callable[[str, str, str], Found]]] = [("marcai", ours)]
    if not asked.no_peers:
        systems.append(("dateparser", by_dateparser))
    for name, extract in systems:
        scorer.evaluate(extract, cases[:50])
        report(name, scorer.evaluate(extract, cases), asked.misses if name == "marcai" else 0)
    report_long(cases)
    if not asked.no_peers:
        rows = by_chrono(cases, scorer)
        if rows is not None:
            report("chrono-node", rows)


if __name__ == "__main__":
    main()
