"""The foundation: clinics and their set-up, patients (sealed), keys, and the ledger."""

from alembic import op

from marcai.backends.postgres.tenancy import list_in_directory, secure

revision = "0001"
down_revision = None

TABLES = {
    "organisations": """
        id uuid PRIMARY KEY,
        slug text NOT NULL UNIQUE,
        name text NOT NULL,
        timezone text NOT NULL,
        country text NOT NULL,
        language text NOT NULL,
        is_active boolean NOT NULL,
        is_live boolean NOT NULL,
        notice_minutes integer NOT NULL CHECK (notice_minutes >= 0),
        horizon_days integer NOT NULL CHECK (horizon_days >= 0),
        phone text,
        settings jsonb NOT NULL,
        revision bigint NOT NULL,
        created_at timestamptz NOT NULL""",
    "locations": """
        id uuid NOT NULL,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        name text NOT NULL,
        timezone text NOT NULL,
        address text,
        phone text,
        is_active boolean NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (organisation_id, id)""",
    "rooms": """
        id uuid NOT NULL,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        name text NOT NULL,
        location_id uuid NOT NULL,
        is_active boolean NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (organisation_id, id),
        UNIQUE (organisation_id, seq),
        FOREIGN KEY (organisation_id, location_id) REFERENCES locations (organisation_id, id)""",
    "appointment_types": """
        id uuid NOT NULL,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        name text NOT NULL,
        code text,
        aliases text[] NOT NULL,
        duration_minutes integer NOT NULL CHECK (duration_minutes > 0),
        buffer_before_minutes integer NOT NULL CHECK (buffer_before_minutes >= 0),
        buffer_after_minutes integer NOT NULL CHECK (buffer_after_minutes >= 0),
        specialty text,
        color text,
        is_active boolean NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (organisation_id, id)""",
    "providers": """
        id uuid NOT NULL,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        doctor_id uuid,
        display_name text NOT NULL,
        aliases text[] NOT NULL,
        specialties text[] NOT NULL,
        default_minutes integer NOT NULL CHECK (default_minutes > 0),
        buffer_minutes integer NOT NULL CHECK (buffer_minutes >= 0),
        max_daily integer CHECK (max_daily >= 0),
        lanes smallint NOT NULL CHECK (lanes > 0),
        primary_location_id uuid,
        is_accepting_new_patients boolean NOT NULL,
        is_active boolean NOT NULL,
        metadata jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (organisation_id, id),
        UNIQUE (organisation_id, seq),
        FOREIGN KEY (organisation_id, primary_location_id) REFERENCES locations (organisation_id, id)""",
    "templates": """
        id uuid NOT NULL,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        provider_id uuid NOT NULL,
        weekday smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
        start_time time NOT NULL,
        end_time time NOT NULL,
        location_id uuid NOT NULL,
        slot_minutes integer NOT NULL CHECK (slot_minutes > 0),
        appointment_type_ids uuid[] NOT NULL,
        room_id uuid,
        valid_from date,
        valid_to date,
        is_active boolean NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (organisation_id, id),
        CHECK (start_time < end_time),
        FOREIGN KEY (organisation_id, provider_id) REFERENCES providers (organisation_id, id),
        FOREIGN KEY (organisation_id, location_id) REFERENCES locations (organisation_id, id),
        FOREIGN KEY (organisation_id, room_id) REFERENCES rooms (organisation_id, id)""",
    "overrides": """
        id uuid NOT NULL,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        provider_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('blocked', 'modified', 'added')),
        date_from date NOT NULL,
        date_to date NOT NULL,
        start_time time,
        end_time time,
        location_id uuid,
        reason text,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (organisation_id, id),
        CHECK (date_from <= date_to),
        CHECK (start_time < end_time),
        FOREIGN KEY (organisation_id, provider_id) REFERENCES providers (organisation_id, id),
        FOREIGN KEY (organisation_id, location_id) REFERENCES locations (organisation_id, id)""",
    "subject_keys": """
        subject_id uuid NOT NULL,
        kind text NOT NULL,
        wrapped bytea NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (organisation_id, subject_id)""",
    "patients": """
        id uuid NOT NULL,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        first_name text NOT NULL,
        last_name text NOT NULL,
        first_folded text COLLATE "C" NOT NULL,
        last_folded text COLLATE "C" NOT NULL,
        phone bytea,
        phone_index bytea,
        date_of_birth bytea,
        birth_index bytea,
        email bytea,
        email_index bytea,
        health_card_number bytea,
        health_card_index bytea,
        health_card_type text,
        address bytea,
        language text,
        sex text,
        external_ids jsonb NOT NULL,
        is_prospective boolean NOT NULL,
        is_active boolean NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (organisation_id, id),
        UNIQUE (organisation_id, seq)""",
    "api_keys": """
        id uuid NOT NULL,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        key_hash bytea NOT NULL UNIQUE,
        hint text NOT NULL,
        name text NOT NULL,
        scopes text[] NOT NULL,
        is_live boolean NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        PRIMARY KEY (organisation_id, id)""",
    "channel_addresses": """
        id uuid NOT NULL,
        kind text NOT NULL,
        external_id text NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (organisation_id, id),
        UNIQUE (kind, external_id)""",
    "outbox": """
        seq bigint GENERATED ALWAYS AS IDENTITY,
        kind text NOT NULL,
        subject_id uuid NOT NULL,
        payload jsonb NOT NULL,
        due timestamptz,
        created_at timestamptz NOT NULL,
        actor text NOT NULL,
        taken_at timestamptz,
        PRIMARY KEY (organisation_id, seq)""",
    "audit_rows": """
        seq bigint GENERATED ALWAYS AS IDENTITY,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        deed text NOT NULL,
        kind text NOT NULL,
        subject_id uuid,
        patient_id uuid,
        detail jsonb NOT NULL,
        PRIMARY KEY (organisation_id, seq)""",
    "idempotency_keys": """
        principal text NOT NULL,
        endpoint text NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        status smallint NOT NULL,
        headers jsonb NOT NULL,
        body bytea NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (organisation_id, principal, endpoint, key)""",
    "inbox": """
        id uuid NOT NULL,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        channel text NOT NULL,
        message_id text NOT NULL,
        body bytea NOT NULL,
        received_at timestamptz NOT NULL,
        done_at timestamptz,
        attempts integer NOT NULL,
        PRIMARY KEY (organisation_id, id),
        UNIQUE (organisation_id, channel, message_id)""",
}
"""In the order of their foreign keys. All but the first begin with the clinic's id."""

