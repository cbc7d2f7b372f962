"""Runs the steps on the connection and in the transaction of whoever asked."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    # Both databases undo the making of tables with the rest of a transaction.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
