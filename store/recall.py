"""How many of the articles that tell an incident the reader finds, estimated from the audit of what it screened out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from store.intervals import clopper_pearson
from store.schema import AuditItem, Candidate, StoredArticle, StoredMention

ENOUGH = 50
"""Answers from which on a jurisdiction or language is shown by itself: with fewer the interval says nothing."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known of the articles of a group.

    Attributes:
        told: passed on by the reader and found to tell an incident.
        false: passed on, and every item from it rejected as none.
        undecided: passed on and not decided.
        screened_out: kept from the queue.
        answered: of those, drawn for the audit and answered for.
        missed: of those answered for, found to tell an incident, and not rejected by who decided on it.
    """

    told: int = 0
    false: int = 0
    undecided: int = 0
    screened_out: int = 0
    answered: int = 0
    missed: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def precision(self) -> float | None:
        """Of what was passed on and decided, the share that tells an incident."""
        decided = self.told + self.false
        return self.told / decided if decided else None

    @property
    def found(self) -> float:
        """Articles passed on that tell an incident; of the undecided so many as of the decided."""
        return self.told + self.undecided * (self.precision or 0.0)

    @property
    def recall(self) -> Estimate | None:
        """Null while nobody has answered, or nothing was found.

        The plain estimate: the drawn articles are a simple random sample, so the share missed among them times all
        that were screened out estimates the missed ones without bias. (Weighing by the reader's own score would
        gain little while misses are few, and leaves strata without an answer.) The interval of the share is Clopper
        and Pearson's, which is exact where shares are near 0; what was found counts as known.
        """
        if not self.answered or not self.found:
            return None
        low, high = clopper_pearson(self.missed, self.answered)
        return Estimate(*(self._recall(share) for share in (self.missed / self.answered, high, low)))

    def _recall(self, share: float) -> float:
        return self.found / (self.found + share * self.screened_out)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of all articles, by the jurisdiction of their source, and by their language."""

    all: Counted
    by_jurisdiction: Mapping[str, Counted]
    by_language: Mapping[str, Counted]


def figures(session: Session, since: dt.datetime) -> Figures:
    """What is known of the articles fetched since a moment. It reads all of them."""
    everything = Counted()
    jurisdictions: defaultdict[str, Counted] = defaultdict(Counted)
    languages: defaultdict[str, Counted] = defaultdict(Counted)
    for jurisdiction, language, part in (*_passed(session, since), *_screened(session, since)):
        everything += part
        if jurisdiction:
            jurisdictions[jurisdiction] += part
        if language:
            languages[language] += part
    return Figures(everything, jurisdictions, languages)


Part = tuple[str | None, str | None, Counted]


def _passed(session: Session, since: dt.datetime) -> Iterator[Part]:
    tells = or_(Candidate.state == "approved", _duplicate())
    each = (
        select(
            StoredArticle.source_jurisdiction,
            StoredArticle.lang,
            func.bool_or(tells).label("told"),
            func.bool_and(Candidate.state == "rejected").label("rejected"),
        )
        .select_from(StoredArticle)
        .join(StoredMention, StoredMention.article_id == StoredArticle.id)
        .join(Candidate, Candidate.id == StoredMention.candidate_id)
        .where(StoredArticle.relevant.is_(True), StoredArticle.fetched >= since)
        .group_by(StoredArticle.id)
        .subquery()
    )
    told, none = each.c.told, each.c.rejected & ~each.c.told
    group = (each.c.source_jurisdiction, each.c.lang)
    rows = session.execute(
        select(
            *group,
            func.count().filter(told),
            func.count().filter(none),
            func.count().filter(~told & ~none),
        ).group_by(*group)
    )
    for jurisdiction, language, *numbers in rows:
        yield jurisdiction, language, Counted(*numbers)


def _screened(session: Session, since: dt.datetime) -> Iterator[Part]:
    refuted = (
        select(StoredMention.id)
        .join(Candidate, Candidate.id == StoredMention.candidate_id)
        .where(StoredMention.article_id == StoredArticle.id, Candidate.state == "rejected", ~_duplicate())
    )
    group = (StoredArticle.source_jurisdiction, StoredArticle.lang)
    rows = session.execute(
        select(
            *group,
            func.count(),
            func.count().filter(AuditItem.answer.is_not(None)),
            func.count().filter(AuditItem.answer == "missed", ~refuted.exists()),
        )
        .select_from(StoredArticle)
        .outerjoin(AuditItem, AuditItem.article_id == StoredArticle.id)
        .where(StoredArticle.relevant.is_(False), StoredArticle.fetched >= since)
        .group_by(*group)
    )
    for jurisdiction, language, screened, answered, missed in rows:
        yield jurisdiction, language, Counted(screened_out=screened, answered=answered, missed=missed)


def _duplicate() -> ColumnElement[bool]:
    """Whether an item was rejected because its event is in the database: the article tells an incident all the same."""
    return func.coalesce(Candidate.rejection_reason == "duplicate", false())
