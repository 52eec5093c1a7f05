"""The waitlist's entries in PostgreSQL."""

from datetime import date
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    Index,
    Integer,
    RowMapping,
    Text,
    UniqueConstraint,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql

from marcai.backends.postgres.tables import Moment, clinic_table, inside_clinic, numbered, optional, required
from marcai.backends.postgres.transaction import Transaction
from marcai.scheduling.offer import OVERTAKEN_AT_MOST
from marcai.scheduling.patient import PatientId
from marcai.scheduling.provider import AppointmentTypeId, ProviderId
from marcai.scheduling.waitlist import (
    IN_QUEUE,
    ConsentBasis,
    TimeOfDay,
    WaitlistEntry,
    WaitlistEntryId,
    WaitlistFilter,
    WaitlistStatus,
    WaitlistWish,
)

entries = clinic_table(
    "waitlist_entries",
    numbered(),
    required("patient_id", postgresql.UUID()),
    required("appointment_type_id", postgresql.UUID()),
    optional("provider_id", postgresql.UUID()),
    optional("date_from", Date),
    optional("date_to", Date),
    optional("time_of_day", Text),
    required("priority", Integer),
    required("status", Text),
    optional("channel", Text),
    required("created_at", Moment),
    optional("turn", BigInteger),
    required("overtaken", Integer),
    required("unanswered", Integer),
    optional("consent_basis", Text),
    optional("consent_at", Moment),
    optional("opted_out_at", Moment),
    inside_clinic("patient_id", "patients"),
    inside_clinic("appointment_type_id", "appointment_types"),
    inside_clinic("provider_id", "providers"),
    UniqueConstraint("organisation_id", "seq"),
    Index(None, "organisation_id", "appointment_type_id"),
    Index(None, "organisation_id", "patient_id"),
)
e = entries.c


