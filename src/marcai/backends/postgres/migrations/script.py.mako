"""${message}"""

from alembic import op

from marcai.backends.postgres.tenancy import secure

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ...


def downgrade() -> None:
    ...
