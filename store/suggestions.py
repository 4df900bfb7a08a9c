"""What the linker suggests to a person beside an item: other candidates that may tell the same event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store.schema import Candidate, CandidateLink


@dataclass(frozen=True, slots=True)
class Suggested:
    """Another candidate, open or approved, that may tell the event. `score` is in log-odds."""

    candidate: Candidate
    score: float
    reasons: tuple[str, ...]


def suggested(session: Session, candidate_id: str) -> Sequence[Suggested]:
    """The candidates that may be one event with this one, the likeliest first."""
    links = select(CandidateLink).where(or_(CandidateLink.a == candidate_id, CandidateLink.b == candidate_id))
    found = []
    for link in session.scalars(links.order_by(CandidateLink.score.desc(), CandidateLink.a, CandidateLink.b)).all():
        other = session.get_one(Candidate, link.b if link.a == candidate_id else link.a)
        if other.state in ("open", "approved"):
            found.append(Suggested(other, link.score, tuple(link.reasons)))
    return found
