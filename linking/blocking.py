"""Which mentions are worth comparing at all, found without looking at every one."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from linking.days import days_between, days_meant
from linking.mentions import LinkableMention
from linking.places import kilometres
from linking.weights import weights

WEEK = 7
"""Days of one drawer of the index."""


def comparable(a: LinkableMention, b: LinkableMention) -> bool:
    """Whether a pair is worth a score: another article, the same jurisdiction, near in place and in time.

    An unknown place is near to all. A date of week or month precision stands for all its days. Unless both tell the
    day, the publications count as well, of which an unknown one is near to all. Symmetric.
    """
    if a.article_id == b.article_id or a.facts.jurisdiction != b.facts.jurisdiction:
        return False
    return _near_in_time(a, b) and _near_in_place(a, b)


def _near_in_place(a: LinkableMention, b: LinkableMention) -> bool:
    distance = kilometres(a.facts, b.facts)
    return distance is None or distance <= weights().km_apart


def _near_in_time(a: LinkableMention, b: LinkableMention) -> bool:
    days_a, days_b = days_meant(a.facts), days_meant(b.facts)
    if days_a and days_b and days_between(days_a, days_b) > dt.timedelta(days=weights().days_apart):
        return False
    if a.facts.date_precision == b.facts.date_precision == "day" or not (a.published and b.published):
        return True
    return abs(a.published - b.published) <= dt.timedelta(days=weights().report_days_apart)


Drawer = tuple[str | None, int | None]
"""A jurisdiction and a week, null for what has none."""


class Blocks:
    """Mentions in drawers by jurisdiction and week, of the event and of publication."""

    def __init__(self, mentions: Iterable[LinkableMention] = ()) -> None:
        self._dated: defaultdict[Drawer, list[LinkableMention]] = defaultdict(list)
        self._undated: defaultdict[Drawer, list[LinkableMention]] = defaultdict(list)
        self._published: defaultdict[Drawer, list[LinkableMention]] = defaultdict(list)
        for mention in mentions:
            self.add(mention)

    def add(self, mention: LinkableMention) -> None:
        """Put a mention into its drawers."""
        here = mention.facts.jurisdiction
        week = None if mention.published is None else _week(mention.published.date())
        self._published[here, week].append(mention)
        if days := days_meant(mention.facts):
            for number in _weeks(days.first, days.last):
                self._dated[here, number].append(mention)
        else:
            self._undated[here, week].append(mention)

    def comparable_to(self, mention: LinkableMention) -> list[LinkableMention]:
        """The mentions that `comparable` allows, each once."""
        found = {other.id: other for other in self._near(mention) if comparable(mention, other)}
        return list(found.values())

    def _near(self, mention: LinkableMention) -> Iterator[LinkableMention]:
        here = mention.facts.jurisdiction
        days = days_meant(mention.facts)
        if days is None:
            yield from _published_near(self._published, mention)
            return
        for number in _weeks(days.first, days.last, around=weights().days_apart):
            yield from self._dated.get((here, number), ())
        yield from _published_near(self._undated, mention)


def _published_near(
    drawers: dict[Drawer, list[LinkableMention]], mention: LinkableMention
) -> Iterator[LinkableMention]:
    here = mention.facts.jurisdiction
    if mention.published is None:
        yield from (other for (there, _), drawer in drawers.items() if there == here for other in drawer)
        return
    day = mention.published.date()
    for number in (None, *_weeks(day, day, around=weights().report_days_apart)):
        yield from drawers.get((here, number), ())


def _weeks(first: dt.date, last: dt.date, *, around: int = 0) -> range:
    """The weeks of some days and of so many days before and after, also beyond the first and last day that a date
    can be."""
    return range((first.toordinal() - around) // WEEK, (last.toordinal() + around) // WEEK + 1)


def _week(day: dt.date) -> int:
    return day.toordinal() // WEEK
