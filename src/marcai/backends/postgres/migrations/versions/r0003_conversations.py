"""Conversations: their snapshots and turns (sealed), and how often somebody has guessed who they are."""

from alembic import op

from marcai.backends.postgres.tenancy import secure

revision = "0003"
down_revision = "0002"

TABLES = {
    "conversations": """
        id uuid NOT NULL,
        channel text NOT NULL,
        contact_index bytea NOT NULL,
        patient_id uuid,
        level smallint NOT NULL,
        snapshot bytea NOT NULL,
        turn integer NOT NULL CHECK (turn > 0),
        language text NOT NULL,
        state text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (organisation_id, id),
        UNIQUE (organisation_id, channel, contact_index),
        FOREIGN KEY (organisation_id, patient_id) REFERENCES patients (organisation_id, id)""",
    "turns": """
        conversation_id uuid NOT NULL,
        number integer NOT NULL CHECK (number > 0),
        seq bigint GENERATED ALWAYS AS IDENTITY,
        message_digest bytea,
        said bytea NOT NULL,
        reply bytea NOT NULL,
        state text NOT NULL,
        intent text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (organisation_id, conversation_id, number),
        UNIQUE (organisation_id, conversation_id, message_digest),
        FOREIGN KEY (organisation_id, conversation_id) REFERENCES conversations (organisation_id, id)""",
    "identity_attempts": """
        kind text NOT NULL,
        key_digest bytea NOT NULL,
        day date NOT NULL,
        attempts integer NOT NULL,
        PRIMARY KEY (organisation_id, kind, key_digest, day)""",
}


def upgrade() -> None:
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {table} (organisation_id uuid NOT NULL REFERENCES organisations (id), {columns})")
        secure(table)
    op.execute("CREATE INDEX ON conversations (organisation_id, patient_id)")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
