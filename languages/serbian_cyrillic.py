"""Gaj's Latin alphabet in Cyrillic: the way back from what `languages.canonical` does, for text in either case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from languages.packs import packs


def in_serbian_cyrillic(text: str) -> str:
    """`text` in Cyrillic letters, digraphs first; letters that Gaj's alphabet lacks (q, w, x, y) stay."""
    return _letters().sub(lambda found: _cyrillic(found[0]), text)


def _cyrillic(letter: str) -> str:
    cyrillic = _by_latin().get(letter.lower())
    if cyrillic is None:  # the dotless i and the long s match i and s regardless of case
        return letter
    return cyrillic.upper() if letter[0].isupper() else cyrillic


@cache
def _letters() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_by_latin(), key=len, reverse=True)), re.IGNORECASE)


@cache
def _by_latin() -> Mapping[str, str]:
    return {latin: cyrillic for cyrillic, latin in packs()["hbs"].letters.items()}
