"""Migrations: the schema's history, carried inside the package and run by Alembic without a file of settings.

The login of the URL makes the roles (once), then becomes `marcai_owner`, who owns every table. One run is one transaction, and
two runs at once wait for each other.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from marcai.backends.postgres.address import driver_url
from marcai.backends.postgres.outages import outages_named
from marcai.backends.postgres.roles import OWNER, make_login, make_roles

ONE_AT_A_TIME = 0x6D617263616921
"""The advisory lock that migrations take."""
MAY_OWN = f"""
SELECT rolsuper OR rolcreaterole OR EXISTS (SELECT FROM pg_roles o WHERE o.rolname = '{OWNER}' AND pg_has_role(me.oid, o.oid, 'MEMBER'))
FROM pg_roles me WHERE me.rolname = session_user
"""


def head() -> str:
    """Return the newest revision."""
    return str(ScriptDirectory.from_config(_configuration()).get_current_head())


async def upgrade(url: str, revision: str = "head", *, login: str | None = None) -> None:
    """Bring the schema up to a revision. Doing it again does nothing.

    `login`, if given, is made too: a login that may serve and owns nothing.

    Raises:
        StoreUnfit: the login may not make the roles.
    """

    def up(connection: Connection) -> None:
        command.upgrade(_configuration(connection), revision)

    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await _wait_for_others(connection)
            await make_roles(connection)
            if login is not None:
                await make_login(connection, login)
            await connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
            await connection.run_sync(up)
    finally:
        await engine.dispose()


async def upgrade_where_allowed(url: str) -> bool:
    """Bring the schema up to date if this login may own it, and say whether it may.

    Whether what a lesser login finds can be served from is for `Postgres.open` to prove.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    with outages_named():
        try:
            async with engine.connect() as connection:
                is_allowed = bool(await connection.scalar(text(MAY_OWN)))
        finally:
            await engine.dispose()
        if is_allowed:
            await upgrade(url)
    return is_allowed


async def downgrade(url: str, revision: str) -> None:
    """Take the schema back to a revision ("base": nothing is left but the roles, which belong to the whole server)."""

    def down(connection: Connection) -> None:
        command.downgrade(_configuration(connection), revision)

    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await _wait_for_others(connection)
            await connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
            await connection.run_sync(down)
    finally:
        await engine.dispose()


async def _wait_for_others(connection: AsyncConnection) -> None:
    await connection.execute(text("SET LOCAL search_path TO public"))
    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})


def _configuration(connection: Connection | None = None) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration
