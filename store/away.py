"""Items that wait because nothing of their site can be had for now: that is no attempt at them.

Every function works in the transaction of the session it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from store.gathered import gathering
from store.outcomes import record_outcome
from store.schema import PendingItem

WAITS_MOST = dt.timedelta(days=7)
"""So long an item waits for a site that cannot be asked; then it ends as failed."""

FRESH_FOR = dt.timedelta(days=1)
"""An item that was seen longer ago is not fresh any more: the moment of its fetch says nothing of when it appeared."""


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """How many items wait for their site, and how many have done so for too long and ended."""

    waiting: int
    ended: int


def leave_alone(
    session: Session, item: PendingItem, hosts: Collection[str], reason: str, wait: dt.timedelta
) -> LeftAlone:
    """Has an item that met a site of which nothing can be had wait for it, and with it all that is due of the site's
    `hosts`: one of them asks again after `wait`. Those that have waited for `WAITS_MOST` end as failed."""
    concerned = or_(PendingItem.url == item.url, and_(PendingItem.host.in_(hosts), PendingItem.due_at <= func.now()))
    too_long = PendingItem.away_since <= func.now() - WAITS_MOST
    overdue = session.scalars(select(PendingItem).where(concerned, too_long)).all()
    with gathering(session):
        for one in overdue:
            record_outcome(session, one, "failed", f"{reason}; so it has been for {WAITS_MOST.days} days")
    values = {
        "reason": reason,
        "due_at": func.now() + wait,
        "away_since": func.coalesce(PendingItem.away_since, func.now()),
        "fresh": and_(PendingItem.fresh, PendingItem.seen_at > func.now() - FRESH_FOR),
    }
    waiting = session.scalars(update(PendingItem).where(concerned).values(**values).returning(PendingItem.url)).all()
    return LeftAlone(len(waiting), len(overdue))


def call_back(session: Session, hosts: Collection[str]) -> None:
    """Makes due what waits for a site that answers again."""
    away = (PendingItem.host.in_(hosts), PendingItem.away_since.is_not(None))
    session.execute(update(PendingItem).where(*away).values(away_since=None, due_at=func.now()))