class PostgresWaitlist:
    """Keeps `Waitlist` on one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, wish: WaitlistWish, *, channel: str | None, consent: ConsentBasis | None) -> WaitlistEntry:
        """Write a new, waiting entry."""
        unit = self._transaction
        row = await unit.row(
            insert(entries)
            .values(
                organisation_id=unit.organisation_id,
                id=unit.new_id(),
                patient_id=wish.patient_id,
                appointment_type_id=wish.appointment_type_id,
                provider_id=wish.provider_id,
                date_from=wish.date_from,
                date_to=wish.date_to,
                time_of_day=wish.time_of_day.value if wish.time_of_day else None,
                priority=wish.priority,
                status=WaitlistStatus.WAITING.value,
                channel=channel,
                created_at=unit.now,
                overtaken=0,
                unanswered=0,
                consent_basis=consent.value if consent else None,
                consent_at=unit.now if consent else None,
            )
            .returning(*e)
        )
        assert row is not None
        return _entry(row)

    async def get(self, entry_id: UUID) -> WaitlistEntry | None:
        """Return the entry, whatever its status."""
        row = await self._transaction.row(select(entries).where(self._own(), e.id == entry_id))
        return None if row is None else _entry(row)

    async def waiting_for(self, wish: WaitlistWish) -> WaitlistEntry | None:
        """Return the entry of the same patient that is in the queue for the very same wish (its priority aside)."""
        row = await self._transaction.row(
            select(entries)
            .where(
                self._own(),
                _in_queue(),
                e.patient_id == wish.patient_id,
                e.appointment_type_id == wish.appointment_type_id,
                e.provider_id.is_not_distinct_from(wish.provider_id),
                e.date_from.is_not_distinct_from(wish.date_from),
                e.date_to.is_not_distinct_from(wish.date_to),
                e.time_of_day.is_not_distinct_from(wish.time_of_day.value if wish.time_of_day else None),
            )
            .order_by(e.seq)
            .limit(1)
        )
        return None if row is None else _entry(row)

    async def page(self, wanted: WaitlistFilter, *, limit: int, after: int | None = None) -> list[WaitlistEntry]:
        """Return entries in order of arrival, those whose `seq` is greater than `after`."""
        statement = select(entries).where(self._own()).order_by(e.seq).limit(limit)
        named = (
            (e.patient_id, wanted.patient_id),
            (e.appointment_type_id, wanted.appointment_type_id),
            (e.provider_id, wanted.provider_id),
        )
        for column, value in named:
            if value is not None:
                statement = statement.where(column == value)
        if wanted.statuses:
            statement = statement.where(e.status.in_([status.value for status in wanted.statuses]))
        if after is not None:
            statement = statement.where(e.seq > after)
        return [_entry(row) for row in await self._transaction.rows(statement)]

    async def ahead_of(self, entry: WaitlistEntry) -> int:
        """Count those in the queue that come before."""
        wish = entry.wish
        row = await self._transaction.row(
            select(func.count().label("ahead"))
            .select_from(entries)
            .where(
                self._own(),
                _in_queue(),
                e.appointment_type_id == wish.appointment_type_id,
                _compatible(e.provider_id, wish.provider_id),
                _compatible(e.time_of_day, wish.time_of_day.value if wish.time_of_day else None),
                or_(e.date_to.is_(None), e.date_to >= wish.date_from) if wish.date_from else true(),
                or_(e.date_from.is_(None), e.date_from <= wish.date_to) if wish.date_to else true(),
                e.id != entry.id,
                _comes_before(entry),
            )
        )
        assert row is not None
        return int(row["ahead"])

    async def put(self, entry_id: UUID, status: WaitlistStatus) -> WaitlistEntry | None:
        """Give an entry that is in the queue another status; None when it is not there or no longer in the queue."""
        row = await self._transaction.row(
            update(entries).where(self._own(), _in_queue(), e.id == entry_id).values(status=status.value).returning(*e)
        )
        return None if row is None else _entry(row)

    async def opt_out(self, patient_id: UUID) -> list[WaitlistEntry]:
        """Note that a patient is not to be asked any more, for every entry in the queue; one that had an offer waits again."""
        changed = {"opted_out_at": func.coalesce(e.opted_out_at, self._transaction.now), "status": WaitlistStatus.WAITING.value}
        statement = update(entries).where(self._own(), _in_queue(), e.patient_id == patient_id).values(changed).returning(*e)
        return sorted((_entry(row) for row in await self._transaction.rows(statement)), key=lambda entry: entry.seq)

    async def expire(self, today: date) -> int:
        """Take those out of the queue whose last day lies before today, unless they have an offer; return how many."""
        waits = e.status == WaitlistStatus.WAITING.value
        expired = update(entries).where(self._own(), waits, e.date_to < today).values(status=WaitlistStatus.EXPIRED.value)
        return len(await self._transaction.rows(expired.returning(e.id)))

    def _own(self) -> ColumnElement[bool]:
        return e.organisation_id == self._transaction.organisation_id


def _in_queue() -> ColumnElement[bool]:
    return e.status.in_([status.value for status in IN_QUEUE])


def _comes_before(entry: WaitlistEntry) -> ColumnElement[bool]:
    overdue = e.overtaken >= OVERTAKEN_AT_MOST
    priority = 0 if entry.is_overdue else entry.wish.priority
    turn = func.coalesce(e.turn, e.seq)
    more_urgent = case((overdue, 0), else_=e.priority) > priority
    as_urgent = case((overdue, 0), else_=e.priority) == priority
    same = and_(overdue == literal(entry.is_overdue), or_(more_urgent, and_(as_urgent, turn < entry.turn)))
    return same if entry.is_overdue else or_(overdue, same)


def _compatible(column: Column[object], wanted: object) -> ColumnElement[bool]:
    return or_(column.is_(None), column == literal(wanted, column.type)) if wanted is not None else true()


def _entry(row: RowMapping) -> WaitlistEntry:
    return WaitlistEntry(
        id=WaitlistEntryId(row["id"]),
        seq=row["seq"],
        wish=WaitlistWish(
            patient_id=PatientId(row["patient_id"]),
            appointment_type_id=AppointmentTypeId(row["appointment_type_id"]),
            provider_id=ProviderId(row["provider_id"]) if row["provider_id"] else None,
            date_from=row["date_from"],
            date_to=row["date_to"],
            time_of_day=TimeOfDay(row["time_of_day"]) if row["time_of_day"] else None,
            priority=row["priority"],
        ),
        status=WaitlistStatus(row["status"]),
        created_at=row["created_at"],
        turn=row["turn"] if row["turn"] is not None else row["seq"],
        channel=row["channel"],
        consent=ConsentBasis(row["consent_basis"]) if row["consent_basis"] else None,
        consent_at=row["consent_at"],
        opted_out_at=row["opted_out_at"],
        overtaken=row["overtaken"],
    )
