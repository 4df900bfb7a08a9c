"""Quotations found in an article: the same words whatever their spaces, quotation marks and Unicode composition.

Offsets are those of the original. A quotation begins and ends between characters as people see them: never between a
letter and its accent.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from codebook.records import Article, Evidence

_QUOTATION_MARKS = frozenset("\"'`´„“”‟‘’‚‛«»‹›〝〞＂＇′″")
_DASHES = frozenset("-‐‑‒–—―−﹘﹣－")

SHORTEST_STEM = 4
"""Letters from which a quotation may end within a word, as a stem does; "ona" (she) stands within many a word."""

MOST_PLACES = 200
"""Places of one quotation that are compared: a word does not stand more often in a report."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a quotation stands. `position` orders the places of title and text: the title lies before 0."""

    part: Literal["title", "text"]
    start: int
    end: int
    position: int

    def evidence(self, of: str) -> Evidence:
        """The evidence for a dotted field."""
        return Evidence(field=of, part=self.part, start=self.start, end=self.end)


@dataclass(slots=True)
class _Plain:
    """A text as it is compared: for each character the span of the original it stands for, and whether it is the first
    and the last that stands for it."""

    text: str = ""
    spans: list[tuple[int, int]] = field(default_factory=list)

    def begins(self, at: int) -> bool:
        return at == 0 or self.spans[at - 1] != self.spans[at]

    def ends(self, at: int) -> bool:
        return at == len(self.spans) or self.spans[at - 1] != self.spans[at]

    def parts_word(self, at: int) -> bool:
        """Whether position `at`, which is not between a letter and its accent, lies within a word."""
        before = at - 1
        while before > 0 and unicodedata.combining(self.text[before]):
            before -= 1
        return 0 < at < len(self.text) and self.text[before].isalnum() and self.text[at].isalnum()


def plain(text: str) -> str:
    """`text` as it is compared."""
    return _plain(text).text.strip()


def _plain(text: str) -> _Plain:
    made = _Plain()
    letters: list[str] = []
    for start, end in _characters(text):
        for letter in unicodedata.normalize("NFKD", text[start:end]):
            kept = _compared(letter)
            if kept == " " and letters and letters[-1] == " ":
                continue
            if kept:
                letters.append(kept)
                made.spans.append((start, end))
    made.text = "".join(letters)
    return made


def _characters(text: str) -> Iterator[tuple[int, int]]:
    """The spans of a letter with its combining marks."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not unicodedata.combining(text[at]):
            yield start, at
            start = at


def _compared(letter: str) -> str:
    if letter in _QUOTATION_MARKS or unicodedata.category(letter) == "Cf":  # soft hyphens, zero-width, direction marks
        return ""
    if letter.isspace():
        return " "
    return "-" if letter in _DASHES else letter


class Words:
    """The words of an article, to find quotations in."""

    def __init__(self, article: Article) -> None:
        self._title_length = len(article.title)
        self._parts: dict[Literal["title", "text"], _Plain] = {
            "text": _plain(article.text),
            "title": _plain(article.title),
        }

    def find(self, quote: str, near: int | None = None) -> Found | None:
        """Where `quote` stands: as whole words rather than with a stem at its end, nearest to position `near` (else in
        the text before the title, the first of them). None when it does not stand there, or says nothing."""
        needle = plain(quote)
        letters = sum(letter.isalnum() for letter in needle)
        if not letters:
            return None
        best: tuple[tuple[bool, int, int], Found] | None = None
        for part, text in self._parts.items():
            for start, end in _places(text, needle):
                whole = not text.parts_word(end)
                if text.parts_word(start) or not (whole or letters >= SHORTEST_STEM):
                    continue
                found = self._found(part, text, start, end)
                order = (part == "title", found.start) if near is None else (False, abs(found.position - near))
                key = (not whole, int(order[0]), order[1])
                if best is None or key < best[0]:
                    best = key, found
        return best[1] if best else None

    def _found(self, part: Literal["title", "text"], text: _Plain, start: int, end: int) -> Found:
        first, last = text.spans[start][0], text.spans[end - 1][1]
        return Found(part, first, last, first - self._title_length if part == "title" else first)


def _places(text: _Plain, needle: str) -> Iterator[tuple[int, int]]:
    start = text.text.find(needle)
    for _ in range(MOST_PLACES):
        if start < 0:
            return
        end = start + len(needle)
        if text.begins(start) and text.ends(end):
            yield start, end
        start = text.text.find(needle, start + 1)
