"""What people decided on which reports tell one event, and by what the linker knows a report."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
