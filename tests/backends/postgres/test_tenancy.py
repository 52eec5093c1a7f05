from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from marcai.backends.embedded.postgres import EmbeddedPostgres
from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.migrate import head
from marcai.backends.postgres.roles import APP, DIRECTORY, OWNER
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import Keyring
from marcai.ledger.errors import StoreUnfit
from tests.backends.postgres.making import make_clinic

TENANT = "NULLIF(current_setting('app.org'::text, true), ''::text))::uuid"
TABLES = """
SELECT c.relname::text AS name, c.relrowsecurity AND c.relforcerowsecurity AS is_forced, pg_get_userbyid(c.relowner)::text AS owner,
  ARRAY(SELECT a.attname::text FROM pg_constraint k JOIN unnest(k.conkey) WITH ORDINALITY AS u(n, i) ON true
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.n WHERE k.conrelid = c.oid AND k.contype = 'p' ORDER BY u.i) AS key
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version' ORDER BY 1
"""


async def raw(url: str, *, user: str | None = None, role: str | None = None) -> asyncpg.Connection:
    parsed = make_url(url)
    settings = {"role": role} if role else {}
    return await asyncpg.connect(
        host=parsed.query["host"], database=parsed.database, user=user or parsed.username, server_settings=settings
    )


async def test_every_table_forces_row_level_security_by_the_one_policy(database_url: str) -> None:
    owner = await raw(database_url)
    tables = await owner.fetch(TABLES)
    policies = await owner.fetch("SELECT * FROM pg_policies WHERE schemaname = 'public'")
    await owner.close()
    assert len(tables) >= 15
    for table in tables:
        column = "id" if table["name"] == "organisations" else "organisation_id"
        assert table["is_forced"], table["name"]
        assert table["owner"] == OWNER
        assert table["key"][0] == column, f"the primary key of {table['name']} does not begin with the clinic"
        mine = [p for p in policies if p["tablename"] == table["name"] and APP in p["roles"] + [APP] * ("public" in p["roles"])]
        assert [(p["policyname"], p["cmd"], p["permissive"]) for p in mine] == [("tenant", "ALL", "PERMISSIVE")], table["name"]
        assert mine[0]["qual"] == mine[0]["with_check"] == f"({column} = ({TENANT})", table["name"]
    others = {(p["tablename"], tuple(p["roles"]), p["cmd"]) for p in policies if p["policyname"] != "tenant"}
    assert others == {(table, (DIRECTORY,), "SELECT") for table in ("organisations", "api_keys", "channel_addresses")}


async def test_raw_sql_without_a_tenant_sees_nothing_and_changes_nothing(database_url: str, store: Postgres) -> None:
    await make_clinic(store, "one")
    owner, application = await raw(database_url), await raw(database_url, role=APP)
    for table in [row["name"] for row in await owner.fetch(TABLES)]:
        there = await owner.fetchval(f"SELECT count(*) FROM {table}")
        for setting in (None, ""):
            if setting is not None:
                await application.execute("SELECT set_config('app.org', '', false)")
            assert await application.fetchval(f"SELECT count(*) FROM {table}") == 0, table
            if await application.fetchval("SELECT has_table_privilege($1, 'DELETE')", table):
                assert await application.execute(f"DELETE FROM {table}") == "DELETE 0"
        assert await owner.fetchval(f"SELECT count(*) FROM {table}") == there
    filled = [
        t
        for t in ("patients", "audit_rows", "outbox", "inbox", "idempotency_keys", "subject_keys")
        if await owner.fetchval(f"SELECT count(*) FROM {t}")
    ]
    assert len(filled) == 6, "without rows this test could not fail"
    await owner.close()
    await application.close()


async def test_a_connection_that_resets_its_role_is_the_application_still(database_url: str) -> None:
    application = await raw(database_url, role=APP)
    for attempt in ("RESET ROLE", "RESET ALL"):
        await application.execute(attempt)
        assert await application.fetchval("SELECT current_user::text") == APP
    await application.close()


