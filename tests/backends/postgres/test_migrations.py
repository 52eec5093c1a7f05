import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

import marcai.backends.postgres.migrate as migrations
from marcai.backends.embedded.postgres import EmbeddedPostgres
from marcai.backends.postgres.migrate import downgrade, upgrade, upgrade_where_allowed
from marcai.backends.postgres.roles import OWNER
from marcai.backends.postgres.tables import metadata
from marcai.ledger.errors import StoreUnfit

FOLDER = Path(migrations.__file__).parent / "migrations"
REVISIONS = [script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions()][::-1]
_numbers = count(1)

SCHEMA = """
SELECT 'column' AS kind, table_name::text,
  column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS what
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL SELECT 'index', tablename::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'policy', tablename::text, policyname || ' ' || coalesce(qual, '') || roles::text FROM pg_policies
UNION ALL SELECT 'grant', table_name::text, grantee || ' ' || privilege_type FROM information_schema.table_privileges
WHERE table_schema = 'public'
UNION ALL SELECT 'function', proname::text, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname || ' ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
ORDER BY 1, 2, 3
"""


@pytest.fixture
def empty_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    name = f"migrations_{next(_numbers)}"
    postgres.create_database(name)
    yield postgres.url(name)
    postgres.drop_database(name)


async def asked(url: str, question: str) -> list[tuple[object, ...]]:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        found = [tuple(row) for row in await connection.execute(text(question))]
    await engine.dispose()
    return found


async def test_each_revision_goes_up_down_and_up_again_to_the_same_schema(empty_url: str) -> None:
    before = await asked(empty_url, SCHEMA)
    for revision, below in zip(REVISIONS, ["base", *REVISIONS], strict=False):
        await upgrade(empty_url, revision)
        above = await asked(empty_url, SCHEMA)
        await downgrade(empty_url, below)
        if below != "base":
            assert await asked(empty_url, SCHEMA) == before
        await upgrade(empty_url, revision)
        assert await asked(empty_url, SCHEMA) == above
        before = above


async def test_nothing_is_left_at_the_base(empty_url: str) -> None:
    await upgrade(empty_url)
    await downgrade(empty_url, "base")
    left = await asked(empty_url, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind <> 'i'")
    assert left == [("alembic_version",)]
    assert await asked(empty_url, "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace") == []


async def test_the_tables_that_the_code_knows_are_the_ones_that_migrations_make(database_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [found for found in compare_metadata(context, metadata) if not is_of_an_unmirrored_table(found)]

    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


def is_of_an_unmirrored_table(difference: object) -> bool:
    """A table that only hand-written SQL uses need not be mirrored."""
    if not isinstance(difference, tuple) or difference[0] not in ("remove_table", "remove_index"):
        return False
    table = difference[1] if difference[0] == "remove_table" else difference[1].table
    return table.name not in metadata.tables


async def test_no_column_is_filled_from_the_databases_own_clock(database_url: str) -> None:
    defaults = await asked(database_url, "SELECT column_default FROM information_schema.columns WHERE table_schema = 'public'")
    clocks = ("now", "current_", "clock", "timestamp", "random", "uuid")
    assert [d for (d,) in defaults if d and any(clock in str(d).lower() for clock in clocks)] == []


async def test_a_login_that_is_no_superuser_migrates_and_owns_nothing_itself(postgres: EmbeddedPostgres) -> None:
    name = f"migrations_{next(_numbers)}"
    postgres._say("CREATE ROLE plain_migrator LOGIN CREATEROLE")
    postgres._say(f"CREATE DATABASE {name} OWNER plain_migrator")
    url = postgres.url(name, user="plain_migrator")
    # The roles are the server's, and an earlier test made them: a plain login must then be given them.
    postgres._say("GRANT marcai_owner, marcai_app, marcai_directory TO plain_migrator")
    await upgrade(url)
    owners = await asked(url, "SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'public'")
    postgres.drop_database(name)
    postgres._say("REVOKE marcai_owner, marcai_app, marcai_directory FROM plain_migrator")
    assert owners == [(OWNER,)]


async def test_a_login_that_may_not_make_roles_is_told_what_to_ask_for(postgres: EmbeddedPostgres, migrated_template: str) -> None:
    name = f"migrations_{next(_numbers)}"
    postgres._say("CREATE ROLE powerless LOGIN")
    postgres._say(f"CREATE DATABASE {name} OWNER powerless")
    with pytest.raises(StoreUnfit, match="CREATE ROLE marcai_owner"):
        await upgrade(postgres.url(name, user="powerless"))
    postgres.drop_database(name)


async def test_a_login_that_may_own_the_schema_brings_it_up_to_date_and_a_lesser_one_leaves_it(
    postgres: EmbeddedPostgres, empty_url: str, migrated_template: str
) -> None:
    postgres._say("CREATE ROLE lesser LOGIN; GRANT marcai_app, marcai_directory TO lesser")
    assert not await upgrade_where_allowed(empty_url.replace("//marcai@", "//lesser@"))
    assert await asked(empty_url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []
    for _ in range(2):
        assert await upgrade_where_allowed(empty_url)
    assert await asked(empty_url, "SELECT version_num FROM alembic_version") == [(REVISIONS[-1],)]


async def test_two_upgrades_at_once_make_one_schema(empty_url: str) -> None:
    await asyncio.gather(*(upgrade(empty_url) for _ in range(3)))
    assert await asked(empty_url, "SELECT version_num FROM alembic_version") == [(REVISIONS[-1],)]
