"""When the parts of a day begin and end, on the wall clock, half-open."""

from datetime import time

PARTS_OF_DAY = {
    "morning": (time(6), time(12)),
    "afternoon": (time(12), time(18)),
    "evening": (time(18), time(22)),
}
