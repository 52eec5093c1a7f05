"""`make bench`: every figure that we claim, each beside its floor, measured in this run. `ARGS=slots` runs one of them alone.

Compare ratios, not milliseconds: machines differ, and a busy one slows both sides.
"""

import subprocess
import sys
from importlib.util import find_spec

ALL = ("slots", "bookings", "turn", "manners", "webhooks")


def main() -> int:
    """Run the benchmarks one after the other, each in a process of its own; return how many failed."""
    wanted = sys.argv[1:] or [name for name in ALL if find_spec(f"benchmarks.{name}") is not None]
    failed = 0
    for name in wanted:
        print(f"\n== {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
