"""Words between persons."""

from __future__ import annotations

from functools import cache

from languages.canonical import folded
from languages.packs import pack


def begins_another(key: str, lang: str) -> bool:
    """Whether another person begins behind a search key: "and", "with". `KeyError` for a language without a pack."""
    return key in _another(lang)


@cache
def _another(lang: str) -> frozenset[str]:
    return frozenset(folded(word, lang) for word in pack(lang).persons.another)
