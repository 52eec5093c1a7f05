"""The waitlist fills itself: openings, offers, turns and consent; and the clinics' own no-show models."""

from alembic import op

from marcai.backends.postgres.roles import APP
from marcai.backends.postgres.tenancy import across_clinics, secure

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE waitlist_entries
            ADD COLUMN turn bigint,
            ADD COLUMN overtaken integer,
            ADD COLUMN unanswered integer,
            ADD COLUMN consent_basis text CHECK (consent_basis IN ('asked', 'vouched')),
            ADD COLUMN consent_at timestamptz,
            ADD COLUMN opted_out_at timestamptz
        """
    )
    with across_clinics("waitlist_entries"):
        # Whoever joined in a talk had been asked; whom a clinic's system put there, the clinic vouches for.
        op.execute(
            """
            UPDATE waitlist_entries SET overtaken = 0, unanswered = 0, consent_at = created_at,
              consent_basis = CASE WHEN channel IS NULL THEN 'vouched' ELSE 'asked' END
            """
        )
    op.execute("ALTER TABLE waitlist_entries ALTER COLUMN overtaken SET NOT NULL, ALTER COLUMN unanswered SET NOT NULL")
    # A lapsed offer sends its entry to the end of the queue: a new turn, of the numbers that arrivals get.
    op.execute(f"GRANT USAGE ON SEQUENCE waitlist_entries_seq_seq TO {APP}")
    op.execute(
        """
        CREATE TABLE waitlist_openings (
            organisation_id uuid NOT NULL REFERENCES organisations (id),
            id uuid NOT NULL,
            provider_id uuid NOT NULL,
            location_id uuid NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            state text NOT NULL CHECK (state IN ('waiting', 'offered', 'filled', 'free')),
            due timestamptz,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (organisation_id, id),
            CHECK (starts_at < ends_at),
            CHECK ((state = 'waiting') = (due IS NOT NULL)),
            FOREIGN KEY (organisation_id, provider_id) REFERENCES providers (organisation_id, id),
            FOREIGN KEY (organisation_id, location_id) REFERENCES locations (organisation_id, id)
        )"""
    )
    op.execute("CREATE INDEX waitlist_openings_due ON waitlist_openings (organisation_id, due) WHERE state = 'waiting'")
    secure("waitlist_openings")
    op.execute(
        """
        CREATE TABLE waitlist_offers (
            organisation_id uuid NOT NULL REFERENCES organisations (id),
            id uuid NOT NULL,
            seq bigint GENERATED ALWAYS AS IDENTITY,
            opening_id uuid NOT NULL,
            entry_id uuid NOT NULL,
            patient_id uuid NOT NULL,
            hold_id uuid NOT NULL,
            provider_id uuid NOT NULL,
            appointment_type_id uuid NOT NULL,
            location_id uuid NOT NULL,
            room_id uuid,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            zone text NOT NULL,
            status text NOT NULL CHECK (status IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')),
            offered_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            answered_at timestamptz,
            appointment_id uuid,
            PRIMARY KEY (organisation_id, id),
            CHECK ((status = 'open') = (answered_at IS NULL)),
            CHECK ((status = 'accepted') = (appointment_id IS NOT NULL)),
            CHECK (offered_at < expires_at),
            FOREIGN KEY (organisation_id, opening_id) REFERENCES waitlist_openings (organisation_id, id),
            FOREIGN KEY (organisation_id, entry_id) REFERENCES waitlist_entries (organisation_id, id),
            FOREIGN KEY (organisation_id, patient_id) REFERENCES patients (organisation_id, id),
            FOREIGN KEY (organisation_id, appointment_id) REFERENCES claims (organisation_id, id)
        )"""
    )
    # One slot is promised once, and one who waits is asked one thing at a time, whatever the code says.
    op.execute("CREATE UNIQUE INDEX waitlist_offers_one_an_opening ON waitlist_offers (organisation_id, opening_id) WHERE status = 'open'")
    op.execute("CREATE UNIQUE INDEX waitlist_offers_one_a_patient ON waitlist_offers (organisation_id, patient_id) WHERE status = 'open'")
    op.execute("CREATE INDEX waitlist_offers_of_an_entry ON waitlist_offers (organisation_id, entry_id, opening_id)")
    op.execute("CREATE INDEX waitlist_offers_ending ON waitlist_offers (organisation_id, expires_at) WHERE status = 'open'")
    secure("waitlist_offers")
    op.execute(
        """
        CREATE TABLE no_show_models (
            organisation_id uuid NOT NULL REFERENCES organisations (id),
            id uuid NOT NULL,
            seq bigint GENERATED ALWAYS AS IDENTITY,
            version text NOT NULL,
            model jsonb NOT NULL,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (organisation_id, id),
            UNIQUE (organisation_id, seq)
        )"""
    )
    secure("no_show_models", grants="SELECT, INSERT")


def downgrade() -> None:
    op.execute("DROP TABLE no_show_models")
    op.execute("DROP TABLE waitlist_offers")
    op.execute("DROP TABLE waitlist_openings")
    op.execute(f"REVOKE USAGE ON SEQUENCE waitlist_entries_seq_seq FROM {APP}")
    op.execute(
        """
        ALTER TABLE waitlist_entries DROP COLUMN turn, DROP COLUMN overtaken, DROP COLUMN unanswered, DROP COLUMN consent_basis,
          DROP COLUMN consent_at, DROP COLUMN opted_out_at
        """
    )
