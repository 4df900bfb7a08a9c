"""What the linker suggests to people: pairs of candidates that may be one event, with the reasons in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from linking.linker import Group
from linking.mentions import LinkableMention
from linking.scoring import Scores
from linking.suggesting import Suggestion, foes_of, suggested
from pipeline.stages.known import load_linkable
from store.schema import Candidate, CandidateLink, StoredMention

SHOWN = ("open", "approved")
"""The states of candidates that may be suggested: what was rejected is no event."""


MOST = 10
"""Suggestions that are kept of a candidate that has changed, the likeliest: nobody looks at more."""


def suggest(
    session: Session,
    changed: Mapping[str, list[LinkableMention]],
    left: Collection[str],
    near: Collection[str],
    apart: Iterable[tuple[str, str]],
    scores: Scores,
) -> None:
    """Write anew what is suggested for the open candidates that have `changed`, among themselves and with those of
    the mentions `near` them; for those that were `left` nothing is."""
    stale = [*changed, *left]
    session.execute(delete(CandidateLink).where(or_(CandidateLink.a.in_(stale), CandidateLink.b.in_(stale))))
    foes, own, others = foes_of(apart), _groups(changed), _groups(_others(session, near, changed.keys()))
    rows: dict[tuple[str, str], Suggestion] = {}
    for number, (id_, group) in enumerate(own.items()):
        rest = dict(list(own.items())[number + 1 :]) | others
        pairs = {(min(id_, other), max(id_, other)): told for other, told in rest.items()}
        asked = {pair: suggested(group, told, foes, scores) for pair, told in pairs.items()}
        rows |= dict(sorted(((pair, one) for pair, one in asked.items() if one), key=_likeliest_first)[:MOST])
    if rows:
        values = [{"a": a, "b": b, "score": one.score, "reasons": list(one.reasons)} for (a, b), one in rows.items()]
        session.execute(insert(CandidateLink), values)


def _likeliest_first(found: tuple[tuple[str, str], Suggestion]) -> tuple[float, tuple[str, str]]:
    pair, one = found
    return -one.score, pair


def _groups(candidates: Mapping[str, Sequence[LinkableMention]]) -> dict[str, Group]:
    """Candidates as groups of the linker."""
    return {id_: Group(tuple(sorted(told, key=lambda m: m.id))) for id_, told in candidates.items()}


def _others(session: Session, near: Collection[str], changed: Collection[str]) -> dict[str, list[LinkableMention]]:
    """The candidates of these mentions, each with all of its mentions."""
    if not near:
        return {}
    of_near = select(StoredMention.candidate_id).where(StoredMention.id.in_(near))
    query = select(StoredMention.id, StoredMention.candidate_id).join(Candidate)
    query = query.where(Candidate.id.in_(of_near), Candidate.id.not_in(changed), Candidate.state.in_(SHOWN))
    candidate_of = {row.id: row.candidate_id for row in session.execute(query)}
    told: dict[str, list[LinkableMention]] = {}
    for mention in load_linkable(session, candidate_of.keys()):
        told.setdefault(candidate_of[mention.id], []).append(mention)
    return told
