"""Jobs, on the tables of procrastinate in a schema of their own; and outgoing webhooks.

The tables of `jobs` know no patient and no clinic's rows: a job bears ids alone. The application may put a job there and take back the
ones that it makes needless, by two functions, and reaches no table; the worker's own role does the rest. What is written to the outbox
wakes its relay by a trigger, so that no outbox row can be without its job.
"""

from pathlib import Path

from alembic import op

from marcai.backends.postgres.roles import APP, JOBS, WORKER
from marcai.backends.postgres.tenancy import secure

revision = "0005"
down_revision = "0004"

ENGINE = Path(__file__).parents[1] / "procrastinate_3_10.sql"
FIXED_PATHS = f"""
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = '{JOBS}'::regnamespace LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = {JOBS}, pg_temp', f);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {WORKER}', f);
  END LOOP;
END $$
"""
DEFER = f"""
CREATE FUNCTION {JOBS}.defer(queue text, task text, urgency integer, ids jsonb, due timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {JOBS}, pg_temp AS $$
BEGIN
  PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW(queue, task, urgency, NULL, NULL, ids, due)::procrastinate_job_to_defer_v1]);
END $$
"""
# What waits with the same ids is done by whoever does it now: its outbox rows are committed, and so seen by the next statement.
ABSORB = f"""
CREATE FUNCTION {JOBS}.absorb(queue text, task text, ids jsonb) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = {JOBS}, pg_temp AS $$
  WITH gone AS (
    DELETE FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = queue AND task_name = task AND args = ids AND scheduled_at IS NULL
    RETURNING id)
  SELECT count(*) FROM gone
$$
"""
WAKE_RELAY = f"""
CREATE FUNCTION {JOBS}.wake_relay() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {JOBS}, pg_temp AS $$
BEGIN
  PERFORM defer('relay', 'relay_outbox', 0, jsonb_build_object('organisation_id', f.organisation_id), NULL)
  FROM (SELECT DISTINCT organisation_id FROM fresh) AS f;
  RETURN NULL;
END $$
"""
# PostgreSQL commits transactions that notify one after another. Every booking writes to the outbox, so its relay is polled for instead.
QUIET_RELAY = f"""
CREATE OR REPLACE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON {JOBS}.procrastinate_jobs
FOR EACH ROW WHEN (new.status = 'todo'::{JOBS}.procrastinate_job_status AND new.queue_name <> 'relay')
EXECUTE FUNCTION {JOBS}.procrastinate_notify_queue_job_inserted_v1()
"""
# The engine's diary of each job's changes, two or three rows a job, which nothing of ours reads.
DIARY = ("status_events_insert_v1", "status_events_update_v1", "scheduled_events_v1", "abort_requested_events_v1")


