"""The time of day that is told beside a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from languages.date_patterns import DatePatterns
from languages.packs.schema import TimeOfDay

_PARTS_OF_DAY: tuple[TimeOfDay, ...] = ("night", "morning", "afternoon", "evening")
"""Of six hours each."""

_BESIDE_BEFORE, _BESIDE_AFTER = 45, 60
"""Characters before and after an expression in which a time of day belongs to it, within the sentence."""
_NEXT_CLOCK, _NEXT_WORDS = 450, 200
"""Characters after a night in which the next clock, or words like "after midnight", are taken to be of that night."""
_TOGETHER = 20
"""Characters that may part an hour from the words that put it after noon for both to be its words."""
_SENTENCE_END = re.compile(r"[.!?…]\s+(?!\d)|\n")


@dataclass(frozen=True, slots=True)
class Told:
    """A part of the day and the characters of the folded text that tell it."""

    part: TimeOfDay
    start: int
    end: int


class Clock:
    """Tells the time of day beside an expression in one folded text."""

    def __init__(self, text: str, patterns: DatePatterns, numbers: Mapping[str, int]) -> None:
        self._text, self._patterns, self._numbers = text, patterns, numbers

    def is_after_midnight(self, start: int, end: int) -> bool:
        """Whether the night named from `start` to `end` is told to be past midnight, by a time beside it or by
        the next clock or words after it."""
        beside, _ = self._beside(start, end)
        told = self._hour(beside)
        if told is None and self._patterns.after_midnight.search(beside):
            return True
        if told is None:
            told = self._first_hour(self._text[end : end + _NEXT_CLOCK], self._patterns.clocks)
        if told is None:
            return self._patterns.after_midnight.search(self._text, end, end + _NEXT_WORDS) is not None
        return told[0] < 6

    def time_of_day(self, start: int, end: int) -> Told | None:
        """The part of the day that the words around tell, and where."""
        beside, before = self._beside(start, end)

        def in_text(span: tuple[int, int]) -> tuple[int, int]:
            first, last = (at - before + (start if at <= before else end - 1) for at in span)
            return first, last

        told = self._hour(beside)
        if told is not None:
            hour, span = told
            return Told(_PARTS_OF_DAY[hour // 6], *in_text(span))
        for pattern, part in self._patterns.times_of_day:
            if (words := pattern.search(beside)) is not None:
                return Told(part, *in_text(words.span()))
        return None

    def _beside(self, start: int, end: int) -> tuple[str, int]:
        """The words around that belong to it: the same sentence, not far; and how many characters of them stand before.
        Its own words tell no hour ("two days ago"); a bar stands for them."""
        before = _SENTENCE_END.split(self._text[max(start - _BESIDE_BEFORE, 0) : start])[-1]
        return before + "|" + _SENTENCE_END.split(self._text[end : end + _BESIDE_AFTER])[0], len(before)

    def _hour(self, beside: str) -> tuple[int, tuple[int, int]] | None:
        """The hour told in `beside`, and the characters that tell it; what looks most like a clock first."""
        return self._first_hour(beside, (*self._patterns.clocks, *self._patterns.hours))

    def _first_hour(self, beside: str, patterns: Iterable[re.Pattern[str]]) -> tuple[int, tuple[int, int]] | None:
        for match in (match for pattern in patterns for match in pattern.finditer(beside)):
            first, last = match.span()
            hour = int(match["hour"]) if match["hour"].isdecimal() else self._numbers[match["hour"]]
            if match.groupdict().get("half"):
                hour -= 1
            later = list(self._patterns.not_after_midnight.finditer(beside)) if hour < 12 else []
            if later:
                hour += 12
                nearest = min(later, key=lambda one: max(one.start() - match.end(), match.start() - one.end()))
                if max(nearest.start() - last, first - nearest.end()) <= _TOGETHER:
                    first, last = min(first, nearest.start()), max(last, nearest.end())
            if 0 <= hour <= 24:
                return hour % 24, (first, last)
        return None
