"""What leads from a report to others: "Read also", and the headlines behind it. Their facts are none of the report."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from languages.canonical import folded
from languages.phrases import any_of

HEADLINE_CHARACTERS = 170
MARKER_CHARACTERS = 40
"""The longest headline, and what "read also" before it adds. What is longer is prose."""
MOST_HEADLINES = 10
"""Headlines behind one "read also". A bulletin without full stops is not cut to its end."""

EDGES = "-–—•·*»>|▪■► \t"
_MARKER_END = re.compile(r"(?:\s+\w+){0,2}\s*(?:[:–—>»|]|-\s|$)")
_FULL_STOP = re.compile(r"""(?<!\b\w)\.["'”“»)\]]*$|[:,]$""")
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)?")


@cache
def beginnings() -> tuple[str, ...]:
    """How lines begin that lead to other reports, as `other_articles.toml` has them."""
    text = (files("languages") / "other_articles.toml").read_text(encoding="utf-8")
    listed: list[str] = tomllib.loads(text)["beginnings"]
    return tuple(listed)


def is_marker(rest: str, line: str) -> bool:
    """Whether a line that begins with one of the `beginnings` leads to another report: `rest`, what follows it, folded,
    is nothing but a word or two, or then a colon or dash. "Related" also begins sentences."""
    return bool(_MARKER_END.match(rest)) and len(line) <= HEADLINE_CHARACTERS + MARKER_CHARACTERS


def is_headline(line: str) -> bool:
    """Whether a line behind such a marker may be the headline of another report, which no full stop ends."""
    return len(line) <= HEADLINE_CHARACTERS and not _FULL_STOP.search(line)


def without_other_articles(text: str) -> str:
    """The text with spaces in place of what leads to other reports: every other character stays where it is.

    That is each marker, and the headlines in the lines below it until a sentence follows.
    """
    kept: list[str] = []
    headlines = 0
    for whole in _LINE.findall(text):
        line = whole.strip()
        if _leads_elsewhere(line):
            headlines = MOST_HEADLINES
            kept.append(_blank(whole))
        elif line and headlines and is_headline(line):
            headlines -= 1
            kept.append(_blank(whole))
        else:
            headlines = headlines if not line else 0
            kept.append(whole)
    return "".join(kept)


def _leads_elsewhere(line: str) -> bool:
    said = folded(line)
    begins = _beginning().match(said)
    return begins is not None and is_marker(said[begins.end() :], line)


def _blank(line: str) -> str:
    return re.sub(r"[^\r\n]", " ", line)


@cache
def _beginning() -> re.Pattern[str]:
    return re.compile(rf"\W*{any_of(beginnings(), None)}")
