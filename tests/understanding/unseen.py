"""Messages that no wording was tuned on and no weight was learned from: for an honest figure.

Tune nothing on `batches/fresh.txt`. Who wants better figures writes a new file in its place and lets the old one
become one more lesson.
"""

from pathlib import Path

from tests.understanding.batch import batch

UNSEEN: tuple[tuple[str, str, str], ...] = tuple(batch(Path(__file__).parent / "batches" / "fresh.txt"))
