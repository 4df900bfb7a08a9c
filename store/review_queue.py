"""The review queue: which candidates wait, who works on which, and why nothing is offered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from codebook.errors import Conflict, StoreError
from codebook.records import Facts
from store.clock import clock, moment
from store.curation import database_time
from store.schema import ArticleMark, Candidate, Source, StoredArticle, StoredMention

LEASE = dt.timedelta(minutes=10)
"""How long an item stays with the person who opened it, counted from the last sign of life: long enough to read
several reports, short enough that a closed laptop does not block a colleague for the morning."""

ORDERS: Mapping[str, tuple[SQLColumnExpression[Any], ...]] = {
    "urgent": (Candidate.priority.desc(), Candidate.id),
    "newest": (Candidate.created_at.desc(), Candidate.id),
    "oldest": (Candidate.created_at, Candidate.id),
}
"""The orders of the queue, the default first; newest and oldest count from when an item entered it."""


class QueueFilter(BaseModel):
    """What of the queue to see, and in which of `ORDERS`; null is everything. `lang` and `source` hold for any report
    of a candidate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    jurisdiction: str | None = None
    incident_type: str | None = None
    lang: str | None = None
    source: str | None = None
    order: str | None = None

    @property
    def by(self) -> tuple[SQLColumnExpression[Any], ...]:
        """The columns to order by."""
        return ORDERS[self.order or "urgent"]

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL conditions on `Candidate`."""
        found: list[ColumnElement[bool]] = []
        if self.jurisdiction:
            found.append(Candidate.jurisdiction == self.jurisdiction)
        if self.incident_type:
            found.append(Candidate.proposal["incident_type"].astext == self.incident_type)
        reports = (
            select(StoredMention.id)
            .join(StoredArticle, StoredArticle.id == StoredMention.article_id)
            .where(StoredMention.candidate_id == Candidate.id)
        )
        if self.lang:
            found.append(exists(reports.where(StoredArticle.lang == self.lang)))
        if self.source:
            found.append(exists(reports.where(StoredArticle.source_id == self.source)))
        return found


NEWEST_FIRST = (StoredArticle.published.desc().nulls_last(), StoredMention.id)
"""The order of an item's reports, as the page shows them and as the queue takes its title from them."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue's table; `title` is the newest report's."""

    id: str
    kind: str
    jurisdiction: str | None
    incident_type: str
    place: str | None
    date: dt.date | None
    priority: float
    article_count: int
    languages: tuple[str, ...]
    title: str
    lease_owner: str | None
    lease_until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """One article's telling of the event. `copied` names the source of an earlier article that most of its words stand
    in, and the share of its phrases that do; null when none is known."""

    article: StoredArticle
    source: Source
    mention: StoredMention
    copied: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A candidate with its proposal and its reports, newest first."""

    candidate: Candidate
    proposal: Facts
    reports: tuple[Report, ...]


def take_next(session: Session, user: str, chosen: QueueFilter, *, skip: Collection[str] = ()) -> Candidate | None:
    """Lease the first open candidate in its order that nobody else holds; null when there is none (`why_nothing`).

    The one the person holds already comes first, so that a reload does not take a second item.
    """
    query = (
        _waiting(chosen)
        .where(_free_for(user), Candidate.id.not_in(skip))
        .order_by(case((Candidate.lease_owner == user, 0), else_=1), *chosen.by)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    candidate = session.scalars(query).first()
    if candidate is not None:
        _hold(session, candidate, user)
    return candidate


def lease(session: Session, candidate_id: str, user: str) -> Candidate:
    """Lease one candidate, or prolong the person's own lease of it.

    Raises:
        Conflict: it is decided, or somebody else holds it; the line says who and until when.
    """
    candidate = open_candidate(session, candidate_id)
    refuse_other_lease(session, candidate, user)
    _hold(session, candidate, user)
    return candidate


def release(session: Session, candidate_id: str, user: str) -> None:
    """Give a candidate back; nothing happens when the person does not hold it."""
    candidate = session.get(Candidate, candidate_id, with_for_update=True)
    if candidate is not None and candidate.lease_owner == user:
        candidate.lease_owner = candidate.lease_until = None


def open_candidate(session: Session, candidate_id: str) -> Candidate:
    """The open candidate, locked for this transaction; `Conflict` says what became of one that is not open."""
    candidate = session.get(Candidate, candidate_id, with_for_update=True, populate_existing=True)
    if candidate is None:
        raise StoreError(f"there is no candidate {candidate_id}: go back to the queue")
    if candidate.state == "superseded":
        where = "tell no incident now"
        if candidate.superseded_by:
            where = f"moved to {candidate.superseded_by}: open that one"
        raise Conflict(f"the reports of this item {where}")
    if candidate.decided_at is not None:
        when = moment(candidate.decided_at, candidate.jurisdiction)
        raise Conflict(f"{candidate.decided_by} {candidate.state} this item on {when}: take the next one")
    return candidate


def refuse_other_lease(session: Session, candidate: Candidate, user: str) -> None:
    """`Conflict` when another person holds the candidate."""
    if candidate.lease_until is None or candidate.lease_owner == user:
        return
    if candidate.lease_until > database_time(session):
        until = clock(candidate.lease_until, candidate.jurisdiction)
        raise Conflict(f"{candidate.lease_owner} works on this item until {until}: take the next one")


def listing(session: Session, chosen: QueueFilter, *, limit: int = 100, offset: int = 0) -> list[QueueRow]:
    """The open candidates under a filter, in its order."""
    report = (
        select(
            StoredMention.candidate_id.label("candidate_id"),
            func.count().label("articles"),
            func.array_agg(StoredArticle.lang.distinct()).label("languages"),
            func.array_agg(aggregate_order_by(StoredArticle.title, *NEWEST_FIRST)).label("titles"),
        )
        .join(StoredArticle, StoredArticle.id == StoredMention.article_id)
        .group_by(StoredMention.candidate_id)
        .subquery()
    )
    query: Select[Any] = (
        select(Candidate, report.c.articles, report.c.languages, report.c.titles)
        .join(report, report.c.candidate_id == Candidate.id)
        .where(Candidate.state == "open", *chosen.conditions())
        .order_by(*chosen.by)
        .limit(limit)
        .offset(offset)
    )
    now = database_time(session)
    return [
        _row(candidate, articles, langs, titles, now) for candidate, articles, langs, titles in session.execute(query)
    ]


def waiting_count(session: Session, chosen: QueueFilter) -> int:
    """Number of open candidates under a filter."""
    query = select(func.count()).select_from(_waiting(chosen).subquery())
    return session.scalar(query) or 0


def why_nothing(session: Session, chosen: QueueFilter, user: str) -> str:
    """One line that says why `take_next` offers nothing: all held, all filtered out, or all decided."""
    everything = waiting_count(session, QueueFilter())
    if not everything:
        return "The queue is empty: every candidate has been decided."
    held = session.execute(
        select(Candidate.lease_owner, func.count(), func.min(Candidate.lease_until))
        .where(Candidate.state == "open", *chosen.conditions(), ~_free_for(user))
        .group_by(Candidate.lease_owner)
        .order_by(Candidate.lease_owner)
    ).all()
    if held:
        who = ", ".join(f"{owner} ({count}, the first until {clock(until)})" for owner, count, until in held if until)
        return f"All that match are in work: {who}."
    return f"Nothing matches these filters; {everything} wait without them."


def item(session: Session, candidate_id: str) -> QueueItem:
    """A candidate with its reports; `StoreError` when there is none of that id."""
    candidate = session.get(Candidate, candidate_id)
    if candidate is None:
        raise StoreError(f"there is no candidate {candidate_id}: go back to the queue")
    earlier, other = aliased(StoredArticle), aliased(Source)
    rows = session.execute(
        select(StoredArticle, Source, StoredMention, other.name, ArticleMark.likeness)
        .join(StoredMention, StoredMention.article_id == StoredArticle.id)
        .join(Source, Source.id == StoredArticle.source_id)
        .outerjoin(ArticleMark, ArticleMark.article_id == StoredArticle.id)
        .outerjoin(earlier, earlier.id == ArticleMark.resembles)
        .outerjoin(other, other.id == earlier.source_id)
        .where(StoredMention.candidate_id == candidate_id)
        .order_by(*NEWEST_FIRST)
    )
    reports = tuple(
        Report(article, source, mention, (name, share) if name is not None and share is not None else None)
        for article, source, mention, name, share in rows
    )
    return QueueItem(candidate, Facts.model_validate(candidate.proposal), reports)


def _waiting(chosen: QueueFilter) -> Select[Candidate]:
    return select(Candidate).where(Candidate.state == "open", *chosen.conditions())


def _free_for(user: str) -> ColumnElement[bool]:
    return or_(Candidate.lease_owner.is_(None), Candidate.lease_owner == user, Candidate.lease_until <= func.now())


def _hold(session: Session, candidate: Candidate, user: str) -> None:
    candidate.lease_owner = user
    candidate.lease_until = database_time(session) + LEASE


def _row(
    candidate: Candidate, articles: int, languages: list[str | None], titles: list[str], now: dt.datetime
) -> QueueRow:
    held = candidate.lease_until is not None and candidate.lease_until > now
    date = candidate.proposal.get("date")
    return QueueRow(
        id=candidate.id,
        kind=candidate.kind,
        jurisdiction=candidate.jurisdiction,
        incident_type=candidate.proposal["incident_type"],
        place=candidate.proposal.get("place"),
        date=dt.date.fromisoformat(date) if date else None,
        priority=candidate.priority,
        article_count=articles,
        languages=tuple(sorted(lang for lang in languages if lang)),
        title=titles[0],
        lease_owner=candidate.lease_owner if held else None,
        lease_until=candidate.lease_until if held else None,
    )
