"""How much two texts have in common, whatever script they are in, and whether a new wording says anything new.

Texts are compared by their phrases of three words. Texts with most phrases in common share at least one of a few
numbers (`bands`), so that a database finds them by an index: a min-hash of one permutation.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import zlib
from collections import Counter
from functools import cache
from importlib.resources import files

from languages.canonical import canonical, folded

WORD = re.compile(r"\w+")

SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")

PHRASE_WORDS = 3

MOST_WORDS = 3000
"""Of a text that are compared: twenty pages."""

BINS, BAND_BINS = 48, 3
"""Two texts that share a part p of their phrases have one of 16 bands in common with a chance of 1 - (1 - p³)^16:
.87 at a half, over .99 at two thirds, .02 at a tenth."""

NEAR = 0.6
"""Share of the shorter text's phrases from which on one is called a near copy: a wire copy with its head rewritten has
more, two reports of one event that were written apart have less than a fifth."""

LEAST_PHRASES = 12
"""A text with fewer is too short to be called a copy."""

SAME = 0.8
"""Share of phrases from which on two texts may be one report; names and numbers decide."""

RELATED, RELATED_TITLE = 0.3, 0.5
"""Shares of phrases and of title words from which on a page may be a later version of another."""

TICKER_LINE_WORDS = 8
"""A line of the ticker has no more."""

LONGEST_WORDS = 12
"""Characters of a word, with what parts it from the next, that the beginning of a text is measured by: more than any
text's average."""


def words(text: str) -> list[str]:
    """The words of a text in one script, without case and diacritics."""
    return WORD.findall(folded(text[: MOST_WORDS * LONGEST_WORDS]))[:MOST_WORDS]


def title_key(title: str) -> str:
    """The same for one title in either script and however it is punctuated."""
    return hashlib.sha256(" ".join(words(title)).encode()).hexdigest()[:20]


def phrases(text: str) -> frozenset[str]:
    """The phrases of a text."""
    told = [word for line in wording(text[: MOST_WORDS * LONGEST_WORDS]) for word in line][:MOST_WORDS]
    return frozenset(" ".join(told[at : at + PHRASE_WORDS]) for at in range(max(1, len(told) - PHRASE_WORDS + 1)))


def bands(text: str) -> tuple[int, ...]:
    """Numbers by which near copies of a text are found; none for a text too short to be one."""
    found = phrases(text)
    if len(found) < LEAST_PHRASES:
        return ()
    least: list[int | None] = [None] * BINS
    for phrase in found:
        value = int.from_bytes(hashlib.blake2b(phrase.encode(), digest_size=8).digest())
        at, rest = value % BINS, value // BINS
        held = least[at]
        least[at] = rest if held is None else min(held, rest)
    filled = [_next_filled(least, at) for at in range(BINS)]
    return tuple(_band(filled, first) for first in range(0, BINS, BAND_BINS))


def _next_filled(least: list[int | None], at: int) -> int:
    """The value of a bin, or for an empty one that of the next that is not."""
    for step in range(BINS):
        value = least[(at + step) % BINS]
        if value is not None:
            return value + step
    return 0


def _band(filled: list[int], first: int) -> int:
    row = f"{first}:{filled[first : first + BAND_BINS]}".encode()
    return zlib.crc32(row) << 8 | first


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the shorter text's phrases that stand in both."""
    return len(one & other) / max(1, min(len(one), len(other)))


def is_same_report(one: str, other: str) -> bool:
    """Whether one text is the other, or the other with more in it: no name and no number of the shorter is missing
    from the longer. Two bulletins made after one pattern are not: their names and numbers differ."""
    if wording(one) == wording(other):
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(phrases(shorter)) < LEAST_PHRASES or likeness(phrases(shorter), phrases(longer)) < SAME:
        return False
    return not _names_and_numbers(shorter) - _names_and_numbers(longer)


def _names_and_numbers(text: str) -> Counter[str]:
    told = " ".join(line for line in text.splitlines() if not _is_ticker(words(line)))
    found = (word for word in WORD.findall(canonical(told).text) if word[0].isupper() or word[0].isdigit())
    return Counter(folded(word) for word in found)


def keeps_all(before: str, now: str) -> bool:
    """Whether everything that one wording says still stands in another: each of its sentences as it was, or in a
    sentence with most of its phrases and every one of its names and numbers."""
    held = f" {' '.join(map(' '.join, wording(now)))} "
    sentences: list[str] | None = None
    for sentence in _sentences(before):
        told = words(sentence)
        if _is_ticker(told) or f" {' '.join(told)} " in held:
            continue
        sentences = _sentences(now) if sentences is None else sentences
        if not any(_is_in(sentence, other) for other in sentences):
            return False
    return True


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in SENTENCE_END.split(text) if WORD.search(sentence)]


def _is_in(sentence: str, other: str) -> bool:
    told = phrases(sentence)
    if len(told & phrases(other)) < SAME * len(told):
        return False
    return not _names_and_numbers(sentence) - _names_and_numbers(other)


def is_related(title: str, text: str, other_title: str, other_text: str) -> bool:
    """Whether a page may be a later version of another: its title or its text is much the same."""
    one, other = set(words(title)), set(words(other_title))
    if len(one & other) >= RELATED_TITLE * max(1, min(len(one), len(other))):
        return True
    return likeness(phrases(text), phrases(other_text)) >= RELATED


def wording(text: str) -> list[list[str]]:
    """The words of each line that is not empty and no ticker."""
    lines = (words(line) for line in text.splitlines())
    return [line for line in lines if line and not _is_ticker(line)]


def changed_lines(one: str, other: str) -> list[list[str]]:
    """The lines that stand in one text alone; none when both say the same in other spacing, punctuation or script."""
    before, now = wording(one), wording(other)
    if [word for line in before for word in line] == [word for line in now for word in line]:
        return []
    old, new = Counter(map(tuple, before)), Counter(map(tuple, now))
    only = [list(line) for line in ((old - new) + (new - old))]
    return only or before + now  # the same lines in another order


def _is_ticker(line: list[str]) -> bool:
    return (
        len(line) <= TICKER_LINE_WORDS
        and any(word.isdigit() for word in line)
        and all(word.isdigit() or word in _ticker_words() for word in line)
    )


@cache
def _ticker_words() -> frozenset[str]:
    text = (files("crawlers.identity") / "likeness.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)["ticker_words"])
