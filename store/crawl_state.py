"""How the crawl stands, in a handful of figures: cheap enough to be asked for every few seconds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.schema import Feed, PendingItem, SourceAlarm


@dataclass(frozen=True, slots=True)
class CrawlState:
    """`pending` items wait for their outcome; of those that do not wait for a site of which nothing can be had, the
    oldest does so since `oldest_pending`. `last_success` is when a source's
    feeds last answered, null when none ever has; `alarms` are the open ones by source and kind."""

    now: dt.datetime
    pending: int
    oldest_pending: dt.datetime | None
    last_success: Mapping[str, dt.datetime | None]
    alarms: Mapping[tuple[str, str], int]


def crawl_state(session: Session) -> CrawlState:
    """The state as of this transaction, in three statements whatever the number of sources."""
    first_seen = func.min(PendingItem.seen_at).filter(PendingItem.away_since.is_(None))
    now, pending, oldest = session.execute(select(func.now(), func.count(), first_seen).select_from(PendingItem)).one()
    answered = select(Feed.source_id, func.max(Feed.last_success)).group_by(Feed.source_id)
    raised = (
        select(SourceAlarm.source_id, SourceAlarm.kind, func.count())
        .where(SourceAlarm.cleared_at.is_(None))
        .group_by(SourceAlarm.source_id, SourceAlarm.kind)
    )
    alarms = {(source_id, kind): number for source_id, kind, number in session.execute(raised)}
    return CrawlState(now, pending, oldest, dict(session.execute(answered).all()), alarms)
