"""How feeds are polled: what the schedule and the conditional requests need to remember, why it changed, the sitemaps
of an index, and back-fills."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ADDED = ("last_error_kind", "not_modified", "lies_since", "gone_since", "usual_gap_seconds", "wished_seconds")


def upgrade() -> None:
    _allow_kinds("'rss', 'atom', 'sitemap', 'section', 'page'")
    op.add_column("feeds", sa.Column("last_error_kind", sa.Text(), nullable=True))
    op.add_column("feeds", sa.Column("not_modified", sa.Integer(), server_default="0", nullable=False))
    op.add_column("feeds", sa.Column("lies_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("gone_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("usual_gap_seconds", sa.Integer(), nullable=True))
    op.add_column("feeds", sa.Column("wished_seconds", sa.Integer(), nullable=True))
    op.add_column("pending_items", sa.Column("backfill", sa.Boolean(), server_default="false", nullable=False))
    _create_tables()


def downgrade() -> None:
    for table in ("backfill_steps", "sitemap_children", "feed_log"):
        op.drop_table(table)
    op.drop_column("pending_items", "backfill")
    for column in reversed(ADDED):
        op.drop_column("feeds", column)
    # An earlier program knows no pages that change: to it they are section pages, and it names them as failing
    op.execute("update feeds set kind = 'section' where kind = 'page'")
    _allow_kinds("'rss', 'atom', 'sitemap', 'section'")


def _allow_kinds(kinds: str) -> None:
    op.drop_constraint(op.f("ck_feeds_kind"), "feeds", type_="check")
    op.create_check_constraint(op.f("ck_feeds_kind"), "feeds", f"kind in ({kinds})")


def _create_tables() -> None:
    op.create_table(
        "feed_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("feed_url", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "event in ('interval', 'failing', 'recovered', 'gone', 'lies')", name=op.f("ck_feed_log_event")
        ),
        sa.ForeignKeyConstraint(["feed_url"], ["feeds.url"], name=op.f("fk_feed_log_feed_url")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_log")),
    )
    op.create_index("ix_feed_log_feed_url_id", "feed_log", ["feed_url", "id"])
    op.create_table(
        "sitemap_children",
        sa.Column("feed_url", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("nested", sa.Boolean(), nullable=False),
        sa.Column("lastmod", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_new_item", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["feed_url"], ["feeds.url"], name=op.f("fk_sitemap_children_feed_url")),
        sa.PrimaryKeyConstraint("feed_url", "url", name=op.f("pk_sitemap_children")),
    )
    op.create_table(
        "backfill_steps",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("feed_url", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("listed", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("way in ('sitemap', 'section', 'feed')", name=op.f("ck_backfill_steps_way")),
        sa.CheckConstraint("state in ('open', 'done', 'failed')", name=op.f("ck_backfill_steps_state")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_backfill_steps_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill_steps")),
        sa.UniqueConstraint(
            "feed_url", "address", "since", "until", name=op.f("uq_backfill_steps_feed_url_address_since_until")
        ),
    )
    op.create_index("ix_backfill_steps_state_due_at", "backfill_steps", ["state", "due_at"])
