"""The words by which a page shows what is no article: `wording.toml`, and the beginnings of what leads to others.
Comparing without case and diacritics."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from languages.other_articles import beginnings

LAST_DIACRITIC = 0x1F000
"""No character behind combines with another."""

SPACES = re.compile(r"\s+")


def folded(text: str) -> str:
    """The text for comparing: lower case, no diacritics, single spaces."""
    bare = text.casefold()
    if not bare.isascii():
        bare = unicodedata.normalize("NFKD", bare).translate(_diacritics())
    return SPACES.sub(" ", bare.replace("’", "'")).strip()


@cache
def _diacritics() -> dict[int, None]:
    """For `str.translate`: what combines with the letter before it."""
    return {number: None for number in range(0x300, LAST_DIACRITIC) if unicodedata.combining(chr(number))}


@cache
def phrases(name: str) -> frozenset[str]:
    """A list of `wording.toml`, folded."""
    return frozenset(map(folded, _lists()[name]))


@cache
def beginning_with(name: str) -> re.Pattern[str]:
    """Matches a folded text that begins with a phrase of the list, as a whole word."""
    return re.compile(rf"(?:{_alternatives(name)})(?!\w)")


@cache
def containing(name: str) -> re.Pattern[str]:
    """Finds a phrase of the list in a folded text, at the beginning of a word."""
    return re.compile(rf"(?<!\w)(?:{_alternatives(name)})")


def _alternatives(name: str) -> str:
    longest_first = sorted(phrases(name), key=lambda phrase: (-len(phrase), phrase))
    return "|".join(map(re.escape, longest_first))


@cache
def _lists() -> dict[str, list[str]]:
    text = (files("crawlers.extraction") / "wording.toml").read_text(encoding="utf-8")
    lists: dict[str, list[str]] = tomllib.loads(text)
    return lists | {"other_articles": list(beginnings())}
