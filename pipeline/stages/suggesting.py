"""What the linker suggests to people: pairs of candidates that may be one event, with the reasons in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from linking.linker import Group
from linking.mentions import LinkableMention
from linking.scoring import comparable, score
from linking.suggesting import suggestions
from linking.weights import weights
from pipeline.stages.known import load_linkable
from store.schema import Candidate, CandidateLink, StoredMention

SHOWN = ("open", "approved")
"""The states of candidates that may be suggested: what was rejected is no event."""


def suggest(
    session: Session,
    placed: Mapping[str, list[LinkableMention]],
    left: Collection[str],
    around: Iterable[LinkableMention],
    apart: Iterable[tuple[str, str]],
) -> None:
    """Write anew what is suggested for the open candidates that were just `placed`, with what is `around` them; for
    those that were `left` nothing is."""
    stale = [*placed, *left]
    session.execute(delete(CandidateLink).where(or_(CandidateLink.a.in_(stale), CandidateLink.b.in_(stale))))
    mentions = [mention for own in placed.values() for mention in own]
    near = {other.id for other in around if any(_likely(other, mention) for mention in mentions)}
    told = dict(placed) | _others(session, near, placed.keys())
    groups = {Group(tuple(sorted(own, key=lambda m: m.id))): candidate for candidate, own in told.items()}
    names = {group.id: candidate for group, candidate in groups.items()}
    for found in suggestions(groups, apart=apart):
        a, b = sorted((names[found.a], names[found.b]))
        if a in placed or b in placed:
            session.execute(insert(CandidateLink).values(a=a, b=b, score=found.score, reasons=list(found.reasons)))


def _likely(a: LinkableMention, b: LinkableMention) -> bool:
    return comparable(a, b) and score(a, b) >= weights().suggest


def _others(session: Session, near: Collection[str], placed: Collection[str]) -> dict[str, list[LinkableMention]]:
    """The candidates of these mentions, each with all of its mentions."""
    if not near:
        return {}
    of_near = select(StoredMention.candidate_id).where(StoredMention.id.in_(near))
    query = select(StoredMention.id, StoredMention.candidate_id).join(Candidate)
    query = query.where(Candidate.id.in_(of_near), Candidate.id.not_in(placed), Candidate.state.in_(SHOWN))
    candidate_of = {row.id: row.candidate_id for row in session.execute(query)}
    told: dict[str, list[LinkableMention]] = {}
    for mention in load_linkable(session, candidate_of.keys()):
        told.setdefault(candidate_of[mention.id], []).append(mention)
    return told
