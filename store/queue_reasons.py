"""Why the queue offers a person nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from store.questions import waits_for_answer
from store.queue_facets import Facets
from store.queue_filter import QueueFilter, waits_for
from store.schema import Candidate


@dataclass(frozen=True, slots=True)
class Holder:
    """A colleague who works on what matches: on how many items, the first of which is free at `until` at the latest.
    `jurisdiction` is that of this first one."""

    name: str
    items: int
    until: dt.datetime
    jurisdiction: str | None


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why nothing is offered; every part that applies is told.

    Attributes:
        empty: nothing waits for this person at all, whatever the filters.
        held: who works on what matches.
        without: by filter, how much would wait without it, where that is more than nothing.
        unfiltered: how much would wait without any filter.
        read: items that this person read first and that wait for a second reader.
        asked: items that this person asked about and that wait for the answer.
        disputed: items that two people read differently and that wait for a validator.
    """

    empty: bool
    held: tuple[Holder, ...]
    without: dict[str, int]
    unfiltered: int
    read: int
    asked: int
    disputed: int


def why_nothing(session: Session, chosen: QueueFilter, user: str, found: Facets) -> Nothing:
    """The reasons for which `take_next` offers a person nothing; `found` are the counts under these filters."""
    return Nothing(
        empty=not found.everything,
        held=_holders(session, chosen, user),
        without={name: number for name, number in found.without.items() if number} if not found.waiting else {},
        unfiltered=found.everything,
        read=_open(session, Candidate.first_reader == user, Candidate.stage == "second"),
        asked=_open(session, waits_for_answer(user)),
        disputed=_open(session, Candidate.stage == "adjudication"),
    )


def _holders(session: Session, chosen: QueueFilter, user: str) -> tuple[Holder, ...]:
    rows = session.execute(
        select(Candidate.lease_owner, Candidate.lease_until, Candidate.jurisdiction)
        .where(*waits_for(user), *chosen.conditions())
        .where(Candidate.lease_owner.is_not(None), Candidate.lease_owner != user, Candidate.lease_until > func.now())
        .order_by(Candidate.lease_until, Candidate.id)
    ).all()
    items = Counter(row.lease_owner for row in rows)
    first: dict[str, Holder] = {}
    for owner, until, jurisdiction in rows:
        if owner not in first and owner is not None and until is not None:
            first[owner] = Holder(owner, items[owner], until, jurisdiction)
    return tuple(first[name] for name in sorted(first))


def _open(session: Session, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Candidate).where(Candidate.state == "open", *conditions)
    return session.scalar(query) or 0
