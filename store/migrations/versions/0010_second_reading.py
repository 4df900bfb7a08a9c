"""The place of a candidate in the queue, second readers, and the sample of what was screened out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

PLACE = """
create function place_in_queue() returns trigger language plpgsql as $$
declare
    day date := (new.created_at at time zone 'UTC')::date;
begin
    if new.kind = 'new' then  -- an event is not younger than its report, whatever was read
        day := least(day, (new.proposal ->> 'date')::date);
    end if;
    new.incident_type := new.proposal ->> 'incident_type';
    new.turn := -(new.priority + 2 * (1 - new.certainty) + (day - date '2000-01-01'));
    return new;
end $$
"""
"""See `store.schema.queue_place.QueuePlace.turn`."""

REPORTS = """
create function reports_in_queue() returns trigger language plpgsql as $$
begin
    update candidates c set certainty = r.certainty, official = r.official, langs = r.langs,
                            source_ids = r.source_ids
    from (
        select w.id,
               coalesce(max(least((m.confidence ->> 'incident_type')::float, a.relevance)), 1) as certainty,
               coalesce(array_agg(distinct a.lang) filter (where a.lang is not null), '{}') as langs,
               coalesce(array_agg(distinct a.source_id) filter (where a.id is not null), '{}') as source_ids,
               coalesce(bool_or(a.source_kind = 'official'), false) as official
        from (
            select old.candidate_id as id where tg_op <> 'INSERT' and old.candidate_id is not null
            union
            select new.candidate_id where tg_op <> 'DELETE' and new.candidate_id is not null
        ) w
        left join mentions m on m.candidate_id = w.id
        left join articles a on a.id = m.article_id
        group by w.id
    ) r
    where c.id = r.id
      and (c.certainty, c.official, c.langs, c.source_ids)
          is distinct from (r.certainty, r.official, r.langs, r.source_ids);
    return null;
end $$
"""
"""What the queue needs of an item's reports, kept with the item."""

OPEN = sa.text("state = 'open'")
NOT_FIRST = sa.text("state = 'open' and stage <> 'first'")
ARRAYS = ("langs", "source_ids")


