"""The roles of the database, and the SQL that makes them.

`marcai_owner` owns the tables, `marcai_app` works on one clinic's rows at a time, `marcai_directory` reads which clinics,
keys and channel addresses there are, `marcai_worker` fetches jobs, which bear ids alone. None of them can log in: a login is a member
of those that it needs, and every connection begins as one of them.
"""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from marcai.ledger.errors import StoreUnfit

OWNER = "marcai_owner"
APP = "marcai_app"
DIRECTORY = "marcai_directory"
WORKER = "marcai_worker"
JOBS = "jobs"
"""The schema of the jobs, beside the clinics' own."""
SERVING_LOGIN = "marcai_serve"
"""The login of the embedded database's own `serve`; elsewhere the administrator chooses the name."""

FOR_THE_ADMINISTRATOR = (
    f"CREATE ROLE {OWNER} NOLOGIN; CREATE ROLE {APP} NOLOGIN; CREATE ROLE {DIRECTORY} NOLOGIN; CREATE ROLE {WORKER} NOLOGIN; "
    f"GRANT {OWNER}, {APP}, {DIRECTORY}, {WORKER} TO <login>; GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}; "
    f"CREATE SCHEMA {JOBS} AUTHORIZATION {OWNER};"
)


async def make_roles(connection: AsyncConnection) -> None:
    """Make what is missing of the roles and of the jobs' schema, and let the login that is connected take each role that it needs.

    Raises:
        StoreUnfit: the login may not make roles; the text bears the SQL for somebody who may.
    """
    try:
        for role in (OWNER, APP, DIRECTORY):
            await _make(connection, role, "NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB")
            # A superuser is a member of every role, and needs no grant.
            await connection.execute(
                text(f"DO $$ BEGIN IF NOT pg_has_role(session_user, '{role}', 'MEMBER') THEN GRANT {role} TO session_user; END IF; END $$")
            )
        await _make(connection, WORKER, "NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB")
        # Who migrates need not be who works: a login that may not give itself the worker's role migrates without it.
        await connection.execute(
            text(
                f"DO $$ BEGIN IF NOT pg_has_role(session_user, '{WORKER}', 'MEMBER') THEN GRANT {WORKER} TO session_user; END IF; "
                "EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"
            )
        )
        await connection.execute(
            text(f"DO $$ BEGIN IF to_regnamespace('{JOBS}') IS NULL THEN CREATE SCHEMA {JOBS} AUTHORIZATION {OWNER}; END IF; END $$")
        )
        await connection.execute(
            text(
                f"DO $$ BEGIN IF NOT has_schema_privilege('{OWNER}', 'public', 'CREATE') THEN "
                f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}; END IF; END $$"
            )
        )
    except DBAPIError as error:
        raise StoreUnfit(f"the database's roles cannot be made by this login; let an administrator say: {FOR_THE_ADMINISTRATOR}") from error


async def make_login(connection: AsyncConnection, name: str = SERVING_LOGIN) -> None:
    """Make a login without a password that may serve but owns nothing. For servers that trust their own socket."""
    await _make(connection, name, "LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB")
    await connection.execute(text(f"GRANT {APP}, {DIRECTORY}, {WORKER} TO {name}"))


async def _make(connection: AsyncConnection, role: str, attributes: str) -> None:
    # Roles belong to the whole server: another database's migration may be making the same one.
    await connection.execute(
        text(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} {attributes}; END IF; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    )
