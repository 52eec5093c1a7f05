"""From meaning to wish: how what is said in one turn changes what is wanted. Pure.

What was said once stays until it is said anew. A new day takes the place of the old day, a new hour that of the old hour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from marcai.conversation.conversation import Subject, Wanted
from marcai.understanding.meaning import Candidate, DayPart, Meaning, NameMention, Span, TimeMention, When

DAY: Final = timedelta(days=1)
PARTS: Final[dict[str, tuple[time, time]]] = {
    "dawn": (time(0), time(6)),
    "morning": (time(6), time(12)),
    "noon": (time(11), time(14)),
    "afternoon": (time(12), time(18)),
    "evening": (time(18), time(22)),
}
MOST_EXCLUDED_DAYS: Final = 62
END_OF_DAY: Final = time(23, 59)


@dataclass(frozen=True, slots=True)
class Frame:
    """Days (both included) and clock times (half-open, equal for an exact hour) that one expression or several leave open."""

    date_from: date | None = None
    date_to: date | None = None
    time_from: time | None = None
    time_to: time | None = None
    gaps: frozenset[date] = frozenset()
    """Days between that are not meant: "Tuesday or Friday" leaves out Wednesday and Thursday."""

    @property
    def has_day(self) -> bool:
        """Say whether any day is named."""
        return self.date_from is not None or self.date_to is not None

    @property
    def has_time(self) -> bool:
        """Say whether any clock time is named."""
        return self.time_from is not None or self.time_to is not None


def frame_of(value: When) -> Frame:
    """Return what one value leaves open."""
    match value:
        case datetime():
            return Frame(value.date(), value.date(), value.time(), value.time())
        case date():
            return Frame(value, value)
        case time():
            return Frame(None, None, value, value)
        case DayPart():
            return Frame(value.day, value.day, *PARTS[value.part])
        case Span():
            return _span(value)


def _span(value: Span) -> Frame:
    start, end = value.start, value.end
    if isinstance(start, time) or isinstance(end, time):
        return Frame(None, None, start if isinstance(start, time) else None, end if isinstance(end, time) else None)
    if isinstance(start, datetime) or isinstance(end, datetime):
        return _span_of_moments(start, end)
    return Frame(start, end - DAY if end is not None else None)


def _span_of_moments(start: date | datetime | None, end: date | datetime | None) -> Frame:
    first = start if isinstance(start, datetime) else None
    last = end if isinstance(end, datetime) else None
    if first and last:
        # A span that ends at midnight ends with the day before; one over several days leaves its clock times open.
        final_day = last.date() - DAY if last.time() == time(0) else last.date()
        if final_day <= first.date():
            return Frame(first.date(), first.date(), first.time(), last.time() if last.date() == first.date() else None)
        return Frame(first.date(), final_day)
    if first:
        return Frame(first.date(), first.date(), first.time(), None)
    return Frame(last.date(), last.date(), None, last.time()) if last else Frame()


def frame_of_all(mentions: Iterable[TimeMention]) -> Frame:
    """Return what several expressions leave open together: days and hours are joined, a part of a day narrowed by an hour in it."""
    frames = [frame_of(mention.value) for mention in mentions if not mention.excluded]
    whole = Frame()
    for frame in frames:
        whole = _joined(whole, frame)
    return whole


def _joined(one: Frame, other: Frame) -> Frame:
    joined = one
    if other.has_day:
        joined = _joined_days(one, other) if one.has_day else replace(one, date_from=other.date_from, date_to=other.date_to)
    if other.has_time:
        low, high = _joined_times(one, other) if one.has_time else (other.time_from, other.time_to)
        joined = replace(joined, time_from=low, time_to=high)
    return joined


def _joined_days(one: Frame, other: Frame) -> Frame:
    if one.date_from is None or one.date_to is None or other.date_from is None or other.date_to is None:
        return replace(one, date_from=one.date_from or other.date_from, date_to=one.date_to or other.date_to)
    inside = one.date_from <= other.date_from and other.date_to <= one.date_to
    around = other.date_from <= one.date_from and one.date_to <= other.date_to
    if inside or around:
        narrow = other if inside else one
        return replace(one, date_from=narrow.date_from, date_to=narrow.date_to)
    first, last = sorted((one, other), key=lambda frame: frame.date_from or date.min)
    assert first.date_to is not None
    assert last.date_from is not None
    between = frozenset(first.date_to + DAY * n for n in range(1, min((last.date_from - first.date_to).days, MOST_EXCLUDED_DAYS)))
    return replace(one, date_from=first.date_from, date_to=max(first.date_to, last.date_to or date.min), gaps=one.gaps | between)


def _joined_times(one: Frame, other: Frame) -> tuple[time | None, time | None]:
    """Return the common time of two ranges where they meet ("in the afternoon, after three"), else the whole range of both."""
    low = max(one.time_from or time.min, other.time_from or time.min)
    high = min(_end(one), _end(other))
    if low <= high and not (low == high and low not in (one.time_from, other.time_from)):
        exact = next((f for f in (one, other) if f.time_from is not None and f.time_from == f.time_to), None)
        if exact is not None:
            return exact.time_from, exact.time_to
        return (None if low == time.min else low), (None if high == time.max else high)
    low, high = min(one.time_from or time.min, other.time_from or time.min), max(_end(one), _end(other))
    exact_end = any(f.time_from == f.time_to == high for f in (one, other))
    return low, (datetime.combine(date.min, high) + timedelta(minutes=1)).time() if exact_end else high


def _end(frame: Frame) -> time:
    return frame.time_to or time.max


def absorbed(wanted: Wanted, meaning: Meaning, times: Sequence[TimeMention]) -> Wanted:
    """Return the wish after one more utterance. `times` are those of its expressions that speak of the visit to come."""
    wanted = _with_times(wanted, meaning, times)
    wanted = _with_people(wanted, meaning)
    kind, place = meaning.appointment_type, meaning.location
    return replace(
        wanted,
        appointment_type_id=kind.settled.id if kind and kind.settled else wanted.appointment_type_id,
        location_id=place.settled.id if place and place.settled else wanted.location_id,
        earliest=wanted.earliest or meaning.earliest,
        reason=meaning.reason or wanted.reason,
    )


def _with_times(wanted: Wanted, meaning: Meaning, times: Sequence[TimeMention]) -> Wanted:
    frame = frame_of_all(times)
    if frame.has_day:
        named = _days(frame.date_from, frame.date_to)
        wanted = replace(
            wanted,
            date_from=frame.date_from,
            date_to=frame.date_to,
            any_day=False,
            excluded_dates=(wanted.excluded_dates - named) | frame.gaps,
        )
    elif meaning.any_day:
        wanted = replace(wanted, date_from=None, date_to=None, any_day=True)
    if frame.has_time:
        wanted = replace(wanted, time_from=frame.time_from, time_to=frame.time_to, any_time=False, excluded_times=())
    elif meaning.any_time:
        wanted = replace(wanted, time_from=None, time_to=None, any_time=True, excluded_times=())
    for mention in times:
        if mention.excluded:
            wanted = without(wanted, mention.value)
    return wanted


def _days(first: date | None, last: date | None) -> frozenset[date]:
    if first is None or last is None:
        return frozenset({first or last}) - {None} if (first or last) else frozenset()  # type: ignore[return-value]
    return frozenset(first + DAY * n for n in range(min((last - first).days + 1, MOST_EXCLUDED_DAYS)))


def without(wanted: Wanted, value: When) -> Wanted:
    """Return the wish without a day or a time that is not wanted."""
    frame = frame_of(value)
    if frame.has_day and (not frame.has_time or wanted.date_from != wanted.date_to):
        return replace(wanted, excluded_dates=wanted.excluded_dates | _days(frame.date_from, frame.date_to))
    if frame.has_time:
        low = frame.time_from or time.min
        high = frame.time_to or END_OF_DAY
        if low == high:
            high = (datetime.combine(date.min, low) + timedelta(minutes=1)).time()
        return replace(wanted, excluded_times=(*wanted.excluded_times, (low, high)))
    return wanted


def shifted(wanted: Wanted, by: timedelta, start: datetime, *, keeps_hour: bool) -> Wanted:
    """Return the wish for a time so much later than a start (naive wall time).

    Whole days lead to another day: at the wished hours if there are any, else at the same hour if it `keeps_hour`. Less than a day
    leads to another hour, of the day that is wished besides if there is one ("Thursday, an hour later").
    """
    moment = start + by
    wanted = replace(wanted, shift=None, any_day=False, any_time=False, earliest=False, excluded_times=())
    if by % DAY:
        day = wanted.date_from if wanted.date_from is not None and wanted.date_from == wanted.date_to else moment.date()
        # Not even the nearest alternative may lie on the wrong side of the start.
        wrong = (time.min, start.time()) if by > timedelta(0) else (start.time(), END_OF_DAY)
        return replace(wanted, date_from=day, date_to=day, time_from=moment.time(), time_to=moment.time(), excluded_times=(wrong,))
    wanted = replace(wanted, date_from=moment.date(), date_to=moment.date(), excluded_dates=wanted.excluded_dates - {moment.date()})
    is_open = wanted.time_from is None and wanted.time_to is None
    return replace(wanted, time_from=moment.time(), time_to=moment.time()) if is_open and keeps_hour else wanted


def without_words(meaning: Meaning, start: int, end: int) -> Meaning:
    """Return the meaning without the expressions of time that overlap a stretch of the text."""

    def left(mentions: tuple[TimeMention, ...]) -> tuple[TimeMention, ...]:
        return tuple(m for m in mentions if m.end <= start or m.start >= end)

    return replace(meaning, times=left(meaning.times), subject_times=left(meaning.subject_times))


def _with_people(wanted: Wanted, meaning: Meaning) -> Wanted:
    excluded = wanted.excluded_providers | {m.settled.id for m in meaning.not_providers if m.settled}
    settled = meaning.provider.settled if meaning.provider else None
    among = tuple(candidate for candidate in wanted.among if candidate.id not in excluded)
    if settled is not None:
        wanted = replace(wanted, provider=settled, among=(), any_provider=False, excluded_providers=excluded - {settled.id})
    elif meaning.any_provider:
        # "Either" is said of those who were named, if any were.
        wanted = replace(wanted, provider=None, among=among, any_provider=not among, excluded_providers=excluded)
    else:
        kept = wanted.provider if wanted.provider is None or wanted.provider.id not in excluded else None
        wanted = replace(wanted, provider=kept, among=among, excluded_providers=excluded)
    if meaning.specialty and meaning.specialty.specialty:
        is_new = meaning.specialty.specialty != wanted.specialty
        among = () if is_new else wanted.among
        wanted = replace(wanted, specialty=meaning.specialty.specialty, provider=settled if is_new else wanted.provider, among=among)
    elif settled is not None:
        # Whoever names a person no longer means just anybody of a specialty.
        wanted = replace(wanted, specialty=None)
    return wanted


def subject_of(subject: Subject, meaning: Meaning, times: Sequence[TimeMention]) -> Subject:
    """Return what is known of the visit that is meant, after one more utterance."""
    frame = frame_of_all(times)
    provider = meaning.provider.settled if meaning.provider else None
    kind = meaning.appointment_type.settled if meaning.appointment_type else None
    return Subject(
        date_from=frame.date_from if frame.has_day else subject.date_from,
        date_to=frame.date_to if frame.has_day else subject.date_to,
        time_from=frame.time_from if frame.has_time else subject.time_from,
        time_to=frame.time_to if frame.has_time else subject.time_to,
        provider_id=provider.id if provider else subject.provider_id,
        appointment_type_id=kind.id if kind else subject.appointment_type_id,
        ordinal=meaning.ordinal if meaning.ordinal is not None else subject.ordinal,
    )


def says_anything_new(meaning: Meaning) -> bool:
    """Say whether the utterance bears any wish about a visit to come."""
    return bool(
        meaning.times
        or meaning.provider
        or meaning.not_providers
        or meaning.specialty
        or meaning.appointment_type
        or meaning.location
        or meaning.any_provider
        or meaning.any_day
        or meaning.any_time
        or meaning.earliest
    )


def narrowed(mention: NameMention | None, allowed: Iterable[UUID]) -> tuple[Candidate, ...]:
    """Return the candidates of a mention that are among the allowed ones."""
    ids = set(allowed)
    return tuple(c for c in mention.candidates if c.id in ids) if mention else ()
