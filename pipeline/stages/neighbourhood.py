"""Which mentions a change can regroup: the changed ones, and all that hang together with them.

The linker's groups come about within what confident pairs and people's decisions hold together; all other mentions
stay as they are, whatever the linker makes of these. So the queue is brought up to date from a neighbourhood, with the
very result that all mentions of the jurisdiction would give.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from linking.mentions import LinkableMention
from linking.scoring import comparable, score
from linking.weights import weights
from pipeline.stages.candidates import lock
from pipeline.stages.known import Known, load
from pipeline.stages.replacement import Touched
from pipeline.stages.windows import windows
from store.schema import Candidate, GroupingDecision, StoredMention
from store.ties import decisions_on


@dataclass(slots=True)
class Neighbourhood:
    """The mentions that a change can regroup, by id, and the decisions in force that name one of them, the newest
    first."""

    known: dict[str, Known] = field(default_factory=dict)
    decisions: list[GroupingDecision] = field(default_factory=list)


def neighbourhood(session: Session, jurisdiction: str | None, touched: Touched) -> Neighbourhood:
    """All that a change in the jurisdiction can regroup; the rows of mentions and candidates locked."""
    here = StoredMention.jurisdiction.is_not_distinct_from(jurisdiction)
    ids = [mention.id for mention in touched.mentions]
    changed = load(session, here & (StoredMention.id.in_(ids) | StoredMention.candidate_id.in_(touched.candidates)))
    found, loaded = dict(changed), dict(changed)
    decisions: dict[int, GroupingDecision] = {}
    frontier = [*touched.mentions, *(known.linkable for known in changed.values())]
    fresh: Collection[Known] = changed.values()
    while frontier or fresh:
        decisions |= {d.id: d for d in decisions_on(session, [known.row.id for known in fresh])}
        tied = {m for d in decisions.values() for entry in d.together for m in entry["mentions"]} - found.keys()
        bonds = {known.bond for known in fresh if known.bond}
        mates = {known.candidate.id for known in fresh if known.candidate and not known.decided}
        nearby = load(session, here & or_(*windows(frontier), *_held(tied, bonds, mates)), loaded)
        loaded |= nearby
        fresh = [
            known
            for id_, known in nearby.items()
            if id_ not in found
            and (id_ in tied or known.bond in bonds or _mate(known, mates) or _near(known.linkable, frontier))
        ]
        found |= {known.row.id: known for known in fresh}
        frontier = [known.linkable for known in fresh]
    newest_first = sorted(decisions.values(), key=lambda decision: -decision.id)
    return Neighbourhood(_locked(session, here, found), newest_first)


def _held(tied: set[str], bonds: set[str], mates: set[str]) -> Iterator[ColumnElement[bool]]:
    """What is held together with mentions by other means than the linker's."""
    if tied:
        yield StoredMention.id.in_(tied)
    if bonds:
        yield Candidate.incident_id.in_(bonds)
    if bonds | mates:
        yield StoredMention.candidate_id.in_(bonds | mates)


def _mate(known: Known, candidates: set[str]) -> bool:
    return known.candidate is not None and known.candidate.id in candidates


def _near(mention: LinkableMention, others: Iterable[LinkableMention]) -> bool:
    return any(comparable(mention, other) and score(mention, other) >= weights().join for other in others)


def _locked(session: Session, here: ColumnElement[bool], found: dict[str, Known]) -> dict[str, Known]:
    """Those still here, locked: a mention may have gone to another jurisdiction meanwhile, and a person may have
    decided on a candidate."""
    lock(session, {known.candidate.id for known in found.values() if known.candidate})
    query = select(StoredMention.id).where(StoredMention.id.in_(found), here).order_by(StoredMention.id)
    return {id_: found[id_] for id_ in session.scalars(query.with_for_update())}
