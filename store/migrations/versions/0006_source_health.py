"""What each source brought, day by day, the alarms raised over it, and what happened to each address."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

FIGURES = (
    "polls", "polls_failed", "listed", "known", "too_old", "over_limit", "no_address", "seen", "backfilled", "new",
    "changed", "unchanged", "failed", "refused", "unusable", "replayed",
)  # fmt: skip

HISTORY = """
insert into source_days (source_id, day, listed, seen, new, changed, unchanged, failed, refused, unusable, characters)
select source_id, day, sum(pending + failed + refused + unusable + greatest(fetched, events)),
       sum(pending + failed + refused + unusable + greatest(fetched, events)),
       sum(first), sum(events - first), sum(greatest(fetched, events) - events),
       sum(failed), sum(refused), sum(unusable), sum(characters)
from (
    select source_id, day, sum(pending) pending, sum(failed) failed, sum(refused) refused, sum(unusable) unusable,
           sum(fetched) fetched, sum(events) events, sum(first) first, sum(characters) characters
    from (
        select source_id, (seen_at at time zone 'UTC')::date as day, count(*) pending, 0 failed, 0 refused,
               0 unusable, 0 fetched, 0 events, 0 first, 0 characters
        from pending_items group by 1, 2
        union all
        select source_id, (at at time zone 'UTC')::date, 0, count(*) filter (where outcome = 'failed'),
               count(*) filter (where outcome = 'refused'), count(*) filter (where outcome = 'unusable'),
               count(*) filter (where outcome = 'fetched'), 0, 0, 0
        from fetch_outcomes group by 1, 2
        union all
        select a.source_id, (m.created_at at time zone 'UTC')::date, 0, 0, 0, 0, 0, count(*),
               count(*) filter (where m.id = m.first_id), 0
        from (
            select id, created_at, key, min(id) over (partition by key) as first_id
            from outbox where topic = 'avmp.articles.fetched'
        ) m join articles a on a.id = m.key
        group by 1, 2
        union all
        select source_id, (fetched at time zone 'UTC')::date, 0, 0, 0, 0, 0, 0, 0, sum(length(text))
        from articles group by 1, 2
    ) counted group by 1, 2
) days group by 1, 2
"""
"""The days before this revision, as far as the tables tell: the equation holds for them as well."""


def upgrade() -> None:
    op.add_column("feeds", sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "source_days",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in FIGURES),
        sa.Column("characters", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_source_days_source_id")),
        sa.PrimaryKeyConstraint("source_id", "day", name=op.f("pk_source_days")),
    )
    op.create_table(
        "source_alarms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("feed_url", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("normal", sa.Float(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('silence', 'failing', 'gone', 'robots', 'unmodified', 'yield', 'language', 'volume')",
            name=op.f("ck_source_alarms_kind"),
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_source_alarms_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_alarms")),
    )
    op.create_index(op.f("ix_source_alarms_source_id"), "source_alarms", ["source_id"])
    op.create_index(
        "ix_source_alarms_open",
        "source_alarms",
        ["source_id", "kind", "feed_url"],
        unique=True,
        postgresql_where=sa.text("cleared_at is null"),
    )
    op.create_table(
        "item_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("feed_url", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("article_id", sa.Text(), nullable=True),
        sa.Column("stored", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "what in ('listed', 'postponed', 'fetched', 'failed', 'refused', 'unusable')",
            name=op.f("ck_item_events_what"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_events")),
    )
    op.create_index(op.f("ix_item_events_url"), "item_events", ["url"])
    op.create_index(op.f("ix_item_events_article_id"), "item_events", ["article_id"])
    op.create_table(
        "outbox_forgotten",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_outbox_forgotten")),
    )
    op.create_index("ix_articles_source_id_fetched", "articles", ["source_id", "fetched"])
    op.create_index("ix_fetch_outcomes_source_id_at", "fetch_outcomes", ["source_id", "at"])
    op.create_index(op.f("ix_fetch_outcomes_article_id"), "fetch_outcomes", ["article_id"])
    op.execute(HISTORY)


def downgrade() -> None:
    op.drop_index(op.f("ix_fetch_outcomes_article_id"), table_name="fetch_outcomes")
    op.drop_index("ix_fetch_outcomes_source_id_at", table_name="fetch_outcomes")
    op.drop_index("ix_articles_source_id_fetched", table_name="articles")
    op.drop_table("outbox_forgotten")
    op.drop_table("item_events")
    op.drop_table("source_alarms")
    op.drop_table("source_days")
    op.drop_column("feeds", "failing_since")
