"""Alembic's entry: runs the migrations on the connection that `store.migrations` hands over."""

from __future__ import annotations

from alembic import context

from store.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_schemas=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
