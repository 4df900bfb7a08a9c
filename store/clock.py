"""Times as the people of a jurisdiction read them on their own clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from languages.dates import local


def clock(time: dt.datetime, jurisdiction: str | None = None) -> str:
    """`19:05 CET`."""
    return f"{local(time, jurisdiction):%H:%M %Z}"


def moment(time: dt.datetime, jurisdiction: str | None = None) -> str:
    """`4 March 2025, 19:05 CET`."""
    there = local(time, jurisdiction)
    return f"{there.day} {there:%B %Y, %H:%M %Z}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in the line of an error, which a page may write in another language."""

    time: dt.datetime
    jurisdiction: str | None = None

    def __str__(self) -> str:
        return moment(self.time, self.jurisdiction)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in the line of an error: `19:05 CET`."""

    time: dt.datetime
    jurisdiction: str | None = None

    def __str__(self) -> str:
        return clock(self.time, self.jurisdiction)
