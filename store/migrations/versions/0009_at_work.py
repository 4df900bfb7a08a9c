"""What a monitor leaves half done: drafts, notes, keys of their own."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
