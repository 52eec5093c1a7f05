"""The waitlist."""

from alembic import op

from marcai.backends.postgres.tenancy import secure

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE waitlist_entries (
            organisation_id uuid NOT NULL REFERENCES organisations (id),
            id uuid NOT NULL,
            seq bigint GENERATED ALWAYS AS IDENTITY,
            patient_id uuid NOT NULL,
            appointment_type_id uuid NOT NULL,
            provider_id uuid,
            date_from date,
            date_to date,
            time_of_day text CHECK (time_of_day IN ('morning', 'afternoon', 'evening')),
            priority integer NOT NULL,
            status text NOT NULL CHECK (status IN ('waiting', 'offered', 'accepted', 'removed', 'expired')),
            channel text,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (organisation_id, id),
            UNIQUE (organisation_id, seq),
            CHECK (date_from <= date_to),
            FOREIGN KEY (organisation_id, patient_id) REFERENCES patients (organisation_id, id),
            FOREIGN KEY (organisation_id, appointment_type_id) REFERENCES appointment_types (organisation_id, id),
            FOREIGN KEY (organisation_id, provider_id) REFERENCES providers (organisation_id, id)
        )"""
    )
    op.execute("CREATE INDEX ON waitlist_entries (organisation_id, appointment_type_id)")
    op.execute("CREATE INDEX ON waitlist_entries (organisation_id, patient_id)")
    secure("waitlist_entries")


def downgrade() -> None:
    op.execute("DROP TABLE waitlist_entries")
