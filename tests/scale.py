"""How large the large figures are taken: full under `make prove`, a fiftieth else."""

import os


def rounds(full: int) -> int:
    """Return how many rounds a test runs: all of them when `MARCAI_PROVE` is 1, else a fiftieth, at least one."""
    return full if os.environ.get("MARCAI_PROVE") == "1" else max(1, full // 50)
