"""The days that a date of day, week or month precision stands for, and the days on which an event may have been."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Mapping
from typing import NamedTuple

from codebook.records import Alternatives, Facts

FARTHEST = dt.timedelta(days=30)
"""A date lies at most this far from any day it stands for: the first of a month from its last."""


class Days(NamedTuple):
    """From the first day to the last, both within."""

    first: dt.date
    last: dt.date

    @property
    def are_one(self) -> bool:
        return self.first == self.last


PossibleDays = tuple[tuple[Days | None, float], ...]
"""Days with the probability of each, 1 together; None where none of them is told."""


def possible_days(facts: Facts, confidence: Mapping[str, float], alternatives: Alternatives) -> PossibleDays:
    """When an event may have been by what a reader thought of each day its report names; a week or a month that was
    taken for the date is certain."""
    taken = days_meant(facts)
    if taken is not None and not taken.are_one:
        return ((taken, 1.0),)
    shares = {Days(day, day): share for day, share in alternatives.date.items()}
    if taken is not None:
        shares[taken] = confidence.get("date", 1.0)
    total = math.fsum(shares.values())
    likely = [(days, share / max(total, 1.0)) for days, share in sorted(shares.items())]
    return (*likely, (None, 1.0 - total)) if total < 1.0 else tuple(likely)


def days_meant(facts: Facts) -> Days | None:
    """The day, or the calendar week or month the date lies in; null when no date is told."""
    date = facts.date
    if date is None:
        return None
    if facts.date_precision == "month":
        return Days(date.replace(day=1), date.replace(day=calendar.monthrange(date.year, date.month)[1]))
    if facts.date_precision == "week":
        monday = date - dt.timedelta(days=date.weekday())
        return Days(monday, monday + dt.timedelta(days=6))
    return Days(date, date)


def days_between(a: Days, b: Days) -> dt.timedelta:
    """From the last day of the earlier to the first of the later; not above zero when they share a day."""
    return max(a.first - b.last, b.first - a.last)
