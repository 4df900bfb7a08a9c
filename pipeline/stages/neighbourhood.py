"""Which mentions a change can regroup: the changed ones, and all that hang together with them.

The linker's groups come about within what confident pairs and people's decisions hold together; all other mentions
stay as they are, whatever the linker makes of these. So the queue is brought up to date from a neighbourhood, with the
very result that all mentions of the jurisdiction would give.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from linking.days import FARTHEST, days_meant
from linking.mentions import LinkableMention
from linking.scoring import comparable, score
from linking.weights import weights
from pipeline.stages.candidates import DECIDED, lock
from pipeline.stages.replacement import Touched, linkable
from store.schema import Candidate, Source, StoredArticle, StoredMention


@dataclass(frozen=True, slots=True)
class Known:
    """A stored mention with its place in the queue."""

    row: StoredMention
    linkable: LinkableMention
    candidate: Candidate | None

    @property
    def decided(self) -> bool:
        return self.candidate is not None and self.candidate.state in DECIDED

    @property
    def bond(self) -> str | None:
        """What holds it together with others whatever the linker thinks: the incident a person made of it, or the
        candidate a person rejected."""
        if self.candidate is None:
            return None
        return self.candidate.incident_id or (self.candidate.id if self.decided else None)


def neighbourhood(session: Session, jurisdiction: str | None, touched: Touched) -> dict[str, Known]:
    """The mentions of the jurisdiction that a change can regroup, by id, their rows and candidates locked."""
    here = StoredMention.jurisdiction.is_not_distinct_from(jurisdiction)
    ids = [mention.id for mention in touched.mentions]
    found = _load(session, here & (StoredMention.id.in_(ids) | StoredMention.candidate_id.in_(touched.candidates)))
    frontier = [*touched.mentions, *(known.linkable for known in found.values())]
    bonds = {known.bond for known in found.values() if known.bond}
    loaded = dict(found)
    while frontier or bonds:
        reach = [*_windows(frontier), *_bonded(bonds)]
        nearby = _load(session, here & or_(*reach), loaded)
        loaded |= nearby
        fresh = {
            id_: known
            for id_, known in nearby.items()
            if id_ not in found and (known.bond in bonds or _near(known.linkable, frontier))
        }
        found |= fresh
        frontier = [known.linkable for known in fresh.values()]
        bonds = {known.bond for known in fresh.values() if known.bond} - bonds
    return _locked(session, here, found)


def _load(session: Session, condition: ColumnElement[bool], loaded: dict[str, Known] | None = None) -> dict[str, Known]:
    """The mentions under a condition; those loaded before are taken from there."""
    query = (
        select(StoredMention, StoredArticle.published, Source.kind, Candidate)
        .join(StoredArticle, StoredArticle.id == StoredMention.article_id)
        .join(Source, Source.id == StoredArticle.source_id)
        .outerjoin(Candidate, Candidate.id == StoredMention.candidate_id)
        .where(condition)
    )
    before = loaded or {}
    return {
        row.id: before.get(row.id) or Known(row, linkable(row, published, kind), candidate)
        for row, published, kind, candidate in session.execute(query)
    }


def _windows(mentions: Sequence[LinkableMention]) -> Iterable[ColumnElement[bool]]:
    """What `linking.scoring.comparable` could compare with one of these: no less, perhaps more."""
    event_window = dt.timedelta(days=weights().days_apart)
    report_window = dt.timedelta(days=weights().report_days_apart)
    imprecise = StoredMention.facts["date_precision"].astext != "day"
    undated = StoredMention.date.is_(None)
    for days in {days for mention in mentions if (days := days_meant(mention.facts))}:
        earliest, latest = days.first - event_window, days.last + event_window
        yield StoredMention.date.between(earliest, latest)
        yield and_(imprecise, StoredMention.date.between(earliest - FARTHEST, latest + FARTHEST))
    for published in {mention.published for mention in mentions if mention.facts.date}:
        yield and_(undated, _published_near(published, report_window))
    for published in {mention.published for mention in mentions if not mention.facts.date}:
        yield _published_near(published, report_window)


def _published_near(published: dt.datetime | None, window: dt.timedelta) -> ColumnElement[bool]:
    if published is None:  # its report may be of any time
        return StoredMention.id.is_not(None)
    near = StoredArticle.published.between(published - window, published + window)
    return near | StoredArticle.published.is_(None)


def _bonded(bonds: set[str]) -> Iterable[ColumnElement[bool]]:
    if bonds:
        yield Candidate.incident_id.in_(bonds)
        yield StoredMention.candidate_id.in_(bonds)


def _near(mention: LinkableMention, others: Iterable[LinkableMention]) -> bool:
    return any(_confident(mention, other) for other in others)


def _confident(a: LinkableMention, b: LinkableMention) -> bool:
    return comparable(a, b) and score(a, b) >= weights().join


def _locked(session: Session, here: ColumnElement[bool], found: dict[str, Known]) -> dict[str, Known]:
    """Those still here, locked: a mention may have gone to another jurisdiction meanwhile, and a person may have
    decided on a candidate."""
    lock(session, {known.candidate.id for known in found.values() if known.candidate})
    query = select(StoredMention.id).where(StoredMention.id.in_(found), here).order_by(StoredMention.id)
    return {id_: found[id_] for id_ in session.scalars(query.with_for_update())}
