"""The calendar: claims (holds and visits) that the database itself keeps apart, and the history of visits."""

from alembic import op

from marcai.backends.postgres.tenancy import secure

revision = "0002"
down_revision = "0001"

LIVE = "('hold', 'requested', 'confirmed', 'checked_in', 'in_progress')"
DEAD = "('completed', 'no_show', 'cancelled')"


def upgrade() -> None:
    op.execute(
        f"""
        CREATE TABLE claims (
            organisation_id uuid NOT NULL REFERENCES organisations (id),
            id uuid NOT NULL,
            seq bigint GENERATED ALWAYS AS IDENTITY,
            kind text NOT NULL CHECK (kind IN ('hold', 'visit')),
            status text NOT NULL CHECK (status IN {LIVE} OR status IN {DEAD}),
            is_live boolean GENERATED ALWAYS AS (status IN {LIVE}) STORED,
            provider_id uuid NOT NULL,
            provider_seq bigint NOT NULL,
            lane smallint NOT NULL CHECK (lane >= 0),
            room_id uuid,
            room_seq bigint,
            patient_id uuid,
            patient_seq bigint,
            appointment_type_id uuid NOT NULL,
            location_id uuid NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            busy_from timestamptz NOT NULL,
            busy_to timestamptz NOT NULL,
            wall_start timestamp NOT NULL,
            zone text NOT NULL,
            expires_at timestamptz,
            holder text,
            source text NOT NULL,
            channel text,
            external_reference text,
            notes bytea,
            internal_notes bytea,
            metadata jsonb NOT NULL,
            rescheduled_from uuid,
            rescheduled_to uuid,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (organisation_id, id),
            UNIQUE (organisation_id, seq),
            CHECK ((kind = 'hold') = (status = 'hold')),
            CHECK ((kind = 'hold') = (expires_at IS NOT NULL)),
            CHECK ((kind = 'hold') = (holder IS NOT NULL)),
            CHECK (kind = 'hold' OR patient_id IS NOT NULL),
            CHECK ((patient_id IS NULL) = (patient_seq IS NULL)),
            CHECK ((room_id IS NULL) = (room_seq IS NULL)),
            CHECK (starts_at < ends_at),
            CHECK (busy_from <= busy_to AND busy_to - busy_from <= interval '48 hours'),
            CHECK (kind = 'hold' OR (busy_from <= starts_at AND ends_at <= busy_to)),
            FOREIGN KEY (organisation_id, provider_id) REFERENCES providers (organisation_id, id),
            FOREIGN KEY (organisation_id, room_id) REFERENCES rooms (organisation_id, id),
            FOREIGN KEY (organisation_id, patient_id) REFERENCES patients (organisation_id, id),
            FOREIGN KEY (organisation_id, appointment_type_id) REFERENCES appointment_types (organisation_id, id),
            FOREIGN KEY (organisation_id, location_id) REFERENCES locations (organisation_id, id),
            FOREIGN KEY (organisation_id, rescheduled_from) REFERENCES claims (organisation_id, id),
            FOREIGN KEY (organisation_id, rescheduled_to) REFERENCES claims (organisation_id, id),
            CONSTRAINT claims_busy EXCLUDE USING gist (
                int8range((provider_seq << 15) | lane, (provider_seq << 15) | lane, '[]') WITH =,
                tstzrange(busy_from, busy_to, '[)') WITH &&
            ) WHERE (is_live),
            CONSTRAINT claims_room_busy EXCLUDE USING gist (
                int8range(room_seq, room_seq, '[]') WITH =,
                tstzrange(busy_from, busy_to, '[)') WITH &&
            ) WHERE (is_live AND room_seq IS NOT NULL),
            CONSTRAINT claims_visit EXCLUDE USING gist (
                int8range(patient_seq, patient_seq, '[]') WITH =,
                tstzrange(starts_at, ends_at, '[)') WITH &&
            ) WHERE (is_live AND kind = 'visit')
        )
        """
    )
    # Under row-level security a range operator would read the whole clinic: calendar reads compare scalars on these.
    op.execute("CREATE INDEX claims_by_provider ON claims (organisation_id, provider_seq, busy_from) INCLUDE (busy_to, lane) WHERE is_live")
    op.execute("CREATE INDEX claims_by_time ON claims (organisation_id, busy_from) INCLUDE (busy_to, provider_seq, lane) WHERE is_live")
    op.execute(
        "CREATE INDEX claims_by_room ON claims (organisation_id, room_seq, busy_from) INCLUDE (busy_to) "
        "WHERE is_live AND room_seq IS NOT NULL"
    )
    op.execute("CREATE INDEX claims_by_patient ON claims (organisation_id, patient_id, starts_at) WHERE kind = 'visit'")
    op.execute("CREATE INDEX claims_by_start ON claims (organisation_id, starts_at, id) WHERE kind = 'visit'")
    op.execute("CREATE INDEX claims_by_provider_and_start ON claims (organisation_id, provider_seq, starts_at)")
    op.execute("CREATE INDEX claims_by_holder ON claims (organisation_id, holder) WHERE kind = 'hold'")
    op.execute("CREATE INDEX claims_by_expiry ON claims (organisation_id, expires_at) WHERE kind = 'hold'")
    secure("claims")
    op.execute(
        """
        CREATE FUNCTION claims_stay_dead() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'what is dead never revives' USING ERRCODE = 'check_violation'; END $$
        """
    )
    op.execute(
        f"""
        CREATE TRIGGER claims_stay_dead BEFORE UPDATE OF status ON claims FOR EACH ROW
        WHEN (OLD.status IN {DEAD} AND NEW.status <> OLD.status) EXECUTE FUNCTION claims_stay_dead()
        """
    )
    op.execute(
        """
        CREATE TABLE status_history (
            organisation_id uuid NOT NULL REFERENCES organisations (id),
            claim_id uuid NOT NULL,
            seq bigint GENERATED ALWAYS AS IDENTITY,
            status text NOT NULL,
            at timestamptz NOT NULL,
            actor text NOT NULL,
            reason bytea,
            PRIMARY KEY (organisation_id, claim_id, seq),
            FOREIGN KEY (organisation_id, claim_id) REFERENCES claims (organisation_id, id)
        )
        """
    )
    secure("status_history", grants="SELECT, INSERT")


def downgrade() -> None:
    op.execute("DROP TABLE status_history")
    op.execute("DROP TABLE claims")
    op.execute("DROP FUNCTION claims_stay_dead()")
