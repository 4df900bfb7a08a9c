"""Which stored mentions the linker could compare with given ones, as conditions for the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_

from linking.days import FARTHEST, days_meant
from linking.mentions import LinkableMention
from linking.weights import weights
from store.schema import StoredArticle, StoredMention


def windows(mentions: Sequence[LinkableMention]) -> Iterable[ColumnElement[bool]]:
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
