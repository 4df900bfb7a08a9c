"""What else tells that two pages are one article, and which are near copies.

The addresses of released articles are filled in by the crawler when it starts: it knows the rules.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "article_addresses",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_addresses_article_id")),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_article_addresses")),
    )
    op.create_index("ix_article_addresses_article_id", "article_addresses", ["article_id"])
    op.create_table(
        "article_marks",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("bands", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("resembles", sa.Text(), nullable=True),
        sa.Column("likeness", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_marks_article_id")),
        sa.ForeignKeyConstraint(["resembles"], ["articles.id"], name=op.f("fk_article_marks_resembles")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_marks")),
    )
    op.create_index("ix_article_marks_title_key", "article_marks", ["title_key"])
    op.create_index("ix_article_marks_resembles", "article_marks", ["resembles"])
    op.create_index("ix_article_marks_bands", "article_marks", ["bands"], postgresql_using="gin")
    op.create_table(
        "address_rules",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_address_rules")),
    )


def downgrade() -> None:
    op.drop_table("address_rules")
    op.drop_table("article_marks")
    op.drop_table("article_addresses")
