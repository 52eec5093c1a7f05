"""What a pool asks of the database before it serves: that tenancy does not rest on our good will alone."""

from marcai.backends.postgres.roles import APP, DIRECTORY
from marcai.backends.postgres.transaction import Driver, Record
from marcai.ledger.errors import StoreUnfit

OLDEST = 15
WHO_AM_I = """
SELECT current_setting('server_version_num')::int / 10000 AS version, current_user::text AS role, rolsuper, rolbypassrls,
  coalesce((SELECT bool_or(pg_has_role(current_user, c.relowner, 'MEMBER')) FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')), false) AS is_owner,
  ARRAY(SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity) AND c.relname <> 'alembic_version'
    AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')) AS unsecured,
  to_regclass('public.alembic_version') IS NOT NULL AS is_migrated
FROM pg_roles WHERE rolname = current_user
"""
PATIENT_TABLES = """
SELECT c.relname::text FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND c.relname NOT IN ('organisations', 'api_keys', 'channel_addresses', 'users')
  AND (has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE') OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE'))
"""


async def prove_application(driver: Driver, revision: str) -> None:
    """Prove version, role, row-level security and schema.

    Raises:
        StoreUnfit: which promise is broken, and what to do.
    """
    found = await _who_am_i(driver, APP)
    if found["unsecured"]:
        raise StoreUnfit(f"row-level security is not forced on {', '.join(found['unsecured'])}")
    present = await driver.fetchval("SELECT version_num FROM alembic_version") if found["is_migrated"] else None
    if present != revision:
        raise StoreUnfit(f"the database is at revision {present}, this version needs {revision}: run `marcai migrate`")


async def prove_directory(driver: Driver) -> None:
    """Prove that the directory's role reaches nothing about a patient.

    Raises:
        StoreUnfit: it reaches a further table.
    """
    await _who_am_i(driver, DIRECTORY)
    reached = await driver.fetch(PATIENT_TABLES)
    if reached:
        raise StoreUnfit(f"{DIRECTORY} reaches {', '.join(row['relname'] for row in reached)}")


async def _who_am_i(driver: Driver, role: str) -> Record:
    found = dict(await driver.fetchrow(WHO_AM_I) or {})
    if found["version"] < OLDEST:
        raise StoreUnfit(f"PostgreSQL {found['version']} is too old: {OLDEST} or newer is needed")
    if found["role"] != role:
        raise StoreUnfit(f"the connection works as {found['role']} in place of {role}: a pooler between us and PostgreSQL drops `role`")
    if found["rolsuper"] or found["rolbypassrls"]:
        raise StoreUnfit(f"{role} may step round row-level security (SUPERUSER or BYPASSRLS)")
    if found["is_owner"]:
        raise StoreUnfit(f"{role} owns tables, or is a member of who owns them")
    return found
