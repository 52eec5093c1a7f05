"""The foundation's tables, as SQLAlchemy Core sees them. Migrations create them; a test proves that both agree.

Rooms that own further tables (calendar, conversations) put them into the same `metadata`, in a module of their own.
Every clinic table's primary key begins with `organisation_id`: it is what row-level security and foreign keys compare.
No column has a default: ids and moments are handed in. `seq` is the only thing that the database makes up.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID
from sqlalchemy.types import TypeEngine

# PostgreSQL's own names for unnamed constraints, so that migrations may be written in its own tongue.
metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    }
)
Moment = TIMESTAMP(timezone=True)


def required(name: str, type_: TypeEngine[Any] | type[TypeEngine[Any]]) -> Column[Any]:
    """Return a column that is never null."""
    return Column(name, type_, nullable=False)


def optional(name: str, type_: TypeEngine[Any] | type[TypeEngine[Any]]) -> Column[Any]:
    """Return a column that may be null."""
    return Column(name, type_, nullable=True)


def numbered() -> Column[Any]:
    """Return the bigint that stands for the row in constraints and in the Vapi tools."""
    return Column("seq", BigInteger, Identity(always=True), nullable=False)


def clinic_table(name: str, *parts: Column[Any] | ForeignKeyConstraint | UniqueConstraint | Index, key: tuple[str, ...] = ("id",)) -> Table:
    """Return a table whose rows belong to a clinic: `organisation_id` first, the primary key beginning with it."""
    ids = [required("id", UUID())] if key == ("id",) else []
    return Table(
        name,
        metadata,
        required("organisation_id", UUID()),
        *ids,
        *parts,
        PrimaryKeyConstraint("organisation_id", *key),
        ForeignKeyConstraint(["organisation_id"], ["organisations.id"]),
    )


def inside_clinic(column: str, target: str) -> ForeignKeyConstraint:
    """Return a foreign key that cannot leave the clinic, since row-level security does not look at foreign keys."""
    return ForeignKeyConstraint(["organisation_id", column], [f"{target}.organisation_id", f"{target}.id"])


organisations = Table(
    "organisations",
    metadata,
    required("id", UUID()),
    required("slug", Text),
    required("name", Text),
    required("timezone", Text),
    required("country", Text),
    required("language", Text),
    required("is_active", Boolean),
    required("is_live", Boolean),
    required("notice_minutes", Integer),
    required("horizon_days", Integer),
    optional("phone", Text),
    required("settings", JSONB),
    required("revision", BigInteger),
    required("created_at", Moment),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("slug"),
)

locations = clinic_table(
    "locations",
    numbered(),
    required("name", Text),
    required("timezone", Text),
    optional("address", Text),
    optional("phone", Text),
    required("is_active", Boolean),
    required("created_at", Moment),
)

rooms = clinic_table(
    "rooms",
    numbered(),
    required("name", Text),
    required("location_id", UUID()),
    required("is_active", Boolean),
    required("created_at", Moment),
    inside_clinic("location_id", "locations"),
    UniqueConstraint("organisation_id", "seq"),
)

appointment_types = clinic_table(
    "appointment_types",
    numbered(),
    required("name", Text),
    optional("code", Text),
    required("aliases", ARRAY(Text)),
    required("duration_minutes", Integer),
    required("buffer_before_minutes", Integer),
    required("buffer_after_minutes", Integer),
    optional("specialty", Text),
    optional("color", Text),
    required("is_active", Boolean),
    required("created_at", Moment),
)

providers = clinic_table(
    "providers",
    numbered(),
    optional("doctor_id", UUID()),
    required("display_name", Text),
    required("aliases", ARRAY(Text)),
    required("specialties", ARRAY(Text)),
    required("default_minutes", Integer),
    required("buffer_minutes", Integer),
    optional("max_daily", Integer),
    required("lanes", SmallInteger),
    optional("primary_location_id", UUID()),
    required("is_accepting_new_patients", Boolean),
    required("is_active", Boolean),
    required("metadata", JSONB),
    required("created_at", Moment),
    inside_clinic("primary_location_id", "locations"),
    UniqueConstraint("organisation_id", "seq"),
)

templates = clinic_table(
    "templates",
    numbered(),
    required("provider_id", UUID()),
    required("weekday", SmallInteger),
    required("start_time", Time),
    required("end_time", Time),
    required("location_id", UUID()),
    required("slot_minutes", Integer),
    required("appointment_type_ids", ARRAY(UUID())),
    optional("room_id", UUID()),
    optional("valid_from", Date),
    optional("valid_to", Date),
    required("is_active", Boolean),
    required("created_at", Moment),
    inside_clinic("provider_id", "providers"),
    inside_clinic("location_id", "locations"),
    inside_clinic("room_id", "rooms"),
    Index(None, "organisation_id", "provider_id"),
)

overrides = clinic_table(
    "overrides",
    numbered(),
    required("provider_id", UUID()),
    required("kind", Text),
    required("date_from", Date),
    required("date_to", Date),
    optional("start_time", Time),
    optional("end_time", Time),
    optional("location_id", UUID()),
    optional("reason", Text),
    required("created_at", Moment),
    inside_clinic("provider_id", "providers"),
    inside_clinic("location_id", "locations"),
    Index(None, "organisation_id", "provider_id"),
)

subject_keys = clinic_table(
    "subject_keys",
    required("subject_id", UUID()),
    required("kind", Text),
    required("wrapped", LargeBinary),
    required("created_at", Moment),
    key=("subject_id",),
)
"""Whose personal data is sealed with which key; the key itself lies here wrapped. Without its row, nothing of them can be read again."""

patients = clinic_table(
    "patients",
    numbered(),
    required("first_name", Text),
    required("last_name", Text),
    required("first_folded", Text),
    required("last_folded", Text),
    optional("phone", LargeBinary),
    optional("phone_index", LargeBinary),
    optional("date_of_birth", LargeBinary),
    optional("birth_index", LargeBinary),
    optional("email", LargeBinary),
    optional("email_index", LargeBinary),
    optional("health_card_number", LargeBinary),
    optional("health_card_index", LargeBinary),
    optional("health_card_type", Text),
    optional("address", LargeBinary),
    optional("language", Text),
    optional("sex", Text),
    required("external_ids", JSONB),
    required("is_prospective", Boolean),
    required("is_active", Boolean),
    required("created_at", Moment),
    UniqueConstraint("organisation_id", "seq"),
    Index(None, "organisation_id", "phone_index"),
    Index(None, "organisation_id", "birth_index"),
    Index(None, "organisation_id", "email_index"),
    Index(None, "organisation_id", "health_card_index"),
    Index(None, "organisation_id", "last_folded", "first_folded"),
)

api_keys = clinic_table(
    "api_keys",
    numbered(),
    required("key_hash", LargeBinary),
    required("hint", Text),
    required("name", Text),
    required("scopes", ARRAY(Text)),
    required("is_live", Boolean),
    required("created_at", Moment),
    optional("expires_at", Moment),
    optional("last_used_at", Moment),
    optional("revoked_at", Moment),
    UniqueConstraint("key_hash"),
)

channel_addresses = clinic_table(
    "channel_addresses",
    required("kind", Text),
    required("external_id", Text),
    required("created_at", Moment),
    UniqueConstraint("kind", "external_id"),
)

outbox = clinic_table(
    "outbox",
    numbered(),
    required("kind", Text),
    required("subject_id", UUID()),
    required("payload", JSONB),
    optional("due", Moment),
    required("created_at", Moment),
    required("actor", Text),
    optional("taken_at", Moment),
    Index("outbox_waiting", "organisation_id", "seq", postgresql_where=text("taken_at IS NULL")),
    key=("seq",),
)

audit_rows = clinic_table(
    "audit_rows",
    numbered(),
    required("at", Moment),
    required("actor", Text),
    required("deed", Text),
    required("kind", Text),
    optional("subject_id", UUID()),
    optional("patient_id", UUID()),
    required("detail", JSONB),
    Index(None, "organisation_id", "patient_id", "at"),
    key=("seq",),
)

idempotency_keys = clinic_table(
    "idempotency_keys",
    required("principal", Text),
    required("endpoint", Text),
    required("key", Text),
    required("fingerprint", LargeBinary),
    required("status", SmallInteger),
    required("headers", JSONB),
    required("body", LargeBinary),
    required("created_at", Moment),
    required("expires_at", Moment),
    Index(None, "organisation_id", "expires_at"),
    key=("principal", "endpoint", "key"),
)

inbox = clinic_table(
    "inbox",
    numbered(),
    required("channel", Text),
    required("message_id", Text),
    required("body", LargeBinary),
    required("received_at", Moment),
    optional("done_at", Moment),
    required("attempts", Integer),
    UniqueConstraint("organisation_id", "channel", "message_id"),
    Index(None, "organisation_id", "done_at", "seq"),
)
