"""Which mentions a change can regroup: the changed ones, and all that hang together with them.

The linker's groups come about within what confident pairs and people's decisions hold together; all other mentions
stay as they are, whatever the linker makes of these. So the queue is brought up to date from a neighbourhood, with the
very result that all mentions of the jurisdiction would give.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, union
from sqlalchemy.orm import Session

from linking.mentions import LinkableMention
from linking.scoring import Scores, comparable
from pipeline.stages.candidates import lock
from pipeline.stages.known import Known, linkable_where, load
from pipeline.stages.replacement import Touched
from pipeline.stages.windows import in_jurisdiction, within_windows
from store.among import among, among_given
from store.schema import Candidate, GroupingDecision, StoredMention
from store.ties import decisions_on

ASKED = 40
"""Mentions around a change that are looked at for suggestions, the likeliest: a few are shown in the end."""

_LOCKING = (
    select(StoredMention.id)
    .where(among_given(StoredMention.id, "ids"))
    .where(StoredMention.jurisdiction.is_not_distinct_from(bindparam("jurisdiction")))
    .order_by(StoredMention.id)
    .with_for_update()
)


@dataclass(slots=True)
class Neighbourhood:
    """The mentions that a change can regroup, by id; the ids of those around what changed, of which a person may be
    asked whether they tell the same; the decisions in force that name one of the first, the newest first; all mentions
    that were read on the way, and the scores that were reckoned."""

    known: dict[str, Known]
    around: set[str]
    decisions: list[GroupingDecision]
    seen: dict[str, LinkableMention]
    scores: Scores

    @property
    def decided(self) -> set[str]:
        """Those of the mentions that a person has decided on."""
        return {id_ for id_, known in self.known.items() if known.decided}


def neighbourhood(session: Session, jurisdiction: str | None, touched: Touched) -> Neighbourhood:
    """All that a change in the jurisdiction can regroup; the rows of mentions and candidates locked."""
    here = in_jurisdiction(jurisdiction)
    now = {mention.id: mention for mention in touched.mentions}
    seen = dict(now)
    new = {id_: known for id_, known in touched.new.items() if known.row.jurisdiction == jurisdiction}
    fresh = new | _stored(session, here, touched, seen)
    found = dict(fresh)
    frontier = [*touched.mentions, *(known.linkable for id_, known in fresh.items() if id_ not in now)]
    compared: dict[str, LinkableMention] = {}
    scores = Scores()
    around: set[str] = set()
    changed = frontier
    decisions: dict[int, GroupingDecision] = {}
    while frontier or fresh:
        decisions |= {d.id: d for d in decisions_on(session, fresh.keys())}
        tied = {m for d in decisions.values() for entry in d.together for m in entry["mentions"]}
        held = [*_held(here, tied - found.keys(), fresh.values())]
        hanging = set(session.scalars(union(*held))) - found.keys() if held else set()
        if frontier:
            others = ~among(StoredMention.id, found.keys() | compared.keys())
            compared |= linkable_where(session, within_windows(here, frontier) & others)
        best = {id_: _best(mention, frontier, scores) for id_, mention in compared.items()}
        hanging |= {id_ for id_, log_odds in best.items() if log_odds >= scores.by.join}
        if frontier is changed:
            around = set(sorted(best, key=lambda id_: (-best[id_], id_))[:ASKED])
        seen |= compared
        fresh = load(session, here & among(StoredMention.id, hanging), seen) if hanging else {}
        found |= fresh
        compared = {id_: mention for id_, mention in compared.items() if id_ not in found}
        frontier = [known.linkable for known in fresh.values()]
    newest_first = sorted(decisions.values(), key=lambda decision: -decision.id)
    return Neighbourhood(new | _locked(session, jurisdiction, found, new.keys()), around, newest_first, seen, scores)


def _stored(
    session: Session, here: ColumnElement[bool], touched: Touched, seen: dict[str, LinkableMention]
) -> dict[str, Known]:
    """The mentions that were stored before and are touched, and those that share a candidate with them."""
    ids = {mention.id for mention in touched.mentions} - touched.new.keys()
    if not ids and not touched.candidates:
        return {}
    its_own = among(StoredMention.id, ids) | among(StoredMention.candidate_id, touched.candidates)
    return load(session, here & its_own, seen)


def _held(here: ColumnElement[bool], tied: Collection[str], fresh: Collection[Known]) -> Iterator[Select[Any]]:
    """The ids of what is held together with mentions by other means than the linker's."""
    bonds = {known.bond for known in fresh if known.bond}
    mates = {known.candidate.id for known in fresh if known.candidate and not known.decided}
    ids = select(StoredMention.id).where(here)
    if tied:
        yield ids.where(among(StoredMention.id, tied))
    if bonds | mates:
        yield ids.where(among(StoredMention.candidate_id, bonds | mates))
    if bonds:
        yield ids.join(Candidate, Candidate.id == StoredMention.candidate_id).where(among(Candidate.incident_id, bonds))


def _best(mention: LinkableMention, others: Iterable[LinkableMention], scores: Scores) -> float:
    """The highest score of a mention with one of the others."""
    return max((scores.score(mention, other) for other in others if comparable(mention, other)), default=-math.inf)


def _locked(
    session: Session, jurisdiction: str | None, found: dict[str, Known], new: AbstractSet[str]
) -> dict[str, Known]:
    """Those still here, locked, but for `new` ones, which nobody else sees: a mention may have gone to another
    jurisdiction meanwhile, and a person may have decided on a candidate."""
    if not (ids := found.keys() - new):
        return {}
    lock(session, {known.candidate.id for known in found.values() if known.candidate})
    still_here = session.scalars(_LOCKING, {"ids": list(ids), "jurisdiction": jurisdiction})
    return {id_: found[id_] for id_ in still_here}
