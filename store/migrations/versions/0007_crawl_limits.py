"""Limits of the crawl that outlive a start, and what waits or is tried again; when the alarms last looked, and what was
wrong with a document."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("sources", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("note", sa.Text(), nullable=True))
    op.create_table(
        "stranger_requests",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", "day", name=op.f("pk_stranger_requests")),
    )
    op.add_column(
        "sitemap_children",
        sa.Column("named_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("pending_items", sa.Column("away_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("fetch_outcomes", sa.Column("failed_times", sa.Integer(), server_default="0", nullable=False))
    op.execute("update fetch_outcomes set failed_times = 1 where outcome = 'failed'")


def downgrade() -> None:
    op.drop_column("fetch_outcomes", "failed_times")
    op.drop_column("pending_items", "away_since")
    op.drop_column("sitemap_children", "named_at")
    op.drop_table("stranger_requests")
    op.drop_column("feeds", "note")
    op.drop_column("sources", "looked_at")
