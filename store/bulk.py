"""Rejecting all of a filtered list at once, as what the person saw and counted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from codebook.errors import BadInput, Conflict
from store import second_reading
from store.queue_filter import QueueFilter, waits_for
from store.queue_lock import lock_queues
from store.review_queue import free_for
from store.schema import Candidate

MOST = 500
"""Items rejected in one transaction: more would hold the linker up, and nobody has looked at more."""


@dataclass(frozen=True, slots=True)
class Matching:
    """The items that match a filter and that nobody else holds, with the versions they have now."""

    versions: tuple[tuple[str, int], ...]

    @property
    def number(self) -> int:
        return len(self.versions)

    @property
    def seal(self) -> str:
        """Changes when an item comes, goes or changes."""
        return hashlib.sha256(repr(self.versions).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Done:
    """How many items were rejected, and how many wait for a second reader."""

    rejected: int
    waiting: int


def matching(session: Session, chosen: QueueFilter, user: str) -> Matching:
    """What a person would reject at once: `MOST` at most."""
    query = select(Candidate.id, Candidate.version).where(*waits_for(user), *chosen.conditions())
    rows = session.execute(query.where(free_for(Candidate, user)).order_by(*chosen.by).limit(MOST))
    return Matching(tuple(sorted((id_, version) for id_, version in rows)))


def reject_all(session: Session, chosen: QueueFilter, *, by: str, reason: str, comment: str | None, seal: str) -> Done:
    """Reject all that match as the same reason, each with its own audit entry and undo; all of them or none.

    Raises:
        Conflict: the list is not the one the person confirmed.
        BadInput: no filter is set.
        UnknownCode: no such reason.
    """
    if not chosen.active:
        raise BadInput("form", "filters", "", "choose at least one filter")
    # The linker locks items as it finds them: only its own lock keeps it and many of them from waiting for each other.
    here = select(Candidate.jurisdiction).where(*waits_for(by), *chosen.conditions()).distinct()
    lock_queues(session, session.scalars(here))
    found = matching(session, chosen, by)
    if found.seal != seal:
        raise Conflict(
            "the list changed meanwhile: %(number)s match now, look at them and confirm again", number=found.number
        )
    rejected = sum(
        second_reading.reject(session, id_, version=version, by=by, reason=reason, comment=comment)
        for id_, version in found.versions
    )
    return Done(rejected, found.number - rejected)
