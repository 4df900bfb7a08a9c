"""Limits of the crawl that outlive a start; when the alarms last looked, and what was wrong with a document."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("sources", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("feeds", "note")
    op.drop_column("sources", "looked_at")
