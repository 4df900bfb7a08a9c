"""The days named in a folded text, each expression by the rules of `languages.dates`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from languages.clock import Clock
from languages.date_patterns import date_patterns
from languages.feasts import latest, latest_feast
from languages.numbers import number_words
from languages.packs.schema import Holiday, Precision, RelativeDay, TimeOfDay


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
        time_words: the code points of what tells the time of day; null where no time of day is told.
    """

    start: int
    end: int
    date: dt.date | None
    precision: Precision
    is_relative: bool
    time_of_day: TimeOfDay | None = None
    time_words: tuple[int, int] | None = None


def days_named(text: str, lang: str, today: dt.date | None) -> list[Found]:
    """The days named in the folded `text`, in order; `today` is the day of publication."""
    return _Reader(text, lang, today).days()


_ABSOLUTE, _HOLIDAY, _WEEKDAY, _RELATIVE = 4, 3, 2, 1
"""Of two expressions side by side ("yesterday, 5 August") the stronger one tells the day."""

_NEWS = dt.timedelta(weeks=3)
"""How old a day may be from which "the night before" counts; older ones are of births, verdicts and earlier cases."""

_JOINT = re.compile(r"[\s,()–-]{1,3}")
"""What stands between two expressions for one day."""


@dataclass(frozen=True, slots=True)
class Found:
    """An expression in the folded text, and what it says."""

    start: int
    end: int
    strength: int
    span: DateSpan
    from_named: int | None = None
    """Its distance from the day named last before it, where it is counted from there."""


