"""What people decided on which reports tell one event, and by what the linker knows a report."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

REVISIONS = """
update candidates set revision = made.number
from (
    select subject_id, max((after ->> 'revision')::integer) as number
    from audit_trail where action = 'approve' and subject_kind = 'candidate' group by subject_id
) made
where candidates.id = made.subject_id and candidates.state = 'approved'
"""
"""Which revision each approval made: without it, approvals from before could not be undone."""

BLOCKING = """
update mentions
set latitude = (facts ->> 'latitude')::double precision, longitude = (facts ->> 'longitude')::double precision,
    published = articles.published
from articles where articles.id = mentions.article_id
"""
"""What the linker finds a mention by."""

IMPRECISE = sa.text("facts ->> 'date_precision' <> 'day'")


def upgrade() -> None:
    op.add_column("mentions", sa.Column("hints", postgresql.JSONB(), nullable=True))
    op.add_column("mentions", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("mentions", sa.Column("longitude", sa.Float(), nullable=True))
    op.add_column("mentions", sa.Column("published", sa.DateTime(timezone=True), nullable=True))
    op.execute(BLOCKING)
    by_day, by_publication = (["jurisdiction", time, "latitude", "longitude"] for time in ("date", "published"))
    op.drop_index("ix_mentions_jurisdiction_date", table_name="mentions")
    op.create_index("ix_mentions_by_day", "mentions", by_day)
    op.create_index("ix_mentions_by_publication", "mentions", by_publication)
    op.create_index("ix_mentions_imprecise", "mentions", by_day, postgresql_where=IMPRECISE)
    op.create_index("ix_mentions_undated", "mentions", by_publication, postgresql_where=sa.text("date is null"))
    op.add_column("candidates", sa.Column("revision", sa.Integer(), nullable=True))
    op.add_column("candidates", sa.Column("lease_from", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_candidates_lease_from"), "candidates", "users", ["lease_from"], ["name"])
    op.execute(REVISIONS)
    op.create_table(
        "grouping_decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("together", postgresql.JSONB(), nullable=False),
        sa.Column("apart", postgresql.JSONB(), nullable=False),
        sa.Column("mentions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.CheckConstraint("kind in ('merge', 'split', 'move', 'not_same')", name=op.f("ck_grouping_decisions_kind")),
        sa.CheckConstraint("(undone_at is null) = (undone_by is null)", name=op.f("ck_grouping_decisions_undone")),
        sa.ForeignKeyConstraint(["by"], ["users.name"], name=op.f("fk_grouping_decisions_by")),
        sa.ForeignKeyConstraint(["undone_by"], ["users.name"], name=op.f("fk_grouping_decisions_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grouping_decisions")),
    )
    op.create_index(
        "ix_grouping_decisions_mentions",
        "grouping_decisions",
        ["mentions"],
        postgresql_using="gin",
        postgresql_where=sa.text("undone_at is null"),
    )
    op.create_table(
        "candidate_links",
        sa.Column("a", sa.Text(), nullable=False),
        sa.Column("b", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("a < b", name=op.f("ck_candidate_links_order")),
        sa.ForeignKeyConstraint(["a"], ["candidates.id"], name=op.f("fk_candidate_links_a")),
        sa.ForeignKeyConstraint(["b"], ["candidates.id"], name=op.f("fk_candidate_links_b")),
        sa.PrimaryKeyConstraint("a", "b", name=op.f("pk_candidate_links")),
    )
    op.create_index(op.f("ix_candidate_links_b"), "candidate_links", ["b"])
    op.create_table(
        "hint_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_hint_key_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hint_key")),
    )


def downgrade() -> None:
    op.drop_table("hint_key")
    op.drop_table("candidate_links")
    op.drop_table("grouping_decisions")
    op.drop_column("candidates", "lease_from")
    op.drop_column("candidates", "revision")
    for index in ("undated", "imprecise", "by_publication", "by_day"):
        op.drop_index(f"ix_mentions_{index}", table_name="mentions")
    op.create_index("ix_mentions_jurisdiction_date", "mentions", ["jurisdiction", "date"])
    for column in ("published", "longitude", "latitude"):
        op.drop_column("mentions", column)
    op.drop_column("mentions", "hints")
