"""How feeds are polled: what the schedule and the conditional requests need to remember."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
