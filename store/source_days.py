"""The daily figures of sources, as their histories and their pictures need them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from store.rhythm import BEFORE_DAYS, RECENT_DAYS, Day, History
from store.schema import SourceDay, StoredArticle

DAYS_READ = 120
"""Days of a source's past that alarms look at."""


def histories(session: Session, ids: Collection[str], now: dt.datetime) -> Mapping[str, History]:
    """The past of these sources, on the days on which they were polled."""
    today = now.astimezone(dt.UTC).date()
    days: dict[str, dict[dt.date, Day]] = defaultdict(dict)
    polled = select(SourceDay).where(
        SourceDay.source_id.in_(ids), SourceDay.day > today - dt.timedelta(days=DAYS_READ), SourceDay.polls > 0
    )
    for row in session.scalars(polled):
        days[row.source_id][row.day] = _day(row)
    languages = languages_by_day(session, ids, now - dt.timedelta(days=BEFORE_DAYS + RECENT_DAYS))
    return {name: History(today, days[name], languages.get(name, {})) for name in ids}


def _day(row: SourceDay) -> Day:
    articles = row.new + row.changed + row.unchanged
    return Day(row.seen - row.backfilled, articles, row.unusable, row.refused, row.characters)


def languages_by_day(
    session: Session, ids: Collection[str], since: dt.datetime
) -> Mapping[str, Mapping[dt.date, Mapping[str, int]]]:
    """Articles by source, day of the newest fetch and language, of those that a reader has read: it alone tells the
    language, so that no figure of it is kept twice."""
    day = cast(func.timezone("UTC", StoredArticle.fetched), Date)
    read = (
        select(StoredArticle.source_id, day, StoredArticle.lang, func.count())
        .where(StoredArticle.source_id.in_(ids), StoredArticle.fetched > since, StoredArticle.lang.is_not(None))
        .group_by(StoredArticle.source_id, day, StoredArticle.lang)
    )
    found: dict[str, dict[dt.date, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for source_id, date, lang, number in session.execute(read):
        found[source_id][date][lang or ""] = number
    return found


def figures(session: Session, source_id: str, days: int) -> list[SourceDay]:
    """The rows of a source's last days, the oldest first; days without anything have none."""
    since = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=days)
    chosen = select(SourceDay).where(SourceDay.source_id == source_id, SourceDay.day > since)
    return list(session.scalars(chosen.order_by(SourceDay.day)))
