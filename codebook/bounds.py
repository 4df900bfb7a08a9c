"""What no incident exceeds: more is a slip of the keyboard, a mishap or an attack, whichever way it comes in."""

from __future__ import annotations

import datetime as dt

MOST_PERSONS = 200
"""Persons of one kind in one incident."""

LARGEST_COUNT = 999_999_999
"""Pieces of one kind seized at once; the database holds it."""

_EASTERNMOST = dt.timezone(dt.timedelta(hours=3))
"""Moldova in summer: no event of the region is on a later day than it is here."""


def latest_day() -> dt.date:
    """The latest day on which an event of the region can have been."""
    return dt.datetime.now(_EASTERNMOST).date()
