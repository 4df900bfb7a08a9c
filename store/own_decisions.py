"""What a person decided last, to be found again and taken back, and what they asked colleagues about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from store.grouping import redirect
from store.schema import Candidate, Note, StoredReading

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


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question for a second opinion: the item that has its reports now, when it was asked, whether somebody has
    answered."""

    candidate: Candidate
    at: dt.datetime
    answered: bool


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


def own_questions(session: Session, user: str) -> list[OwnQuestion]:
    """The questions a person asked in the time that counts as recent, and all that wait for an answer where nobody has
    decided, the last first: `MOST` at most, of an item the last one."""
    undecided = Note.answered_at.is_(None) & Candidate.state.in_(("open", "superseded"))
    asked = (
        select(Note)
        .join(Candidate, Candidate.id == Note.candidate_id)
        .where(Note.by == user, Note.kind == "question", or_(Note.at >= func.now() - RECENT, undecided))
        .order_by(Note.id.desc())
    )
    found: dict[str, OwnQuestion] = {}
    for note in session.scalars(asked):
        here = redirect(session, note.candidate_id)
        if here not in found:
            found[here] = OwnQuestion(session.get_one(Candidate, here), note.at, note.answered_at is not None)
        if len(found) == MOST:
            break
    return list(found.values())
