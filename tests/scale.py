"""How much a test does: a figure of `make prove` at full size, or about a fiftieth of it in `make test`.

`MARCAI_PROVE=1` asks for the full size. Whatever is random starts from one seed, which every run prints and
`MARCAI_SEED` repeats.
"""

import os
import random
import secrets

SMALLER_BY = 50
PROVES = os.environ.get("MARCAI_PROVE", "") == "1"
SEED = int(os.environ.get("MARCAI_SEED") or secrets.randbelow(1_000_000))
# The processes that share a run's work share its seed.
os.environ["MARCAI_SEED"] = str(SEED)


def rounds(full: int, *, smaller_by: int = SMALLER_BY) -> int:
    """Return how many rounds to do of a figure that is claimed for `full`; where rounds are slow, fewer still in `make test`."""
    return full if PROVES else max(1, full // smaller_by)


def seeded(purpose: str = "") -> random.Random:
    """Return randomness that this run's seed repeats; another purpose draws other numbers."""
    return random.Random(f"{SEED}/{purpose}")
