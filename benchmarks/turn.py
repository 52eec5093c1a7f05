"""What a turn of a talk costs over HTTP, beside the bare floor: ASGI, Redis and PostgreSQL with the turn's own number of round trips.

Aims: processor time at most 2.0 times the floor's, median latency at most 1.35 times. One client, so that latency is the turn's own.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.stand import BareClient, Stand, cpu_seconds, served, stand

ROUNDS = 300
MARCAI = str(Path(sys.executable).parent / "marcai")
KINDS = {
    # kind: (what is said, in turn; round trips to PostgreSQL of one turn, as docs/round-trips.md counts them)
    "a question": (("what is the address?",), 4),
    "an offer": (("I'd like to see Dr. Ana on Thursday morning", "I'd like to see Dr. Ana on Friday afternoon"), 7),
}


def measured(pid: int, turn: Callable[[int], None], rounds: int = ROUNDS) -> tuple[float, float]:
    """Return processor time and median latency of one turn, in microseconds."""
    for n in range(20):
        turn(n)
    latencies = []
    began = cpu_seconds(pid)
    for n in range(rounds):
        start = time.perf_counter()
        turn(n)
        latencies.append(time.perf_counter() - start)
    return (cpu_seconds(pid) - began) / rounds * 1e6, statistics.median(latencies) * 1e6


def talking(port: int, at: Stand, lines: tuple[str, ...]) -> Callable[[int], None]:
    """Return what says the lines in turn, as one patient."""
    client = BareClient(port, {"x-api-key": at.api_key})
    _, made = client.post("/v1/scheduling/patients", {"first_name": "Bench", "last_name": "Mark"})
    patient = json.loads(made)["id"]

    def turn(n: int) -> None:
        message = lines[n % len(lines)]
        status, body = client.post("/v1/scheduling/conversation", {"patient_id": patient, "channel": "web", "message": message})
        assert status == 200, body

    return turn


def idling(port: int, trips: int) -> Callable[[int], None]:
    """Return what asks the floor for a turn of that many round trips."""
    client = BareClient(port, {"x-trips": str(trips)})

    def turn(_n: int) -> None:
        client.post("/", {"message": "x" * 60})

    return turn


def main() -> None:
    """Print one line a kind of turn."""
    print(f"A turn over HTTP, {ROUNDS} turns, one client; aims: CPU <= 2.0 x floor, p50 <= 1.35 x floor")
    with (
        stand() as at,
        served([MARCAI, "serve"], at.environment) as (port, pid),
        served([sys.executable, "-m", "benchmarks.floor"], at.environment) as (floor_port, floor_pid),
    ):
        for kind, (lines, trips) in KINDS.items():
            floor_cpu, floor_p50 = measured(floor_pid, idling(floor_port, trips))
            cpu, p50 = measured(pid, talking(port, at, lines))
            print(
                f"  {kind:<12} CPU {cpu:7.0f} us, floor {floor_cpu:6.0f} us: {cpu / floor_cpu:5.2f} x"
                f" | p50 {p50:7.0f} us, floor {floor_p50:6.0f} us: {p50 / floor_p50:5.2f} x  ({trips} + 3 round trips)"
            )


if __name__ == "__main__":
    main()
