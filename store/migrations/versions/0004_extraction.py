"""How an article was taken out of its page, and where every fetched page lies in the archive."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for name in ("extraction", "author", "lead"):
        op.add_column("articles", sa.Column(name, sa.Text(), nullable=True))
    op.create_table(
        "fetched_pages",
        sa.Column("archive_path", sa.Text(), nullable=False),
        sa.Column("archive_offset", sa.BigInteger(), nullable=False),
        sa.Column("archive_length", sa.BigInteger(), nullable=False),
        sa.Column("archive_sha256", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("guid", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("fetched", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("archive_path", "archive_offset", name="pk_fetched_pages"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_fetched_pages_source_id"),
    )
    for columns in (["url"], ["article_id"], ["source_id", "fetched"], ["fetched"]):
        op.create_index(f"ix_fetched_pages_{'_'.join(columns)}", "fetched_pages", columns)
    # What was fetched before is addressed from its article alone. A date that its feed gave is told apart from the
    # others; the title that the feed gave is not known any more.
    op.execute(
        """
        insert into fetched_pages (archive_path, archive_offset, archive_length, archive_sha256, url, source_id,
                                   article_id, guid, published, fresh, fetched)
        select a.archive_path, a.archive_offset, a.archive_length, a.archive_sha256,
               coalesce((select min(o.url) from fetch_outcomes o where o.article_id = a.id), a.url), a.source_id,
               a.id, a.guid, case when a.published_from = 'feed' then a.published end,
               coalesce(a.published_from = 'fetch', false), a.fetched
        from articles a
        where a.archive_path is not null
        on conflict do nothing
        """
    )


def downgrade() -> None:
    op.drop_table("fetched_pages")
    for name in ("lead", "author", "extraction"):
        op.drop_column("articles", name)
