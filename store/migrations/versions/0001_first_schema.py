"""The first schema."""

from __future__ import annotations

from alembic import op

from store.schema import Base

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("create schema if not exists bus")
    op.execute("create extension if not exists pg_trgm")
    op.execute("create extension if not exists unaccent")
    Base.metadata.create_all(op.get_bind())
    op.execute(
        "create function refuse_audit_change() returns trigger language plpgsql as $$ "
        "begin raise exception 'the audit trail is append-only'; end $$"
    )
    op.execute(
        "create trigger audit_trail_append_only before update or delete or truncate on audit_trail "
        "for each statement execute function refuse_audit_change()"
    )


def downgrade() -> None:
    Base.metadata.drop_all(op.get_bind())
    op.execute("drop function refuse_audit_change()")
    op.execute("drop schema if exists bus")
