"""Dates in a text, resolved against the moment of its publication.

The rules are those by which people label articles: "last night" is the day before, unless a time after midnight is
given beside it; a weekday is the latest one not after publication; a day and month without a year likewise; the night
of the 3rd to the 4th, or from Saturday to Sunday, is its first day, unless a time after midnight is given.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from zoneinfo import ZoneInfo

from languages.canonical import fold
from languages.date_patterns import DatePatterns, date_patterns
from languages.numbers import number_words
from languages.packs.schema import TimeOfDay


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A day named in a text.

    Attributes:
        start, end: code points of the text that name it.
        date: the day, or null when it cannot be told without the moment of publication.
        precision: "week" and "month" for "two weeks ago" and "March 2024"; `date` is then the day counted back to, or
            the first of the month.
        is_relative: whether it is counted from publication (yesterday, on Monday), not from the calendar.
        time_of_day: night 00–06, morning 06–12, afternoon 12–18, evening 18–24, where the words around tell it.
    """

    start: int
    end: int
    date: dt.date | None
    precision: Literal["day", "week", "month"]
    is_relative: bool
    time_of_day: TimeOfDay | None = None


def timezone_of(jurisdiction: str | None) -> ZoneInfo:
    """The clock that newsrooms of a jurisdiction keep; Belgrade's for an unknown one."""
    zones = _timezones()
    return ZoneInfo(zones.get(jurisdiction or "default", zones["default"]))


def dates_in(
    text: str, lang: str, published: dt.datetime | dt.date | None, timezone: dt.tzinfo | str = "Europe/Belgrade"
) -> list[DateSpan]:
    """The days named in `text`, in order. Raises `KeyError` for a language without a pack.

    `published` with an offset is taken in `timezone` (see `timezone_of`), without one as local time. Without it, days
    that need it are found with `date` null.
    """
    form = fold(text, lang)
    reader = _Reader(form.text, date_patterns(lang), number_words(lang), _local_day(published, timezone))
    spans = []
    for found in reader.days():
        start, end = form.original_span(found.start, found.end)
        spans.append(replace(found.span, start=start, end=end))
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


_ABSOLUTE, _WEEKDAY, _RELATIVE = 3, 2, 1
"""Of two expressions side by side ("yesterday, 5 August") the stronger one tells the day."""

_BESIDE_BEFORE, _BESIDE_AFTER = 45, 60
"""Characters before and after an expression in which a time of day belongs to it, within the sentence."""
_SENTENCE_END = re.compile(r"[.!?…]\s+(?!\d)|\n")
_JOINT = re.compile(r"[\s,()–-]{1,3}")
"""What stands between two expressions for one day."""


@dataclass(frozen=True, slots=True)
class _Found:
    """An expression in the folded text, and what it says."""

    start: int
    end: int
    strength: int
    span: DateSpan


