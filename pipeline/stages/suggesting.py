"""What the linker suggests to people: pairs of candidates that may be one event, with the reasons in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from linking.linker import Group
from linking.mentions import LinkableMention
from linking.suggesting import Suggestion, foes_of, suggested
from pipeline.stages.known import see
from pipeline.stages.neighbourhood import Neighbourhood
from store.among import among_given
from store.schema import Candidate, CandidateLink, StoredMention

SHOWN = ("open", "approved")
"""The states of candidates that may be suggested: what was rejected is no event."""


MOST = 10
"""Suggestions that are kept of a candidate that has changed, the likeliest: nobody looks at more."""

_FORGETTING = delete(CandidateLink).where(among_given(CandidateLink.a, "stale") | among_given(CandidateLink.b, "stale"))
_FORGETTING_AND_LOOKING_AROUND = (
    select(StoredMention.id, StoredMention.candidate_id)
    .join(Candidate)
    .where(Candidate.id.in_(select(StoredMention.candidate_id).where(among_given(StoredMention.id, "near"))))
    .where(~among_given(Candidate.id, "changed"), Candidate.state.in_(SHOWN))
    .add_cte(_FORGETTING.cte("forgetting"))
)
_SUGGESTING = insert(CandidateLink).execution_options(dml_strategy="raw")


def suggest(
    session: Session,
    changed: Mapping[str, list[LinkableMention]],
    left: Collection[str],
    near: Neighbourhood,
    apart: Iterable[tuple[str, str]],
) -> None:
    """Write anew what is suggested for the open candidates that have `changed`, among themselves and with those of
    the mentions `near` them; for those that were `left` nothing is."""
    around = {"near": [*near.around, *near.decided], "changed": [*changed], "stale": [*changed, *left]}
    candidate_of = {row.id: row.candidate_id for row in session.execute(_FORGETTING_AND_LOOKING_AROUND, around)}
    foes, own, others = foes_of(apart), _groups(changed), _groups(_others(session, candidate_of, near))
    rows: dict[tuple[str, str], Suggestion] = {}
    for number, (id_, group) in enumerate(own.items()):
        rest = dict(list(own.items())[number + 1 :]) | others
        pairs = {(min(id_, other), max(id_, other)): told for other, told in rest.items()}
        asked = {pair: suggested(group, told, foes, near.scores) for pair, told in pairs.items()}
        rows |= dict(sorted(((pair, one) for pair, one in asked.items() if one), key=_likeliest_first)[:MOST])
    if rows:
        values = [{"a": a, "b": b, "score": one.score, "reasons": list(one.reasons)} for (a, b), one in rows.items()]
        session.execute(_SUGGESTING, values)


def _likeliest_first(found: tuple[tuple[str, str], Suggestion]) -> tuple[float, tuple[str, str]]:
    pair, one = found
    return -one.score, pair


def _groups(candidates: Mapping[str, Sequence[LinkableMention]]) -> dict[str, Group]:
    """Candidates as groups of the linker."""
    return {id_: Group(tuple(sorted(told, key=lambda m: m.id))) for id_, told in candidates.items()}


def _others(session: Session, candidate_of: Mapping[str, str], near: Neighbourhood) -> dict[str, list[LinkableMention]]:
    """The candidates around what changed, each with all of its mentions."""
    see(session, candidate_of.keys(), near.seen)
    told: dict[str, list[LinkableMention]] = {}
    for id_, candidate in candidate_of.items():
        if id_ in near.seen:
            told.setdefault(candidate, []).append(near.seen[id_])
    return told
