"""Dates in a text, resolved against the moment of its publication.

The rules are those by which people label articles: "last night" is the day before, unless a time after midnight is
given beside it; a weekday is the latest one not after publication; a day and month without a year likewise; the night
of the 3rd to the 4th, or from Saturday to Sunday, is its first day, unless a time after midnight is given.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from languages.canonical import fold
from languages.days import DateSpan, days_named

__all__ = ["DateSpan", "believable", "dates_in", "local", "timezone_of"]

_YEARS = range(1900, 2200)
"""Years a text may be published in."""


def timezone_of(jurisdiction: str | None) -> ZoneInfo:
    """The clock that newsrooms of a jurisdiction keep; Belgrade's for an unknown one."""
    zones = _timezones()
    return ZoneInfo(zones.get(jurisdiction or "default", zones["default"]))


def local(moment: dt.datetime, jurisdiction: str | None = None) -> dt.datetime:
    """A moment on the clock of a jurisdiction (`timezone_of`); without an offset it is taken to be on it already."""
    return moment.astimezone(timezone_of(jurisdiction)) if moment.tzinfo else moment


def believable(published: dt.datetime | dt.date | None) -> bool:
    """Whether this can be a moment of publication; in year 1 or 9999 a clock or a template is broken, and days counted
    from there may not be in the calendar."""
    return published is not None and published.year in _YEARS


def dates_in(
    text: str, lang: str, published: dt.datetime | dt.date | None, timezone: dt.tzinfo | str = "Europe/Belgrade"
) -> list[DateSpan]:
    """The days named in `text`, in order. Raises `KeyError` for a language without a pack.

    `published` with an offset is taken in `timezone` (see `timezone_of`), without one as local time. Without it, or
    when it is not `believable`, days that need it are found with `date` null.
    """
    form = fold(text, lang)
    today = _local_day(published, timezone) if believable(published) else None
    spans = []
    for found in days_named(form.text, lang, today):
        start, end = form.original_span(found.start, found.end)
        timed = found.span.time_words and form.original_span(*found.span.time_words)
        spans.append(replace(found.span, start=start, end=end, time_words=timed))
    return spans


def _local_day(published: dt.datetime | dt.date | None, timezone: dt.tzinfo | str) -> dt.date | None:
    if not isinstance(published, dt.datetime):
        return published
    if published.tzinfo is None:
        return published.date()
    return published.astimezone(ZoneInfo(timezone) if isinstance(timezone, str) else timezone).date()


@cache
def _timezones() -> Mapping[str, str]:
    table: dict[str, Any] = tomllib.loads((files("languages") / "timezones.toml").read_text(encoding="utf-8"))
    return table
