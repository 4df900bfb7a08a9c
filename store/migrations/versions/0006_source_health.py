"""What each source brought, day by day, and the alarms raised over it."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
