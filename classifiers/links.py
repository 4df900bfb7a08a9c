"""The links of a page around a report: "Read also", then titles of others. What they tell, the report does not."""

from __future__ import annotations

import re
import tomllib
from functools import cache

from classifiers.lexicon import PACKS
from languages.canonical import folded

LONGEST_TITLE = 160
"""Characters after which a line is no title any more: the corpus has none of more than 140."""

_LINE = re.compile(r"[^\n]*\n?")
_PARAGRAPH = re.compile(r"[.!?…][\"'”“»’)]*\s*$")
_COLON = re.compile(r"\s*[:»>|]")
_BULLETS = " \t*•·►▶>»-–—|#"
_WORD = re.compile(r"\w")


def without_links(text: str) -> str:
    """The text with spaces in place of the lines that lead to other reports, so that every character stays where it is.

    A line is one when it begins as `packs/links.toml` has it and goes on as a title or after a colon; where it does not
    go on, so are the titles in the lines below it, to the first that ends as a sentence does.
    """
    kept: list[str] = []
    titles_follow = False
    for line in _LINE.findall(text):
        said = folded(line.lstrip(_BULLETS))
        begins = _links().match(said)
        leads = begins is not None and (_COLON.match(said, begins.end()) is not None or _is_title(line))
        if begins and leads:
            titles_follow = not _WORD.search(said, begins.end())
        elif _WORD.search(line):
            titles_follow = titles_follow and _is_title(line)
        kept.append(_blank(line) if leads or titles_follow else line)
    return "".join(kept)


def _is_title(line: str) -> bool:
    return len(line) <= LONGEST_TITLE and not _PARAGRAPH.search(line)


def _blank(line: str) -> str:
    return re.sub(r"[^\n]", " ", line)


@cache
def _links() -> re.Pattern[str]:
    data = tomllib.loads((PACKS / "links.toml").read_text(encoding="utf-8"))
    written = sorted((folded(begin) for begins in data.values() for begin in begins), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, written))})(?!\w)")
