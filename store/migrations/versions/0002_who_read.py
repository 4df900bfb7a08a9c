"""Which stage read an article, and why a later one did not."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("articles", sa.Column("read_by", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("read_fallback", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("articles", "read_fallback")
    op.drop_column("articles", "read_by")
