"""The screened-out log: articles that were read and found to tell no incident, each with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from store.schema import AuditItem, Source, StoredArticle

ORDERS: Mapping[str, tuple[SQLColumnExpression[Any], ...]] = {
    "likeliest": (StoredArticle.relevance.desc().nulls_last(), StoredArticle.id),
    "newest": (StoredArticle.published.desc().nulls_last(), StoredArticle.id),
}
"""The orders of the list, the default first: those that came closest to the queue."""


@dataclass(frozen=True, slots=True)
class ScreenedOut:
    """One article of the log. `relevance` is the reader's probability that it tells an incident, `reason` a code of
    `irrelevance_reason`, `answer` what a person said of it in the audit (`no_incident`, `missed`)."""

    title: str
    url: str
    source: str
    jurisdiction: str | None
    lang: str | None
    published: dt.datetime | None
    relevance: float
    reason: str | None
    answer: str | None


def screened_out(
    session: Session, jurisdiction: str | None, *, order: str, limit: int, offset: int
) -> Sequence[ScreenedOut]:
    """The log of a jurisdiction's sources, of all without one, in one of `ORDERS`."""
    rows = session.execute(
        select(
            StoredArticle.title,
            StoredArticle.url,
            Source.name,
            StoredArticle.source_jurisdiction,
            StoredArticle.lang,
            StoredArticle.published,
            func.coalesce(StoredArticle.relevance, 0.0),
            StoredArticle.irrelevance_reason,
            AuditItem.answer,
        )
        .join(Source, Source.id == StoredArticle.source_id)
        .outerjoin(AuditItem, AuditItem.article_id == StoredArticle.id)
        .where(*_conditions(jurisdiction))
        .order_by(*ORDERS[order])
        .limit(limit)
        .offset(offset)
    )
    return [ScreenedOut(*row) for row in rows]


def count(session: Session, jurisdiction: str | None) -> int:
    """How many articles the log of a jurisdiction's sources has."""
    return session.scalar(select(func.count()).select_from(StoredArticle).where(*_conditions(jurisdiction))) or 0


def _conditions(jurisdiction: str | None) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [StoredArticle.relevant.is_(False)]
    if jurisdiction is not None:
        chosen.append(StoredArticle.source_jurisdiction == jurisdiction)
    return chosen