class _Reader:
    """Finds the days in one folded text."""

    def __init__(self, text: str, lang: str, today: dt.date | None) -> None:
        self.text, self.today = text, today
        self.patterns, self.numbers = date_patterns(lang), number_words(lang)
        self.clock = Clock(text, self.patterns, self.numbers)
        self.claimed = bytearray(len(text))

    def days(self) -> list[Found]:
        """All days, expressions for one day side by side as one."""
        for pattern in (self.patterns.ignored, self.patterns.named_after_days):
            for match in pattern.finditer(self.text):
                self._claim(match)
        found = sorted(self._expressions(), key=lambda found: found.start)
        merged: list[Found] = []
        for one in self._counted(found):
            if merged and self._are_one(merged[-1], one):
                stronger = max(merged[-1], one, key=lambda found: found.strength)
                timed = merged[-1].span if merged[-1].span.time_of_day else one.span
                span = replace(stronger.span, time_of_day=timed.time_of_day, time_words=timed.time_words)
                merged[-1] = Found(merged[-1].start, one.end, stronger.strength, span)
            else:
                merged.append(one)
        return merged

    def _counted(self, found: Iterable[Found]) -> Iterator[Found]:
        """`found` with the days that are counted from the one named last; from publication where none is, or when it
        is long past, but only back. A day after publication is none that news tell of."""
        named: dt.date | None = None
        for one in found:
            if one.from_named is not None:
                if named is None and one.from_named > 0:
                    continue
                back_from_old = named and self.today and one.from_named < 0 and self.today - named > _NEWS
                start = self.today if back_from_old else named or self.today
                day = start and start + dt.timedelta(one.from_named)
                if day and self.today and day > self.today:
                    continue
                one = replace(one, span=replace(one.span, date=day))
            if one.span.precision == "day":
                named = one.span.date or named
            yield one

    def _are_one(self, one: Found, other: Found) -> bool:
        """Whether two expressions side by side name one day; across a full stop only when they say the same."""
        joint = self.patterns.beside_holiday if {one.strength, other.strength} == {_HOLIDAY, _WEEKDAY} else _JOINT
        if not joint.fullmatch(self.text, one.end, other.start):
            return False
        if one.span.date == other.span.date:
            return True
        return self.text[one.end - 1] != "." and one.strength != other.strength

    def _expressions(self) -> Iterator[Found]:  # noqa: C901  one loop for each kind of expression
        patterns = self.patterns
        for pattern in patterns.absolute:
            for match in self._unclaimed(pattern):
                if (day := self._absolute(match)) is not False:
                    groups = match.groupdict()
                    part: TimeOfDay | None = "night" if groups.get("onto") or groups.get("night") else None
                    yield self._found(match, _ABSOLUTE, day, part)
        for pattern in patterns.nights:
            for match in self._unclaimed(pattern):
                yield self._found(match, _WEEKDAY, self._weekday_night(match), "night")
        for pattern in patterns.ago:
            for match in self._unclaimed(pattern):
                yield self._ago(match)
        for pattern in patterns.from_named:
            for match in self._unclaimed(pattern):
                yield self._from_named(match)
        for match, said in self._longest_first((*patterns.relative, *patterns.holidays)):
            yield self._holiday(match, said) if isinstance(said, Holiday) else self._relative(match, said)
        for match in self._unclaimed(patterns.day_alone):
            if (day := self._day_alone(match)) is not False:
                yield self._found(match, _ABSOLUTE, day)
        for match in self._unclaimed(patterns.weekday):
            yield self._found(match, _WEEKDAY, self._weekday(match))
        for match in self._unclaimed(patterns.month_of_year):
            month = _number(match["month_word"], patterns.month_number)
            span = self._found(match, _ABSOLUTE, dt.date(int(match["year"]), month, 1))
            yield replace(span, span=replace(span.span, precision="month"))

    def _unclaimed(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        return (match for match in pattern.finditer(self.text) if self._claim(match))

    def _longest_first(
        self, said: Iterable[tuple[re.Pattern[str], RelativeDay | Holiday]]
    ) -> Iterator[tuple[re.Match[str], RelativeDay | Holiday]]:
        """What is said where, of two that overlap the longer."""
        found = [(match, one) for pattern, one in said for match in pattern.finditer(self.text)]
        found.sort(key=lambda pair: pair[0].end() - pair[0].start(), reverse=True)
        return ((match, one) for match, one in found if self._claim(match))

    def _claim(self, match: re.Match[str]) -> bool:
        """Claim the words of `match` unless an earlier pattern has."""
        start, end = match.span()
        if self.claimed.find(1, start, end) >= 0:
            return False
        self.claimed[start:end] = b"\1" * (end - start)
        return True

    def _found(self, match: re.Match[str], strength: int, day: dt.date | None, part: TimeOfDay | None = None) -> Found:
        relative = strength != _ABSOLUTE
        told = self.clock.time_of_day(*match.span())
        if told is not None:
            span = DateSpan(0, 0, day, "day", relative, told.part, (told.start, told.end))
        else:
            span = DateSpan(0, 0, day, "day", relative, part, match.span() if part else None)
        return Found(match.start(), match.end(), strength, span)

    def _relative(self, match: re.Match[str], said: RelativeDay) -> Found:
        after = said.after_midnight
        days = said.days if after is None or not self.clock.is_after_midnight(*match.span()) else after
        found = self._found(match, _RELATIVE, self._days_off(days), said.time_of_day)
        found = replace(found, span=replace(found.span, precision=said.precision))
        return replace(found, from_named=days) if said.from_named else found

    def _absolute(self, match: re.Match[str]) -> dt.date | Literal[False] | None:
        """The day on the calendar; null without a year and publication, False when there is no such day."""
        groups = match.groupdict()
        month_word = groups.get("month_word")
        month = _number(month_word, self.patterns.month_number) if month_word else int(match["month"])
        day = int(match["day"]) if match["day"].isdecimal() else _number(match["day"], self.patterns.day_number)
        year = self._year(groups)
        try:
            if year is not None:
                date = dt.date(year, month, day)
            elif self.today is None:
                dt.date(2024, month, day)
                return None
            else:
                date = latest(day, month, self.today)
        except ValueError:
            return False
        if groups.get("onto"):
            return date if self.clock.is_after_midnight(*match.span()) else date - dt.timedelta(1)
        if groups.get("day2") and self.clock.is_after_midnight(*match.span()):
            return date + dt.timedelta(1)
        return date

    def _holiday(self, match: re.Match[str], holiday: Holiday) -> Found:
        """The latest such day; the night of New Year's Eve is the first of January when it is past midnight."""
        if self.today is None:
            day = None
        elif holiday.is_night and self.clock.is_after_midnight(*match.span()):
            day = latest_feast(holiday, self.today - dt.timedelta(1)) + dt.timedelta(1)
        else:
            day = latest_feast(holiday, self.today)
        return self._found(match, _HOLIDAY, day, "night" if holiday.is_night else None)

    def _day_alone(self, match: re.Match[str]) -> dt.date | Literal[False] | None:
        """The latest day of this number, without its month; False for a day that the month before lacks, too."""
        if self.today is None:
            return None
        last_month = self.today.replace(day=1) - dt.timedelta(1)
        for month in (self.today, last_month):
            try:
                day = month.replace(day=int(match["day"]))
            except ValueError:
                continue
            if day <= self.today:
                return day
        return False

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
        return date if self.clock.is_after_midnight(*match.span()) else date - dt.timedelta(1)

    def _ago(self, match: re.Match[str]) -> Found:
        days, precision = self._distance(match)
        found = self._found(match, _RELATIVE, self._days_off(-days))
        return replace(found, span=replace(found.span, precision=precision))

    def _from_named(self, match: re.Match[str]) -> Found:
        days, precision = self._distance(match)
        found = self._found(match, _RELATIVE, None)
        span = replace(found.span, precision=precision)
        return replace(found, span=span, from_named=days if match["later"] else -days)

    def _distance(self, match: re.Match[str]) -> tuple[int, Precision]:
        """The days that a number and its unit make, and how precise the unit is."""
        count = int(match["count"]) if match["count"].isdecimal() else self.numbers[match["count"]]
        days = _number(match["unit"], self.patterns.units)
        return count * days, "day" if days == 1 else "week" if days == 7 else "month"


def _number(word: str, numbered: tuple[tuple[re.Pattern[str], int], ...]) -> int:
    """The number of the month, weekday or unit that `word` is a form of."""
    return next(number for pattern, number in numbered if pattern.fullmatch(word))
