"""The API's form of a value of time."""

from datetime import date, datetime, time

from marcai.understanding.meaning import DayPart, Span, When


def when_json(when: When | None) -> object:
    """Return "YYYY-MM-DD", "YYYY-MM-DDTHH:MM", "HH:MM", [start, end] with None for an open side, or {"date", "part"}."""
    if when is None:
        return None
    if isinstance(when, Span):
        return [when_json(when.start), when_json(when.end)]
    if isinstance(when, DayPart):
        return {"date": when_json(when.day), "part": when.part}
    if isinstance(when, datetime):
        return when.strftime("%Y-%m-%dT%H:%M") if when.year > 999 else when.isoformat(timespec="minutes")
    if isinstance(when, time):
        return when.isoformat(timespec="minutes")
    return date.isoformat(when)
