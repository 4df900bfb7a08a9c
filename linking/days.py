"""The days that a date of day, week or month precision stands for."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import NamedTuple

from codebook.records import Facts

FARTHEST = dt.timedelta(days=30)
"""A date lies at most this far from any day it stands for: the first of a month from its last."""


class Days(NamedTuple):
    """From the first day to the last, both within."""

    first: dt.date
    last: dt.date


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
