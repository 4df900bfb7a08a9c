"""Which stored mentions the linker could compare with given ones, as queries that an index answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from linking.days import FARTHEST, days_meant
from linking.mentions import LinkableMention
from linking.weights import weights
from store.schema import StoredArticle, StoredMention
from store.schema.queue import IMPRECISE, UNDATED


def in_jurisdiction(jurisdiction: str | None) -> ColumnElement[bool]:
    """The mentions of a jurisdiction, null for none; "is not distinct from" would use no index."""
    if jurisdiction is None:
        return StoredMention.jurisdiction.is_(None)
    return StoredMention.jurisdiction == jurisdiction


def windows(here: ColumnElement[bool], mentions: Sequence[LinkableMention]) -> Iterator[Select[Any]]:
    """The ids of what `linking.scoring.comparable` could compare with one of these: no less, perhaps more."""
    ids = select(StoredMention.id).where(here)
    event_window = dt.timedelta(days=weights().days_apart)
    for days in {days for mention in mentions if (days := days_meant(mention.facts))}:
        earliest, latest = days.first - event_window, days.last + event_window
        yield ids.where(StoredMention.date.between(earliest, latest))
        yield ids.where(IMPRECISE, StoredMention.date.between(earliest - FARTHEST, latest + FARTHEST))
    reported = ids.join(StoredArticle, StoredArticle.id == StoredMention.article_id)
    for published in {mention.published for mention in mentions if mention.facts.date}:
        yield from (query.where(UNDATED) for query in _published_near(reported, published))
    for published in {mention.published for mention in mentions if not mention.facts.date}:
        yield from _published_near(reported, published)


def _published_near(reported: Select[Any], published: dt.datetime | None) -> Iterator[Select[Any]]:
    if published is None:  # its report may be of any time
        yield reported
        return
    window = dt.timedelta(days=weights().report_days_apart)
    yield reported.where(StoredArticle.published.between(published - window, published + window))
    yield reported.where(StoredArticle.published.is_(None))
