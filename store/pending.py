"""Which entries of a source still wait to be fetched, why, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.schema import PendingItem

ENTRIES_SHOWN = 20
"""Entries that are told of one by one: first those that met something, then those whose turn comes first."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why `entries` of a source wait. `text` is what the last attempt met, or why there was none; null for those that
    were not tried yet. `backfill`: a back-fill found them, and they give way to what feeds list."""

    text: str | None
    backfill: bool
    entries: int


@dataclass(frozen=True, slots=True)
class Pending:
    """The entries that wait: how many, why, the commonest reason first, and the first of them."""

    entries: int
    reasons: Sequence[Reason]
    first: Sequence[PendingItem]


def pending_of(session: Session, source_id: str) -> Pending:
    """What waits of a source."""
    of_source = PendingItem.source_id == source_id
    by_reason = select(PendingItem.reason, PendingItem.backfill, func.count()).where(of_source)
    counted = session.execute(by_reason.group_by(PendingItem.reason, PendingItem.backfill)).all()
    reasons = [Reason(*row) for row in counted]
    order = (PendingItem.reason.is_(None), PendingItem.backfill, PendingItem.due_at, PendingItem.url)
    first = select(PendingItem).where(of_source).order_by(*order)
    return Pending(
        sum(reason.entries for reason in reasons),
        sorted(reasons, key=lambda reason: (-reason.entries, reason.text or "", reason.backfill)),
        session.scalars(first.limit(ENTRIES_SHOWN)).all(),
    )
