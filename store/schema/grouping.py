"""What people decided on which reports tell one event, what the linker suggests to them, and the key of hints."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from store.schema.base import Base, CreatedAt, Serial


class GroupingDecision(Base):
    """A person's word on which mentions tell one event. It binds the linker until it is undone.

    `together` is a list of `{"candidate": id, "mentions": [ids]}`: these mentions are one event, and that is the
    candidate they stay in. `apart` is a list of pairs of lists of mention ids: none of the first tells the event of one
    of the second. `mentions` are all ids named, `before` maps each to the candidate it was in. `at` is the moment it
    was made, not that of its transaction's beginning: it may have waited for another decision.
    """

    __tablename__ = "grouping_decisions"
    __table_args__ = (
        CheckConstraint("kind in ('merge', 'split', 'move', 'not_same')", name="kind"),
        CheckConstraint("(undone_at is null) = (undone_by is null)", name="undone"),
        Index(
            "ix_grouping_decisions_mentions",
            "mentions",
            postgresql_using="gin",
            postgresql_where=text("undone_at is null"),
        ),
    )

    id: Mapped[Serial]
    kind: Mapped[str]
    together: Mapped[list[Any]]
    apart: Mapped[list[Any]]
    mentions: Mapped[list[str]]
    before: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(ForeignKey("users.name"))
    at: Mapped[dt.datetime] = mapped_column(server_default=func.clock_timestamp())
    why: Mapped[str | None]
    undone_at: Mapped[dt.datetime | None]
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("users.name"))


class CandidateLink(Base):
    """Two candidates that may tell one event: too likely to keep silent, not likely enough to join. `a` is the smaller
    id; `score` is in log-odds, `reasons` are words for a person."""

    __tablename__ = "candidate_links"
    __table_args__ = (CheckConstraint("a < b", name="order"),)

    a: Mapped[str] = mapped_column(ForeignKey("candidates.id"), primary_key=True)
    b: Mapped[str] = mapped_column(ForeignKey("candidates.id"), primary_key=True, index=True)
    score: Mapped[float]
    reasons: Mapped[list[str]]


class HintKey(Base):
    """The secret under which hints are hashed: one row, made at first use, never sent anywhere."""

    __tablename__ = "hint_key"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[CreatedAt]
