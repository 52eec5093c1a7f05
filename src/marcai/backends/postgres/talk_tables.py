"""The tables of talks, as SQLAlchemy Core sees them."""

from sqlalchemy import Date, ForeignKeyConstraint, Index, Integer, LargeBinary, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import UUID

from marcai.backends.postgres.tables import Moment, clinic_table, inside_clinic, numbered, optional, required

conversations = clinic_table(
    "conversations",
    required("channel", Text),
    required("contact_index", LargeBinary),
    optional("patient_id", UUID()),
    required("level", SmallInteger),
    required("snapshot", LargeBinary),
    required("turn", Integer),
    required("language", Text),
    required("state", Text),
    required("created_at", Moment),
    required("updated_at", Moment),
    UniqueConstraint("organisation_id", "channel", "contact_index"),
    inside_clinic("patient_id", "patients"),
    Index(None, "organisation_id", "patient_id"),
)

turns = clinic_table(
    "turns",
    required("conversation_id", UUID()),
    required("number", Integer),
    numbered(),
    optional("message_digest", LargeBinary),
    required("said", LargeBinary),
    required("reply", LargeBinary),
    required("state", Text),
    required("intent", Text),
    required("at", Moment),
    UniqueConstraint("organisation_id", "conversation_id", "message_digest"),
    ForeignKeyConstraint(["organisation_id", "conversation_id"], ["conversations.organisation_id", "conversations.id"]),
    key=("conversation_id", "number"),
)

identity_attempts = clinic_table(
    "identity_attempts",
    required("kind", Text),
    required("key_digest", LargeBinary),
    required("day", Date),
    required("attempts", Integer),
    key=("kind", "key_digest", "day"),
)
