"""What the type, the place and the day of a report may be besides: the linker weighs what was read with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    none = sa.text("'{}'")
    op.add_column("mentions", sa.Column("alternatives", postgresql.JSONB(), nullable=False, server_default=none))


def downgrade() -> None:
    op.drop_column("mentions", "alternatives")
