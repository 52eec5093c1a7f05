"""What every migration does to a clinic's table: row-level security, forced; grants; and a way round it for data migrations.

    def upgrade() -> None:
        op.execute("CREATE TABLE claims (organisation_id uuid NOT NULL REFERENCES organisations (id), id uuid NOT NULL, …,"
                   " PRIMARY KEY (organisation_id, id))")
        secure("claims")

A table without it fails the tests, which walk the catalogue.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op

from marcai.backends.postgres.roles import APP, DIRECTORY

TENANT = "NULLIF(current_setting('app.org', true), '')::uuid"
"""The clinic of the transaction: null, which equals nothing, when no transaction set it."""
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"


def secure(table: str, *, column: str = "organisation_id", grants: str = EVERYTHING) -> None:
    """Force row-level security on a table and grant it to the application's role.

    `column` holds the clinic's id. `grants` is narrowed for what may only be appended ("SELECT, INSERT").
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} USING ({column} = {TENANT}) WITH CHECK ({column} = {TENANT})")
    op.execute(f"GRANT {grants} ON {table} TO {APP}")


def list_in_directory(table: str, *columns: str) -> None:
    """Let the directory, which has no tenant, read these columns of every clinic. Never a column about a patient."""
    op.execute(f"CREATE POLICY directory ON {table} FOR SELECT TO {DIRECTORY} USING (true)")
    op.execute(f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {DIRECTORY}")


@contextmanager
def across_clinics(*tables: str) -> Iterator[None]:
    """Let a data migration see every clinic's rows: forced security would hide them from the tables' owner too.

    Only the owner is let through, and only in the migration's own transaction, which holds the tables exclusively.
    """
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