async def test_the_owner_is_held_by_row_level_security_too(database_url: str, store: Postgres) -> None:
    await make_clinic(store, "one")
    owner = await raw(database_url, role=OWNER)
    assert await owner.fetchval("SELECT count(*) FROM patients") == 0
    await owner.close()


async def test_a_clinic_sees_its_own_rows_and_no_others(database_url: str, store: Postgres) -> None:
    one, two = await make_clinic(store, "one"), await make_clinic(store, "two")
    owner = await raw(database_url)
    tables = [row["name"] for row in await owner.fetch(TABLES)]
    for mine, other in ((one, two), (two, one)):
        async with store.unit(mine.id, actor_label="test") as unit:
            for table in tables:
                column = "id" if table == "organisations" else "organisation_id"
                seen = {row["clinic"] for row in await unit.driver.fetch(f"SELECT DISTINCT {column} AS clinic FROM {table}")}
                expected = {mine.id} if await owner.fetchval(f"SELECT count(*) FROM {table}") else set()
                assert seen == expected, table
            assert await unit.patients.get(other.patient.id) is None
            assert await unit.patients.change(other.patient.id, {"last_name": "X"}) is None
            assert other.provider.id not in (await unit.setup()).providers
            assert not await unit.catalogue.remove(type(other.room), other.room.id)
    await owner.close()


async def test_a_row_cannot_be_written_for_another_clinic(store: Postgres) -> None:
    one, two = await make_clinic(store, "one"), await make_clinic(store, "two")
    for statement in (
        "INSERT INTO outbox (organisation_id, kind, subject_id, payload, created_at, actor) VALUES ($1, 'x', $1, '{}', $2, 'x')",
        "UPDATE patients SET organisation_id = $1 WHERE created_at = $2",
    ):
        async with store.unit(one.id, actor_label="test") as unit:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await unit.driver.execute(statement, two.id, unit.now)


async def test_a_foreign_key_cannot_leave_the_clinic(store: Postgres) -> None:
    one, two = await make_clinic(store, "one"), await make_clinic(store, "two")
    for statement in (
        "UPDATE rooms SET location_id = $1",
        "UPDATE providers SET primary_location_id = $1",
        "UPDATE templates SET location_id = $1",
    ):
        async with store.unit(one.id, actor_label="test") as unit:
            with pytest.raises(asyncpg.ForeignKeyViolationError):
                await unit.driver.execute(statement, two.location.id)


async def test_every_foreign_key_between_clinic_tables_bears_the_clinic(database_url: str) -> None:
    owner = await raw(database_url)
    keys = await owner.fetch(
        """SELECT conname::text, confrelid::regclass::text AS target,
             (SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) AS first,
             cardinality(conkey) AS width
           FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"""
    )
    await owner.close()
    assert len(keys) > 10
    for key in keys:
        assert key["first"] == "organisation_id", key["conname"]
        assert (key["width"] == 1) == (key["target"] == "organisations"), key["conname"]


async def test_the_audit_trail_is_only_ever_appended_to(store: Postgres) -> None:
    one = await make_clinic(store, "one")
    for statement in ("UPDATE audit_rows SET deed = 'other'", "DELETE FROM audit_rows", "TRUNCATE audit_rows"):
        async with store.unit(one.id, actor_label="test") as unit:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await unit.driver.execute(statement)


async def test_the_directory_reaches_no_patient_and_no_hashless_secret(database_url: str, store: Postgres) -> None:
    await make_clinic(store, "one")
    directory = await raw(database_url, role=DIRECTORY)
    tables = [row["name"] for row in await directory.fetch(TABLES)]
    listed = {t for t in tables if await directory.fetchval("SELECT has_any_column_privilege($1, 'SELECT')", t)}
    writable = {t for t in tables if await directory.fetchval("SELECT has_table_privilege($1, 'INSERT, UPDATE, DELETE')", t)}
    await directory.close()
    assert listed == {"organisations", "api_keys", "channel_addresses"}
    assert writable == set()


