"""Alembic's way in. Called with a connection by `marcai.backends.postgres.migrate`, never from a command line of its own."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
