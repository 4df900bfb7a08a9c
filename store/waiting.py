"""What a crawl that is to end still waits for: entries to be fetched again, archives to be read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.schema import BackfillStep, PendingItem


@dataclass(frozen=True, slots=True)
class Waiting:
    """`entries` are pending items, `due_hosts` the hosts of those that are due; `archives` are still to be read,
    `archives_due` of them now. `next_due` is when the first of what is not due yet will be."""

    entries: int
    due_hosts: frozenset[str]
    archives: int
    archives_due: int
    next_due: dt.datetime | None


def waiting(session: Session, sources: Collection[str]) -> Waiting:
    """What is still to be done for these sources."""
    now = session.scalars(select(func.now())).one()
    of_sources = PendingItem.source_id.in_(sources)
    hosts = select(PendingItem.host, func.count(), func.min(PendingItem.due_at)).where(of_sources)
    rows = session.execute(hosts.group_by(PendingItem.host)).all()
    later = select(func.min(PendingItem.due_at)).where(of_sources, PendingItem.due_at > now)
    steps = session.scalars(
        select(BackfillStep.due_at).where(BackfillStep.state == "open", BackfillStep.source_id.in_(sources))
    ).all()
    moments = [session.scalars(later).one(), *(due for due in steps if due > now)]
    return Waiting(
        entries=sum(number for _, number, _ in rows),
        due_hosts=frozenset(host for host, _, first in rows if first <= now),
        archives=len(steps),
        archives_due=sum(due <= now for due in steps),
        next_due=min((moment for moment in moments if moment is not None), default=None),
    )
