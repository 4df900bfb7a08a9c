"""Which stored mentions the linker could compare with given ones, as conditions that an index answers.

Each looks in one stretch of time and one place: by the day of the event, or by publication where one of the two has no
day; near to the place that is told, or among those that tell none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, or_, true

from linking.days import FARTHEST, Days, days_meant
from linking.mentions import LinkableMention
from linking.places import Box, box_around
from linking.weights import weights
from store.schema import StoredMention
from store.schema.queue import IMPRECISE, UNDATED


class Sought(NamedTuple):
    """What is near in time and place to these is what could be compared with a mention."""

    days: Days | None
    published: dt.datetime | None
    box: Box | None


def in_jurisdiction(jurisdiction: str | None) -> ColumnElement[bool]:
    """The mentions of a jurisdiction, null for none; "is not distinct from" would use no index."""
    if jurisdiction is None:
        return StoredMention.jurisdiction.is_(None)
    return StoredMention.jurisdiction == jurisdiction


def within_windows(here: ColumnElement[bool], mentions: Sequence[LinkableMention]) -> ColumnElement[bool]:
    """What of a jurisdiction `linking.scoring.comparable` could compare with one of these: no less, perhaps more."""
    windows = (
        and_(here, time, place)  # with the jurisdiction in each, an index answers each
        for sought in sorted({_sought(mention) for mention in mentions}, key=str)
        for time, place in product(_times(sought), _places(sought.box))
    )
    return or_(false(), *windows)


def _sought(mention: LinkableMention) -> Sought:
    return Sought(days_meant(mention.facts), mention.published, box_around(mention.facts, weights().km_apart))


def _places(box: Box | None) -> Iterator[ColumnElement[bool]]:
    if box is None:  # its event may be anywhere
        yield true()
        return
    yield StoredMention.latitude.between(box.south, box.north) & StoredMention.longitude.between(box.west, box.east)
    yield StoredMention.latitude.is_(None)


def _times(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.days is None:
        yield from _published_near(sought.published)
        return
    window = dt.timedelta(days=weights().days_apart)
    earliest, latest = sought.days.first - window, sought.days.last + window
    yield StoredMention.date.between(earliest, latest)
    yield IMPRECISE & StoredMention.date.between(earliest - FARTHEST, latest + FARTHEST)
    yield from (UNDATED & near for near in _published_near(sought.published))


def _published_near(published: dt.datetime | None) -> Iterator[ColumnElement[bool]]:
    if published is None:  # its report may be of any time
        yield true()
        return
    window = dt.timedelta(days=weights().report_days_apart)
    yield StoredMention.published.between(published - window, published + window)
    yield StoredMention.published.is_(None)
