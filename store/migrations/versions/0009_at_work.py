"""What a monitor leaves half done: drafts, notes, keys of their own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_drafts_candidate_id")),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name=op.f("fk_drafts_user_name")),
        sa.PrimaryKeyConstraint("candidate_id", "user_name", name=op.f("pk_drafts")),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('note', 'question')", name=op.f("ck_notes_kind")),
        sa.CheckConstraint(
            "kind = 'question' or answered_at is null", name=op.f("ck_notes_only_questions_are_answered")
        ),
        sa.ForeignKeyConstraint(["by"], ["users.name"], name=op.f("fk_notes_by")),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_notes_candidate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_candidate_id"), "notes", ["candidate_id"])
    op.create_table(
        "workplaces",
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("keys", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("theme", sa.Text(), server_default="system", nullable=False),
        sa.Column("cover", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("remind_after", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("working_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_item_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("theme in ('system', 'light', 'dark')", name=op.f("ck_workplaces_theme")),
        sa.CheckConstraint("remind_after between 5 and 600", name=op.f("ck_workplaces_remind_after")),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name=op.f("fk_workplaces_user_name")),
        sa.PrimaryKeyConstraint("user_name", name=op.f("pk_workplaces")),
    )
    op.create_index(
        "ix_candidates_superseded_by",
        "candidates",
        ["superseded_by"],
        postgresql_where=sa.text("superseded_by is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_candidates_superseded_by", table_name="candidates")
    op.drop_table("workplaces")
    op.drop_table("notes")
    op.drop_table("drafts")