def upgrade() -> None:
    _make_engine()
    op.execute(
        """
        CREATE TABLE webhook_subscriptions (
            organisation_id uuid NOT NULL REFERENCES organisations (id),
            id uuid NOT NULL,
            seq bigint GENERATED ALWAYS AS IDENTITY,
            url text NOT NULL,
            secrets bytea NOT NULL,
            event_types text[] NOT NULL,
            description text,
            metadata jsonb NOT NULL,
            begins_after bigint NOT NULL,
            is_active boolean NOT NULL,
            why_inactive text CHECK (why_inactive IN ('switched_off', 'deleted', 'gone', 'failing')),
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            failing_since timestamptz,
            paused_until timestamptz,
            leased_until timestamptz,
            lease_holder uuid,
            wakes_at timestamptz,
            PRIMARY KEY (organisation_id, id),
            UNIQUE (organisation_id, seq)
        )"""
    )
    op.execute(
        """
        CREATE TABLE webhook_deliveries (
            organisation_id uuid NOT NULL REFERENCES organisations (id),
            id uuid NOT NULL,
            seq bigint GENERATED ALWAYS AS IDENTITY,
            subscription_id uuid NOT NULL,
            event_type text NOT NULL,
            subject_id uuid NOT NULL,
            body text NOT NULL,
            status text NOT NULL CHECK (status IN ('pending', 'delivered', 'dead')),
            why_dead text,
            tries integer NOT NULL,
            attempts jsonb NOT NULL,
            due_at timestamptz NOT NULL,
            created_at timestamptz NOT NULL,
            finished_at timestamptz,
            replayed_at timestamptz,
            PRIMARY KEY (organisation_id, id),
            UNIQUE (organisation_id, seq),
            FOREIGN KEY (organisation_id, subscription_id) REFERENCES webhook_subscriptions (organisation_id, id)
        )"""
    )
    op.execute("CREATE INDEX webhook_deliveries_history ON webhook_deliveries (organisation_id, subscription_id, seq)")
    op.execute(
        "CREATE INDEX webhook_deliveries_due ON webhook_deliveries (organisation_id, subscription_id, due_at) WHERE status = 'pending'"
    )
    op.execute(
        "CREATE INDEX webhook_deliveries_order ON webhook_deliveries (organisation_id, subscription_id, subject_id, seq)"
        " WHERE status = 'pending'"
    )
    op.execute("CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (organisation_id, seq) WHERE status = 'dead'")
    op.execute("CREATE INDEX webhook_deliveries_finished ON webhook_deliveries (organisation_id, finished_at) WHERE status <> 'pending'")
    secure("webhook_subscriptions")
    secure("webhook_deliveries")


def _make_engine() -> None:
    # Many statements at once, which only the driver itself can send.
    op.execute(f"SET LOCAL search_path TO {JOBS}")
    op.get_bind().connection.run_async(lambda driver: driver.execute(ENGINE.read_text()))
    op.execute("SET LOCAL search_path TO public")
    op.execute(QUIET_RELAY)
    for entry in DIARY:
        op.execute(f"DROP TRIGGER procrastinate_trigger_{entry} ON {JOBS}.procrastinate_jobs")
    op.execute(FIXED_PATHS)
    for function in (DEFER, ABSORB, WAKE_RELAY):
        op.execute(function)
    op.execute(f"REVOKE ALL ON FUNCTION {JOBS}.defer, {JOBS}.absorb, {JOBS}.wake_relay FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA {JOBS} TO {APP}, {WORKER}")
    op.execute(f"GRANT EXECUTE ON FUNCTION {JOBS}.defer, {JOBS}.absorb TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {JOBS} TO {WORKER}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {JOBS} TO {WORKER}")
    op.execute(
        f"CREATE TRIGGER wake_relay AFTER INSERT ON outbox REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
        f" EXECUTE FUNCTION {JOBS}.wake_relay()"
    )


def downgrade() -> None:
    op.execute("DROP TABLE webhook_deliveries")
    op.execute("DROP TABLE webhook_subscriptions")
    op.execute("DROP TRIGGER wake_relay ON outbox")
    op.execute(f"REVOKE ALL ON SCHEMA {JOBS} FROM {APP}, {WORKER}")
    for kind in ("ROUTINE", "TABLE", "TYPE"):
        op.execute(_dropping(kind))


def _dropping(kind: str) -> str:
    """Return what drops everything of that kind in the schema of the jobs."""
    listed = {
        "ROUTINE": f"SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = '{JOBS}'::regnamespace",
        "TABLE": f"SELECT oid::regclass::text FROM pg_class WHERE relnamespace = '{JOBS}'::regnamespace AND relkind = 'r'",
        "TYPE": f"SELECT t.oid::regtype::text FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid"
        f" WHERE typnamespace = '{JOBS}'::regnamespace AND (typtype = 'e' OR c.relkind = 'c')",
    }[kind]
    return f"DO $$ DECLARE it text; BEGIN FOR it IN {listed} LOOP EXECUTE 'DROP {kind} ' || it || ' CASCADE'; END LOOP; END $$"
