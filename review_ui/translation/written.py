"""Dates and numbers as people write them in the language of the request."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date
from babel.numbers import format_decimal

from languages.dates import local
from review_ui.translation.locales import ENGLISH, cldr
from review_ui.translation.speaking import gettext, spoken
from store.clock import clock

NOTHING = "–"
ENGLISH_DAY = "d MMMM y"
"""`4 March 2025`: babel's own English is American."""


def day(date: dt.date | None) -> str:
    """`4 March 2025`; a dash for none."""
    if date is None:
        return NOTHING
    return format_date(date, ENGLISH_DAY if spoken() == ENGLISH else "long", locale=cldr(spoken()))


def days_written() -> list[str]:
    """How `day` writes a day of each month, `{d} March {y}`, for scripts to fill in."""
    return [day(dt.date(2001, month, 11)).replace("11", "{d}").replace("2001", "{y}") for month in range(1, 13)]


def weekday(date: dt.date) -> str:
    """`Tuesday`."""
    return format_date(date, "EEEE", locale=cldr(spoken()))


def local_day(time: dt.datetime, jurisdiction: str | None = None) -> str:
    """`4 March 2025`, the day it is on the clock of a jurisdiction."""
    return day(local(time, jurisdiction).date())


def moment(time: dt.datetime | None, jurisdiction: str | None = None) -> str:
    """`4 March 2025, 19:05 CET` on the clock of a jurisdiction; a dash for none."""
    if time is None:
        return NOTHING
    return gettext("%(day)s, %(time)s", day=local_day(time, jurisdiction), time=clock(time, jurisdiction))


def number(value: float) -> str:
    """`1,234`; a fraction keeps up to three digits."""
    return format_decimal(value, locale=cldr(spoken()))


def percent(share: float, digits: int = 0) -> str:
    """`93 %` of a share from 0 to 1."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return f"{format_decimal(round(share * 100, digits), pattern, locale=cldr(spoken()))} %"
