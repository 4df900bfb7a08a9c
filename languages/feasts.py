"""The days of the year that have a name: on the calendar, or counted from Easter."""

from __future__ import annotations

import datetime as dt

from languages.packs.schema import Church, Holiday


def latest(day: int, month: int, today: dt.date) -> dt.date:
    """The latest such day not after `today`; `ValueError` when there never is one."""
    for year in range(today.year, today.year - 9, -1):
        try:
            date = dt.date(year, month, day)
        except ValueError:
            continue
        if date <= today:
            return date
    raise ValueError(f"no day {day} in month {month}")


def latest_feast(holiday: Holiday, today: dt.date) -> dt.date:
    """The latest such day not after `today`."""
    if holiday.month is not None and holiday.day is not None:
        return latest(holiday.day, holiday.month, today)
    distance = dt.timedelta(holiday.after_easter or 0)
    days = (easter(year, church) + distance for church in holiday.churches for year in (today.year, today.year - 1))
    return max(day for day in days if day <= today)


def easter(year: int, church: Church) -> dt.date:
    """Easter Sunday on the calendar of today, by the rules of Meeus."""
    return _western_easter(year) if church == "western" else _orthodox_easter(year)


def _western_easter(year: int) -> dt.date:
    century, of_century = divmod(year, 100)
    leap_centuries, rest = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * (year % 19) + century - leap_centuries - shift + 15) % 30
    weekday = (32 + 2 * rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


def _orthodox_easter(year: int) -> dt.date:
    """Reckoned on the Julian calendar, which lags behind."""
    moon = (19 * (year % 19) + 15) % 30
    weekday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + weekday + 114, 31)
    return dt.date(year, month, day + 1) + dt.timedelta(year // 100 - year // 400 - 2)
