"""Moments as pages show them to people: `shown_dates.toml` has the words, this the forms.

12.03.2024. 12:30 · 12 март 2024 · 12 Mars, ora 12:30 · 12 martie 2024, 10:15 · Marți, 30 decembrie · 2024-03-12 12:30
05. maj 202311:21 · 11.05.2023, 09:23 -> 12:29 · 10:15, 12.03.2024 · March 12, 2024 · danas 12:30 · juče u 9:05
acum 2 ore · prije 2 sata · пред 2 часа · para 2 orësh · 2 часа назад · prije sat vremena
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from crawlers.extraction.wording import folded

MOST_CHARACTERS = 300
"""Of a text in which a moment is sought; what stands behind is not looked at."""

CLOCK = r"(?<![\d:.])(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?!\d|\.\d)(?::[0-5]\d)?"
DAY = r"(?<!\d)(?P<day>0?[1-9]|[12]\d|3[01])"
YEAR = r"(?P<year>(?:19|20)\d\d)"
UPDATED_DISTANCE = 25


@dataclass(frozen=True, slots=True)
class Shown:
    """A moment found in a text, or a day alone: then `moment` is its local midnight."""

    moment: dt.datetime
    has_time: bool


def shown_moment(text: str, fetched: dt.datetime, zone: ZoneInfo) -> Shown | None:
    """The moment of publication that a short text tells, in UTC; None when it tells none.

    What is relative, or lacks a year, is counted from `fetched` on the clock of `zone`. Of several dates the first
    one counts that is not said to be of a change.
    """
    form = folded(text[:MOST_CHARACTERS])
    now = fetched.astimezone(zone)
    found = [*_dates(form, now)] or [*_relative_days(form, now)]
    for start, end, day in sorted(found, key=lambda one: one[0]):
        if _updated().search(form[max(0, start - UPDATED_DISTANCE) : start]) and len(found) > 1:
            continue
        clock = _clock(form, start, end)
        moment = dt.datetime.combine(day, clock or dt.time(), zone)
        return Shown(moment.astimezone(dt.UTC), clock is not None)
    ago = _ago().search(form)
    return _counted_back(ago, fetched) if ago else None


def _dates(form: str, now: dt.datetime) -> Iterator[tuple[int, int, dt.date]]:
    taken: list[tuple[int, int]] = []
    for pattern in _patterns():
        for match in pattern.finditer(form):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            day = _day(match, now)
            if day is not None:
                taken.append(match.span())
                yield match.start(), match.end(), day


def _day(match: re.Match[str], now: dt.datetime) -> dt.date | None:
    parts = match.groupdict()
    month = int(parts["month"]) if parts.get("month") else _month(parts["name"])
    stated = parts.get("year")
    year = now.year if stated is None else int(stated) + (2000 if len(stated) == 2 else 0)
    for candidate in (year,) if stated else (year, year - 1):
        try:
            day = dt.date(candidate, month, int(parts["day"]))
        except ValueError:
            continue
        if stated or day <= now.date():
            return day
    return None


def _relative_days(form: str, now: dt.datetime) -> Iterator[tuple[int, int, dt.date]]:
    for back, names in _words()["days"].items():
        for match in re.finditer(rf"(?<!\w)(?:{_either(names)})(?!\w)", form):
            yield match.start(), match.end(), now.date() - dt.timedelta(days=int(back))


def _clock(form: str, start: int, end: int) -> dt.time | None:
    """The time beside a date: right behind it, else right before it."""
    match = _clock_behind().match(form, end) or _clock_before().search(form[:start])
    return dt.time(int(match["hour"]), int(match["minute"])) if match else None


def _counted_back(match: re.Match[str], fetched: dt.datetime) -> Shown | None:
    parts = match.groupdict()
    unit = parts["unit"] or parts["unit2"]
    number = parts["number"] or parts["number2"] or "1"
    seconds = next((int(s) for s, names in _words()["units"].items() if re.fullmatch(_either(names), unit)), 0)
    count = int(number) if number.isdigit() else 1
    return Shown(fetched - dt.timedelta(seconds=count * seconds), has_time=seconds < 86_400)


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files("crawlers.extraction") / "shown_dates.toml").read_text(encoding="utf-8"))


def date_names() -> frozenset[str]:
    """Words of classes under which pages show a moment."""
    return frozenset(_words()["names"]["date"])


def _either(names: list[str]) -> str:
    longest_first = sorted(map(folded, names), key=lambda name: (-len(name), name))
    return "|".join(re.escape(name).replace(r"\*", r"[^\W\d_]*") for name in longest_first)


def _month(name: str) -> int:
    return next(int(number) for number, names in _words()["months"].items() if re.fullmatch(_either(names), name))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """The forms of a date, the most telling first. A year may be glued to the time behind it."""
    names = "|".join(_either(names) for names in _words()["months"].values())
    year_end = r"(?=\D|$|[0-2]\d[:.][0-5]\d)"
    return tuple(
        re.compile(pattern)
        for pattern in (
            rf"(?<!\d){YEAR}[-./](?P<month>0?[1-9]|1[0-2])[-./](?P<day>3[01]|[12]\d|0?[1-9])(?!\d)",
            rf"{DAY}\s?[./-]\s?(?P<month>1[0-2]|0?[1-9])\s?[./-]\s?{YEAR}{year_end}\.?",
            rf"{DAY}(?:\s?[./-]\s?|\s+(?:de\s+)?)(?P<name>{names})(?!\w)[.,/-]?\s?(?:de\s+)?{YEAR}{year_end}\.?",
            rf"{DAY}(?:\s?[./-]\s?|\s+)(?P<name>{names}){YEAR}{year_end}\.?",
            rf"(?<!\w)(?P<name>{names})\.?\s+(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,?\s+{YEAR}{year_end}",
            rf"{DAY}\.(?P<month>1[0-2]|0?[1-9])\.(?P<year>\d\d)(?!\d)\.?",
            rf"{DAY}(?:\s?[./-]\s?|\s+)(?P<name>{names})(?!\w)\.?",
            rf"{DAY}\.\s?(?P<month>1[0-2]|0?[1-9])\.(?!\s?\d)",
        )
    )


@cache
def _clock_behind() -> re.Pattern[str]:
    between = _either(_words()["words"]["between"])
    clock = CLOCK.replace(r"(?<![\d:.])", "")
    return re.compile(rf"(?:[\s.,;|/•·()–—-]|t(?=\d)|(?:{between})(?!\w))*{clock}")


@cache
def _clock_before() -> re.Pattern[str]:
    return re.compile(rf"{CLOCK}\s*(?:h\b)?[\s,;|/•·–—-]*$")


@cache
def _updated() -> re.Pattern[str]:
    return re.compile(rf"(?:{_either(_words()['words']['updated'])})\W*$")


@cache
def _ago() -> re.Pattern[str]:
    words = _words()
    unit = "|".join(_either(names) for names in words["units"].values())
    one = _either(words["ago"]["one"])
    number = rf"(?:(?P<number>\d{{1,3}}|{one})\s*)?"
    number2 = rf"(?P<number2>\d{{1,3}}|{one})\s*"
    before, after = _either(words["ago"]["before"]), _either(words["ago"]["after"])
    return re.compile(
        rf"(?<!\w)(?:{before})\s+{number}(?P<unit>{unit})(?!\w)"
        rf"|(?<!\w){number2}(?P<unit2>{unit})\s+(?:{after})(?!\w)"
    )
