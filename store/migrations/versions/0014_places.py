"""Items and incidents by the beginning of their place, written with or without its accents: who looks for another item
asks while they type."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

PLAIN = """
create function plain_letters(text) returns text language sql immutable strict parallel safe as $$
    select lower(public.unaccent('public.unaccent'::regdictionary, $1))
$$
"""
"""An index takes no function that a changed dictionary could change; ours is the one that PostgreSQL brings."""


def upgrade() -> None:
    op.execute(PLAIN)
    for table, place in (("candidates", "proposal ->> 'place'"), ("incidents", "place")):
        beginning = sa.text(f"plain_letters({place}) text_pattern_ops")
        op.create_index(f"ix_{table}_place", table, [beginning])


def downgrade() -> None:
    op.drop_index("ix_incidents_place", table_name="incidents")
    op.drop_index("ix_candidates_place", table_name="candidates")
    op.execute("drop function plain_letters(text)")
