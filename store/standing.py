"""How many sources need somebody, in four figures that every page about sources begins with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from store.schema import Feed, Source, SourceAlarm


@dataclass(frozen=True, slots=True)
class Standing:
    """Of `sources`, `alarmed` have an alarm, `failing` have none though a feed fails now, and over `unlooked` nobody
    has looked yet whether an alarm is due."""

    sources: int
    alarmed: int
    failing: int
    unlooked: int


def standing(session: Session, jurisdiction: str | None = None) -> Standing:
    """How the sources of a jurisdiction, or all, stand."""
    alarmed = select(SourceAlarm.id).where(SourceAlarm.source_id == Source.id, SourceAlarm.cleared_at.is_(None))
    answered = select(Feed.url).where(Feed.source_id == Source.id, Feed.last_success.is_not(None))
    failing = select(Feed.url).where(Feed.source_id == Source.id, Feed.last_error.is_not(None))
    expected = or_(Source.verified, answered.exists())  # as `store.source_health.SourceLine.failing`
    counted = select(
        func.count(),
        func.count().filter(alarmed.exists()),
        func.count().filter(~alarmed.exists(), failing.exists(), expected),
        func.count().filter(Source.looked_at.is_(None)),
    ).select_from(Source)
    if jurisdiction is not None:
        counted = counted.where(Source.jurisdiction == jurisdiction)
    return Standing(*session.execute(counted).one())