INDEXES = {
    "templates": ("provider_id",),
    "overrides": ("provider_id",),
    "patients": ("phone_index", "birth_index", "email_index", "health_card_index", "last_folded, first_folded"),
    "audit_rows": ("patient_id, at",),
    "idempotency_keys": ("expires_at",),
    "inbox": ("done_at, seq",),
}
APPENDED_ONLY = "SELECT, INSERT"


def upgrade() -> None:
    for table, columns in TABLES.items():
        clinic = "" if table == "organisations" else "organisation_id uuid NOT NULL REFERENCES organisations (id),"
        op.execute(f"CREATE TABLE {table} ({clinic}{columns})")
        for index in INDEXES.get(table, ()):
            op.execute(f"CREATE INDEX ON {table} (organisation_id, {index})")
        if table == "organisations":
            secure(table, column="id")
        else:
            secure(table, **({"grants": APPENDED_ONLY} if table == "audit_rows" else {}))
    op.execute("CREATE INDEX outbox_waiting ON outbox (organisation_id, seq) WHERE taken_at IS NULL")
    list_in_directory("organisations", "id", "slug", "name", "timezone", "language", "is_active", "is_live")
    list_in_directory("api_keys", "organisation_id", "id", "key_hash", "name", "scopes", "is_live", "expires_at", "revoked_at")
    list_in_directory("channel_addresses", "organisation_id", "kind", "external_id")
    op.execute("GRANT SELECT ON alembic_version TO marcai_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
