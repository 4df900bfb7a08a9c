"""What the times of two mentions tell: the days on which it happened, and when it was reported."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from languages.dates import local
from linking.days import Days, days_between
from linking.mentions import LinkableMention

TOGETHER, SOON = dt.timedelta(hours=36), dt.timedelta(days=7)
"""How long after the first report of an event others come, and most of what is known."""
_GAPS = ("same_day", "next_day", "days_apart", "days_apart")
"""What is told of two days so many days apart; further apart they are `many_days_apart`."""
_LAST = dt.datetime.max.replace(tzinfo=dt.UTC)


def in_order(a: LinkableMention, b: LinkableMention) -> tuple[LinkableMention, LinkableMention]:
    """The two by publication, one without a date last, ties by id."""
    return (a, b) if (a.published or _LAST, a.id) <= (b.published or _LAST, b.id) else (b, a)


def time_features(early: LinkableMention, late: LinkableMention) -> Iterator[tuple[str, float]]:
    """The features of all days on which the two may have happened, each as likely as that pair of days."""
    expected: defaultdict[str, float] = defaultdict(float)
    reported = _reported(early.published, late.published)
    first_reported = local(early.published, early.facts.jurisdiction).date() if early.published else None
    for b, likely_b in late.on_days():
        for a, likely_a in early.on_days():
            expected[_apart(a, b) or reported] += likely_a * likely_b
        if b is not None and first_reported is not None and b.first > first_reported:
            expected["told_before_it_happened"] += likely_b
    yield from expected.items()


def _apart(a: Days | None, b: Days | None) -> str | None:
    """How far apart two events are; null where their days do not tell it."""
    if a is None or b is None:
        return None
    if a.are_one and b.are_one:
        gap = abs((a.first - b.first).days)
        return _GAPS[gap] if gap < len(_GAPS) else "many_days_apart"
    return "days_apart" if days_between(a, b) > dt.timedelta() else None


def _reported(early: dt.datetime | None, late: dt.datetime | None) -> str:
    """How near the reports are, where the days of the events are not both told."""
    if early is None or late is None:
        return "time_unknown"
    if late - early <= TOGETHER:
        return "reported_together"
    return "reported_days_apart" if late - early <= SOON else "reported_weeks_apart"
