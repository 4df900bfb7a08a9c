"""The review queue: which candidates wait, who works on which, and why nothing is offered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from codebook.errors import Conflict, StoreError
from codebook.records import Facts
from store.adjudicators import may_adjudicate
from store.clock import Clock, Moment
from store.curation import database_time
from store.questions import answered, asked_by_others
from store.queue_filter import QueueFilter, waits_for
from store.schema import ArticleMark, AuditItem, Candidate, Source, StoredArticle, StoredMention

LEASE = dt.timedelta(minutes=10)
"""How long an item stays with the person who opened it, counted from the last sign of life: long enough to read
several reports, short enough that a closed laptop does not block a colleague for the morning."""

NEWEST_FIRST = (StoredArticle.published.desc().nulls_last(), StoredMention.id)
"""The order of an item's reports, as the page shows them and as the queue takes its title from them."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue's table; `title` is the newest report's, `second` whether it waits for a second reader,
    `asked` whether a colleague asks for an opinion, `answered` whether one has given theirs to the person."""

    id: str
    kind: str
    jurisdiction: str | None
    incident_type: str
    place: str | None
    date: dt.date | None
    certainty: float
    waiting_since: dt.datetime
    second: bool
    asked: bool
    answered: bool
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
    offered = _waiting(chosen, user).where(Candidate.id.not_in(skip)).order_by(*chosen.by).limit(1)
    for query in (offered.where(Candidate.lease_owner == user), offered.where(free_for(Candidate, user))):
        candidate = session.scalars(query.with_for_update(skip_locked=True)).first()
        if candidate is not None:
            _lease_to(session, candidate, user)
            return candidate
    return None


def lease(session: Session, candidate_id: str, user: str) -> Candidate:
    """Lease one candidate, or prolong the person's own lease of it.

    Raises:
        Conflict: it is decided, it is not for this person to read, or somebody else holds it; the line says who and
            until when.
    """
    candidate = open_candidate(session, candidate_id)
    refuse_reader(session, candidate, user)
    refuse_other_lease(session, candidate, user)
    _lease_to(session, candidate, user)
    return candidate


def free_for(held: type[Candidate | AuditItem], user: str) -> ColumnElement[bool]:
    """A condition: nobody else works on it."""
    return or_(held.lease_owner.is_(None), held.lease_owner == user, held.lease_until <= func.now())


def release(session: Session, candidate_id: str, user: str) -> None:
    """Give a candidate back; nothing happens when the person does not hold it."""
    candidate = session.get(Candidate, candidate_id, with_for_update=True)
    if candidate is not None and candidate.lease_owner == user:
        let_go(candidate)


def let_go(candidate: Candidate) -> None:
    """Nobody holds the candidate any more, and nobody took it over from anybody."""
    candidate.lease_owner = candidate.lease_until = candidate.lease_from = None


def hand_over(session: Session, candidate: Candidate, heir: Candidate | None) -> None:
    """Who holds a candidate holds the heir of its reports from now on, where that is open and nobody holds it. Both
    are locked."""
    now = database_time(session)
    if heir is not None and heir.state == "open" and _is_held(candidate, now) and not _is_held(heir, now):
        let_go(heir)
        heir.lease_owner, heir.lease_until = candidate.lease_owner, candidate.lease_until
    let_go(candidate)


def open_candidate(session: Session, candidate_id: str) -> Candidate:
    """The open candidate, locked for this transaction; `Conflict` says what became of one that is not open."""
    candidate = session.get(Candidate, candidate_id, with_for_update=True, populate_existing=True)
    if candidate is None:
        raise StoreError("there is no candidate %(id)s: go back to the queue", id=candidate_id)
    refuse_closed(candidate)
    return candidate


def refuse_closed(candidate: Candidate) -> None:
    """`Conflict` when the candidate is not open, which says what became of it."""
    if candidate.state == "superseded":
        if candidate.superseded_by:
            raise Conflict("the reports of this item moved to %(id)s: open that one", id=candidate.superseded_by)
        raise Conflict("the reports of this item tell no incident now")
    if candidate.decided_at is not None:
        told = {"name": candidate.decided_by, "when": Moment(candidate.decided_at, candidate.jurisdiction)}
        if candidate.state == "approved":
            raise Conflict("%(name)s approved this item on %(when)s: take the next one", **told)
        raise Conflict("%(name)s rejected this item on %(when)s: take the next one", **told)


def refuse_reader(session: Session, candidate: Candidate, user: str) -> None:
    """`Conflict` when the candidate waits for another reader than this one, or for a validator and this is none."""
    if candidate.stage == "adjudication":
        if not may_adjudicate(session, candidate, user):
            raise Conflict("two people read this item differently: a validator decides between them")
    elif candidate.first_reader == user:
        raise Conflict("you have read this item: a second person reads it now, take the next one")


def refuse_other_lease(session: Session, candidate: Candidate, user: str) -> None:
    """`Conflict` when another person holds the candidate."""
    if candidate.lease_owner != user and _is_held(candidate, database_time(session)):
        assert candidate.lease_until is not None
        told = {"name": candidate.lease_owner, "until": Clock(candidate.lease_until, candidate.jurisdiction)}
        if candidate.lease_from == user:
            raise Conflict(
                "%(name)s took this item over when your time on it ran out, and works on this item until %(until)s: "
                "take the next one",
                **told,
            )
        raise Conflict("%(name)s works on this item until %(until)s: take the next one", **told)


def listing(
    session: Session, chosen: QueueFilter, *, limit: int = 100, offset: int = 0, user: str | None = None
) -> list[QueueRow]:
    """What waits under a filter, in its order; for this person, if one is named."""
    candidates = session.scalars(_waiting(chosen, user).order_by(*chosen.by).limit(limit).offset(offset)).all()
    reports = {
        candidate_id: (number, titles)
        for candidate_id, number, titles in session.execute(
            select(
                StoredMention.candidate_id,
                func.count(),
                func.array_agg(aggregate_order_by(StoredArticle.title, *NEWEST_FIRST)),
            )
            .join(StoredArticle, StoredArticle.id == StoredMention.article_id)
            .where(StoredMention.candidate_id.in_([c.id for c in candidates]))
            .group_by(StoredMention.candidate_id)
        )
    }
    ids = [candidate.id for candidate in candidates]
    here, now = select(Candidate.id).where(Candidate.id.in_(ids)), database_time(session)
    asked = set(session.scalars(here.where(asked_by_others(user or ""))))
    told = set(session.scalars(here.where(answered(user or ""))))
    return [_row(candidate, *reports.get(candidate.id, (0, [])), asked, told, now) for candidate in candidates]


def item(session: Session, candidate_id: str) -> QueueItem:
    """A candidate with its reports; `StoreError` when there is none of that id."""
    candidate = session.get(Candidate, candidate_id)
    if candidate is None:
        raise StoreError("there is no candidate %(id)s: go back to the queue", id=candidate_id)
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


def _waiting(chosen: QueueFilter, user: str | None) -> Select[Candidate]:
    return select(Candidate).where(*waits_for(user), *chosen.conditions())


def _lease_to(session: Session, candidate: Candidate, user: str) -> None:
    if candidate.lease_owner not in (None, user):
        candidate.lease_from = candidate.lease_owner
    elif candidate.lease_from == user:
        candidate.lease_from = None
    candidate.lease_owner = user
    candidate.lease_until = database_time(session) + LEASE


def _is_held(candidate: Candidate, now: dt.datetime) -> bool:
    return candidate.lease_until is not None and candidate.lease_until > now


def _row(
    candidate: Candidate, articles: int, titles: Sequence[str], asked: set[str], told: set[str], now: dt.datetime
) -> QueueRow:
    held = _is_held(candidate, now)
    date = candidate.proposal.get("date")
    return QueueRow(
        id=candidate.id,
        kind=candidate.kind,
        jurisdiction=candidate.jurisdiction,
        incident_type=candidate.proposal["incident_type"],
        place=candidate.proposal.get("place"),
        date=dt.date.fromisoformat(date) if date else None,
        certainty=candidate.certainty,
        waiting_since=candidate.created_at,
        second=candidate.stage == "second",
        asked=candidate.id in asked,
        answered=candidate.id in told,
        article_count=articles,
        languages=tuple(sorted(candidate.langs)),
        title=titles[0] if titles else "no reports",
        lease_owner=candidate.lease_owner if held else None,
        lease_until=candidate.lease_until if held else None,
    )
