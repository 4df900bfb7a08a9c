"""What a person decided last, to be found again and taken back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.schema import Candidate, StoredReading

RECENT = dt.timedelta(days=7)
"""How long a decision counts as made of late: without a bound, a long past would be searched for whoever made none."""

MOST = 10


@dataclass(frozen=True, slots=True)
class OwnDecision:
    """An item that a person decided, or read for somebody else to read or decide after them."""

    candidate: Candidate
    at: dt.datetime

    @property
    def outcome(self) -> str:
        """`approved` or `rejected`, `read` while it waits for a second reader, `disputed` while it waits for a
        validator."""
        if self.candidate.state != "open":
            return self.candidate.state
        return "read" if self.candidate.stage == "second" else "disputed"


def own_decisions(session: Session, user: str) -> list[OwnDecision]:
    """The decisions and waiting readings of a person in the time that counts as recent, the last first: `MOST` at most.
    What was taken back is none any more."""
    since = func.now() - RECENT
    decided = (
        select(Candidate, Candidate.decided_at)
        .where(Candidate.decided_by == user, Candidate.decided_at >= since)
        .order_by(Candidate.decided_at.desc(), Candidate.id)
    )
    read = (
        select(Candidate, StoredReading.at)
        .join(StoredReading, StoredReading.candidate_id == Candidate.id)
        .where(StoredReading.by == user, StoredReading.part.in_(("first", "second")), StoredReading.at >= since)
        .where(StoredReading.settled_at.is_(None), Candidate.state == "open")
        .order_by(StoredReading.at.desc(), Candidate.id)
    )
    rows = [row for query in (decided, read) for row in session.execute(query.limit(MOST))]
    found = [OwnDecision(candidate, at) for candidate, at in rows if at is not None]
    return sorted(found, key=attrgetter("at"), reverse=True)[:MOST]
