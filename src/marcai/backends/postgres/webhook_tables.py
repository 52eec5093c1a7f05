"""The tables of outgoing webhooks, as SQLAlchemy Core sees them. Migration 0005 creates them."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from marcai.backends.postgres.tables import Moment, clinic_table, inside_clinic, numbered, optional, required

subscriptions = clinic_table(
    "webhook_subscriptions",
    numbered(),
    required("url", Text),
    required("secrets", LargeBinary),
    required("event_types", ARRAY(Text)),
    optional("description", Text),
    required("metadata", JSONB),
    required("begins_after", BigInteger),
    required("is_active", Boolean),
    optional("why_inactive", Text),
    required("created_at", Moment),
    required("updated_at", Moment),
    optional("failing_since", Moment),
    optional("paused_until", Moment),
    optional("leased_until", Moment),
    optional("lease_holder", UUID()),
    optional("wakes_at", Moment),
    UniqueConstraint("organisation_id", "seq"),
)

_PENDING = text("status = 'pending'")
deliveries = clinic_table(
    "webhook_deliveries",
    numbered(),
    required("subscription_id", UUID()),
    required("event_type", Text),
    required("subject_id", UUID()),
    required("body", Text),
    required("status", Text),
    optional("why_dead", Text),
    required("tries", Integer),
    required("attempts", JSONB),
    required("due_at", Moment),
    required("created_at", Moment),
    optional("finished_at", Moment),
    optional("replayed_at", Moment),
    inside_clinic("subscription_id", "webhook_subscriptions"),
    UniqueConstraint("organisation_id", "seq"),
    Index("webhook_deliveries_history", "organisation_id", "subscription_id", "seq"),
    Index("webhook_deliveries_due", "organisation_id", "subscription_id", "due_at", postgresql_where=_PENDING),
    Index("webhook_deliveries_order", "organisation_id", "subscription_id", "subject_id", "seq", postgresql_where=_PENDING),
    Index("webhook_deliveries_dead", "organisation_id", "seq", postgresql_where=text("status = 'dead'")),
    Index("webhook_deliveries_finished", "organisation_id", "finished_at", postgresql_where=text("status <> 'pending'")),
)