def upgrade() -> None:
    op.add_column("candidates", sa.Column("incident_type", sa.Text(), nullable=True))
    op.add_column("candidates", sa.Column("turn", sa.Float(), server_default="0", nullable=False))
    op.add_column("candidates", sa.Column("certainty", sa.Float(), server_default="1", nullable=False))
    op.add_column("candidates", sa.Column("official", sa.Boolean(), server_default="false", nullable=False))
    for name in ARRAYS:
        op.add_column("candidates", sa.Column(name, postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("candidates", sa.Column("stage", sa.Text(), server_default="first", nullable=False))
    op.add_column("candidates", sa.Column("first_reader", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_candidates_stage"), "candidates", "stage in ('first', 'second', 'adjudication')"
    )
    op.create_check_constraint(
        op.f("ck_candidates_first_reader"), "candidates", "(stage = 'first') = (first_reader is null)"
    )
    op.execute(PLACE)
    op.execute(
        "create trigger candidates_place before insert or update on candidates "
        "for each row execute function place_in_queue()"
    )
    op.execute(REPORTS)
    op.execute(
        "create trigger mentions_reports after insert or delete or "
        "update of candidate_id, confidence, read_at on mentions for each row execute function reports_in_queue()"
    )
    op.execute("update mentions set candidate_id = candidate_id where candidate_id is not null")  # both triggers run
    op.execute("update candidates set version = version where turn = 0")
    op.drop_index("ix_candidates_queue", table_name="candidates")
    op.create_index("ix_candidates_turn", "candidates", ["turn", "id"], postgresql_where=OPEN)
    op.create_index("ix_candidates_jurisdiction_turn", "candidates", ["jurisdiction", "turn"], postgresql_where=OPEN)
    op.create_index("ix_candidates_created_at", "candidates", ["created_at", "id"], postgresql_where=OPEN)
    op.create_index(
        "ix_candidates_lease_owner", "candidates", ["lease_owner"], postgresql_where=sa.text("lease_owner is not null")
    )
    op.create_index("ix_candidates_decided_at", "candidates", ["decided_at"])
    op.create_index("ix_candidates_stage", "candidates", ["stage", "first_reader"], postgresql_where=NOT_FIRST)
    for name in ARRAYS:
        op.create_index(f"ix_candidates_{name}", "candidates", [name], postgresql_using="gin", postgresql_where=OPEN)
    _make_rules()
    _make_readings()
    _make_audit()


def downgrade() -> None:
    op.drop_index("ix_articles_drawn", table_name="articles")
    for table in ("audit_items", "readings", "review_rules"):
        op.drop_table(table)
    for name in (*ARRAYS, "stage", "decided_at", "lease_owner", "created_at", "jurisdiction_turn", "turn"):
        op.drop_index(f"ix_candidates_{name}", table_name="candidates")
    op.create_index("ix_candidates_queue", "candidates", ["state", "priority", "id"])
    op.execute("drop trigger mentions_reports on mentions")
    op.execute("drop trigger candidates_place on candidates")
    op.execute("drop function reports_in_queue()")
    op.execute("drop function place_in_queue()")
    for name in ("first_reader", "stage", *ARRAYS, "official", "certainty", "turn", "incident_type"):
        op.drop_column("candidates", name)


def _make_rules() -> None:
    op.create_table(
        "review_rules",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("audit_share", sa.Float(), server_default="0.01", nullable=False),
        sa.Column("second_share", sa.Float(), server_default="0", nullable=False),
        sa.Column("second_types", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("second_fatal", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_review_rules_one_row")),
        sa.CheckConstraint(
            "audit_share between 0 and 1 and second_share between 0 and 1", name=op.f("ck_review_rules_shares")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_rules")),
    )


def _make_readings() -> None:
    op.create_table(
        "readings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposal", postgresql.JSONB(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("part in ('first', 'second', 'adjudication')", name=op.f("ck_readings_part")),
        sa.CheckConstraint("(facts is null) = (reason is not null)", name=op.f("ck_readings_approved_or_rejected")),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_readings_candidate_id")),
        sa.ForeignKeyConstraint(["by"], ["users.name"], name=op.f("fk_readings_by")),
        sa.ForeignKeyConstraint(["reason"], ["code_rejection_reason.code"], name=op.f("fk_readings_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_index(op.f("ix_readings_candidate_id"), "readings", ["candidate_id"])
    op.create_index("ix_readings_part_at", "readings", ["part", "at"])
    op.create_index(
        "ix_readings_one_each",
        "readings",
        ["candidate_id", "by"],
        unique=True,
        postgresql_where=sa.text("settled_at is null"),
    )


def _make_audit() -> None:
    op.create_table(
        "audit_items",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("reader_version", sa.Text(), nullable=True),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer in ('no_incident', 'missed')", name=op.f("ck_audit_items_answer")),
        sa.CheckConstraint(
            "(answer is null) = (answered_by is null) and (answer is null) = (answered_at is null)",
            name=op.f("ck_audit_items_answered"),
        ),
        sa.CheckConstraint("(lease_owner is null) = (lease_until is null)", name=op.f("ck_audit_items_lease")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_audit_items_article_id")),
        sa.ForeignKeyConstraint(["lease_owner"], ["users.name"], name=op.f("fk_audit_items_lease_owner")),
        sa.ForeignKeyConstraint(["answered_by"], ["users.name"], name=op.f("fk_audit_items_answered_by")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_audit_items")),
    )
    op.create_index("ix_audit_items_answered_by_at", "audit_items", ["answered_by", "answered_at"])
    op.create_index(
        "ix_articles_drawn", "articles", [sa.text("md5(id)")], postgresql_where=sa.text("relevant is false")
    )
