"""The models trained on people's decisions, and which of them reads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "model_offers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=True),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('offered', 'taken', 'declined', 'failed')", name=op.f("ck_model_offers_state")),
        sa.CheckConstraint("(state = 'failed') = (why is not null)", name=op.f("ck_model_offers_why_failed")),
        sa.CheckConstraint(
            "state = 'failed' or (reader is not null and after is not null)",
            name=op.f("ck_model_offers_offered_is_measured"),
        ),
        sa.CheckConstraint(
            "(state in ('taken', 'declined')) = (by is not null and at is not null)",
            name=op.f("ck_model_offers_by_a_person"),
        ),
        sa.CheckConstraint("(before is null) = (after is null)", name=op.f("ck_model_offers_both_measured")),
        sa.ForeignKeyConstraint(["by"], ["users.name"], name=op.f("fk_model_offers_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_offers")),
    )
    op.create_table(
        "model_in_use",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offer_id", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_model_in_use_one_row")),
        sa.ForeignKeyConstraint(["offer_id"], ["model_offers.id"], name=op.f("fk_model_in_use_offer_id")),
        sa.ForeignKeyConstraint(["by"], ["users.name"], name=op.f("fk_model_in_use_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_in_use")),
    )
    op.create_index("ix_articles_read_at", "articles", ["read_at"])


def downgrade() -> None:
    op.drop_index("ix_articles_read_at", table_name="articles")
    op.drop_table("model_in_use")
    op.drop_table("model_offers")