async def test_a_tenant_ends_with_its_transaction(store: Postgres) -> None:
    one = await make_clinic(store, "one")
    for commits in (True, False):
        async with store.unit(one.id, actor_label="test") as unit:
            assert await unit.driver.fetchval("SELECT count(*) FROM patients") == 1
            if commits:
                await unit.commit()
                assert await unit.driver.fetchval("SELECT count(*) FROM patients") == 0
        async with store.unit(uuid4(), actor_label="test") as unit:
            assert await unit.driver.fetchval("SELECT count(*) FROM patients") == 0


BROKEN_PROMISES = [
    ("ALTER ROLE marcai_app BYPASSRLS", "ALTER ROLE marcai_app NOBYPASSRLS", "step round"),
    ("ALTER ROLE marcai_app SUPERUSER", "ALTER ROLE marcai_app NOSUPERUSER", "step round"),
    ("GRANT marcai_owner TO marcai_app", "REVOKE marcai_owner FROM marcai_app", "owns tables"),
    ("ALTER TABLE patients NO FORCE ROW LEVEL SECURITY", "ALTER TABLE patients FORCE ROW LEVEL SECURITY", "not forced on patients"),
    ("ALTER TABLE rooms DISABLE ROW LEVEL SECURITY", "ALTER TABLE rooms ENABLE ROW LEVEL SECURITY", "not forced on rooms"),
    ("CREATE TABLE stray (id int); GRANT SELECT ON stray TO marcai_app", "DROP TABLE stray", "not forced on stray"),
    ("UPDATE alembic_version SET version_num = '0000'", f"UPDATE alembic_version SET version_num = '{head()}'", "run `marcai migrate`"),
    ("GRANT SELECT ON patients TO marcai_directory", "REVOKE SELECT ON patients FROM marcai_directory", "reaches patients"),
]


async def test_a_database_that_breaks_a_promise_is_not_served(database_url: str, clock: FixedClock, keyring: Keyring) -> None:
    owner = await raw(database_url)
    for spoil, mend, complaint in BROKEN_PROMISES:
        await owner.execute(spoil)
        try:
            with pytest.raises(StoreUnfit, match=complaint):
                await Postgres.open(database_url, keyring=keyring, clock=clock)
        finally:
            await owner.execute(mend)
    await (await Postgres.open(database_url, keyring=keyring, clock=clock)).close()
    await owner.close()


async def test_an_empty_database_is_not_served(postgres: EmbeddedPostgres, database_url: str, clock: FixedClock, keyring: Keyring) -> None:
    postgres.create_database("never_migrated")
    with pytest.raises(StoreUnfit, match="marcai migrate"):
        await Postgres.open(postgres.url("never_migrated"), keyring=keyring, clock=clock)
    postgres.drop_database("never_migrated")


async def test_a_login_without_the_roles_is_not_served(
    postgres: EmbeddedPostgres, database_url: str, clock: FixedClock, keyring: Keyring
) -> None:
    postgres._say("CREATE ROLE a_stranger LOGIN")
    with pytest.raises(StoreUnfit, match="GRANT marcai_app"):
        await Postgres.open(database_url.replace("//marcai@", "//a_stranger@"), keyring=keyring, clock=clock)


async def test_a_login_that_owns_nothing_serves(postgres: EmbeddedPostgres, database_url: str, clock: FixedClock, keyring: Keyring) -> None:
    postgres._say("CREATE ROLE a_server LOGIN NOINHERIT; GRANT marcai_app, marcai_directory TO a_server")
    store = await Postgres.open(database_url.replace("//marcai@", "//a_server@"), keyring=keyring, clock=clock)
    made = await make_clinic(store, "one")
    async with store.unit(made.id, actor_label="test") as unit:
        who = await unit.driver.fetchrow("SELECT session_user::text, current_user::text")
    await store.close()
    assert tuple(who or ()) == ("a_server", APP)