class _Reader:
    """Finds the days in one folded text."""

    def __init__(self, text: str, patterns: DatePatterns, numbers: Mapping[str, int], today: dt.date | None) -> None:
        self.text, self.patterns, self.numbers, self.today = text, patterns, numbers, today
        self.claimed: list[tuple[int, int]] = []

    def days(self) -> list[_Found]:
        """All days, expressions for one day side by side as one."""
        for match in self.patterns.ignored.finditer(self.text):
            self.claimed.append(match.span())
        found = sorted(self._expressions(), key=lambda found: found.start)
        merged: list[_Found] = []
        for one in found:
            if merged and _JOINT.fullmatch(self.text, merged[-1].end, one.start) and _agree(merged[-1], one):
                stronger = max(merged[-1], one, key=lambda found: found.strength)
                part = merged[-1].span.time_of_day or one.span.time_of_day
                span = replace(stronger.span, time_of_day=part)
                merged[-1] = _Found(merged[-1].start, one.end, stronger.strength, span)
            else:
                merged.append(one)
        return merged

    def _expressions(self) -> Iterator[_Found]:  # noqa: C901  one loop for each kind of expression
        patterns = self.patterns
        for pattern in patterns.absolute:
            for match in self._unclaimed(pattern):
                if (day := self._absolute(match)) is not False:
                    yield self._found(match, _ABSOLUTE, day)
        for pattern in patterns.nights:
            for match in self._unclaimed(pattern):
                yield self._found(match, _WEEKDAY, self._weekday_night(match), "night")
        for pattern in patterns.ago:
            for match in self._unclaimed(pattern):
                yield self._ago(match)
        relative = [(match, day) for pattern, day in patterns.relative for match in pattern.finditer(self.text)]
        for match, day in sorted(relative, key=lambda pair: pair[0].end() - pair[0].start(), reverse=True):
            if self._claim(match):
                after = day.after_midnight
                days = day.days if after is None or not self._is_after_midnight(match) else after
                yield self._found(match, _RELATIVE, self._days_off(days), day.time_of_day)
        for match in self._unclaimed(patterns.weekday):
            yield self._found(match, _WEEKDAY, self._weekday(match))
        for match in self._unclaimed(patterns.month_of_year):
            month = _number(match["month_word"], patterns.month_number)
            span = self._found(match, _ABSOLUTE, dt.date(int(match["year"]), month, 1))
            yield replace(span, span=replace(span.span, precision="month"))

    def _unclaimed(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        return (match for match in pattern.finditer(self.text) if self._claim(match))

    def _claim(self, match: re.Match[str]) -> bool:
        """Claim the words of `match` unless an earlier pattern has."""
        start, end = match.span()
        if any(start < taken_end and taken_start < end for taken_start, taken_end in self.claimed):
            return False
        self.claimed.append((start, end))
        return True

    def _found(self, match: re.Match[str], strength: int, day: dt.date | None, part: TimeOfDay | None = None) -> _Found:
        relative = strength != _ABSOLUTE
        span = DateSpan(0, 0, day, "day", relative, self._time_of_day(match) or part)
        return _Found(match.start(), match.end(), strength, span)

    def _absolute(self, match: re.Match[str]) -> dt.date | Literal[False] | None:
        """The day on the calendar; null without a year and publication, False when there is no such day."""
        groups = match.groupdict()
        month_word = groups.get("month_word")
        month = _number(month_word, self.patterns.month_number) if month_word else int(match["month"])
        day = int(match["day"]) if match["day"].isdecimal() else 1
        year = self._year(groups)
        try:
            if year is not None:
                date = dt.date(year, month, day)
            elif self.today is None:
                dt.date(2024, month, day)
                return None
            else:
                date = _latest(day, month, self.today)
        except ValueError:
            return False
        if groups.get("onto"):
            return date if self._is_after_midnight(match) else date - dt.timedelta(1)
        if groups.get("day2") and self._is_after_midnight(match):
            return date + dt.timedelta(1)
        return date

    def _year(self, groups: Mapping[str, str | None]) -> int | None:
        written = groups.get("year")
        if written:
            return int(written) + (2000 if len(written) == 2 else 0)
        if self.today is None:
            return None
        if groups.get("this_year"):
            return self.today.year
        return self.today.year - 1 if groups.get("last_year") else None

    def _days_off(self, days: int) -> dt.date | None:
        return None if self.today is None else self.today + dt.timedelta(days)

    def _weekday(self, match: re.Match[str]) -> dt.date | None:
        """The latest such day not after publication; before it, when "last" stands beside."""
        if self.today is None:
            return None
        number = _number(match["weekday"], self.patterns.weekday_number)
        back = (self.today.isoweekday() - number) % 7
        beside = self.text[max(match.start() - 12, 0) : match.end() + 12]
        if back == 0 and self.patterns.last.search(beside):
            back = 7
        return self.today - dt.timedelta(back)

    def _weekday_night(self, match: re.Match[str]) -> dt.date | None:
        """The evening a night from one weekday to the next began on, or its morning by the clock."""
        if self.today is None:
            return None
        number = _number(match["weekday"], self.patterns.weekday_number)
        morning = number if match.groupdict().get("onto") else number % 7 + 1
        back = (self.today.isoweekday() - morning) % 7
        date = self.today - dt.timedelta(back)
        return date if self._is_after_midnight(match) else date - dt.timedelta(1)

    def _ago(self, match: re.Match[str]) -> _Found:
        count = int(match["count"]) if match["count"].isdecimal() else self.numbers[match["count"]]
        days = _number(match["unit"], self.patterns.units)
        found = self._found(match, _RELATIVE, self._days_off(-count * days))
        precision: Literal["day", "week", "month"] = "day" if days == 1 else "week" if days == 7 else "month"
        return replace(found, span=replace(found.span, precision=precision))

    def _beside(self, match: re.Match[str]) -> str:
        """The words around an expression that belong to it: the same sentence, not far."""
        before = _SENTENCE_END.split(self.text[max(match.start() - _BESIDE_BEFORE, 0) : match.start()])[-1]
        after = _SENTENCE_END.split(self.text[match.start() : match.end() + _BESIDE_AFTER])[0]
        return before + after

    def _hour(self, beside: str) -> int | None:
        for match in self.patterns.hour.finditer(beside):
            said = match["clock"] or match["hour"] or match["counted"]
            hour = int(said) if said.isdecimal() else self.numbers[said]
            if match["half"]:
                hour -= 1
            if hour < 12 and self.patterns.not_after_midnight.search(beside):
                hour += 12
            if hour <= 24:
                return hour % 24
        return None

    def _is_after_midnight(self, match: re.Match[str]) -> bool:
        beside = self._beside(match)
        hour = self._hour(beside)
        return hour < 6 if hour is not None else bool(self.patterns.after_midnight.search(beside))

    def _time_of_day(self, match: re.Match[str]) -> TimeOfDay | None:
        beside = self._beside(match)
        hour = self._hour(beside)
        if hour is not None:
            return ("night", "morning", "afternoon", "evening")[hour // 6]  # type: ignore[return-value]
        return next((part for pattern, part in self.patterns.times_of_day if pattern.search(beside)), None)


def _agree(one: _Found, other: _Found) -> bool:
    """Whether two expressions side by side name one day: a stronger one after a weaker, or the same day twice."""
    if one.span.date == other.span.date:
        return True
    return {one.strength, other.strength} in ({_ABSOLUTE, _WEEKDAY}, {_WEEKDAY, _RELATIVE}, {_ABSOLUTE, _RELATIVE})


def _latest(day: int, month: int, today: dt.date) -> dt.date:
    """The latest such day not after `today`; `ValueError` when there never is one."""
    for year in range(today.year, today.year - 9, -1):
        try:
            date = dt.date(year, month, day)
        except ValueError:
            continue
        if date <= today:
            return date
    raise ValueError(f"no day {day} in month {month}")


def _number(word: str, numbered: tuple[tuple[re.Pattern[str], int], ...]) -> int:
    """The number of the month, weekday or unit that `word` is a form of."""
    return next(number for pattern, number in numbered if pattern.fullmatch(word))
