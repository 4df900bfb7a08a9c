"""What lies near an address that was never seen: the source of its host, and the addresses most like it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.schema import Feed, FetchOutcome, PendingItem, Source, SourceDay

LOOKED_AT = 5000
"""Newest addresses of the source among which the most similar are sought."""

SHOWN = 5
DAYS = 30


@dataclass(frozen=True, slots=True)
class Near:
    """`source_id` is the source of the host and `source_url` its front page, null when the registry has none.
    `feed_of` is the source whose feed the address is. `passed` counts the entries that its feeds listed in the last
    `DAYS` days and that became no item, by reason: their addresses are not kept."""

    source_id: str | None
    source_url: str | None
    feed_of: str | None
    verified: bool
    last_success: dt.datetime | None
    similar: tuple[str, ...]
    passed: Mapping[str, int]


def near(session: Session, url: str, host: str) -> Near:
    """What is known around an address whose normal form is `url`."""
    labels = host.split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels))]
    sources = session.scalars(select(Source).where(Source.id.in_(domains))).all()
    source = max(sources, key=lambda found: len(found.id), default=None)
    feed_of = session.scalar(select(Feed.source_id).where(func.lower(Feed.url).in_(_spelled(url))))
    if source is None:
        return Near(None, None, feed_of, verified=False, last_success=None, similar=(), passed={})
    answered = session.scalar(select(func.max(Feed.last_success)).where(Feed.source_id == source.id))
    similar = process.extract(url, _urls(session, source.id), scorer=fuzz.ratio, limit=SHOWN)
    return Near(
        source.id,
        source.url,
        feed_of,
        source.verified,
        answered,
        tuple(found for found, _, _ in similar),
        _passed(session, source.id),
    )


def _spelled(url: str) -> list[str]:
    lower = url.lower()
    return [
        f"{scheme}://{www}{lower.split('//', 1)[1]}{end}"
        for scheme in ("http", "https")
        for www in ("", "www.")
        for end in ("", "/")
    ]


def _urls(session: Session, source_id: str) -> list[str]:
    settled = select(FetchOutcome.url).where(FetchOutcome.source_id == source_id).order_by(FetchOutcome.at.desc())
    waiting = select(PendingItem.url).where(PendingItem.source_id == source_id).order_by(PendingItem.seen_at.desc())
    return [*session.scalars(waiting.limit(LOOKED_AT)), *session.scalars(settled.limit(LOOKED_AT))]


def _passed(session: Session, source_id: str) -> dict[str, int]:
    reasons = {"too old": SourceDay.too_old, "over the limit": SourceDay.over_limit, "no address": SourceDay.no_address}
    since = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=DAYS)
    sums = select(*(func.coalesce(func.sum(column), 0) for column in reasons.values()))
    row = session.execute(sums.where(SourceDay.source_id == source_id, SourceDay.day > since)).one()
    return {reason: number for reason, number in zip(reasons, row, strict=True) if number}
