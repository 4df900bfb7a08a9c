"""Words between persons."""

from __future__ import annotations

from languages.packs import pack
from languages.phrases import keys_of


def begins_another(key: str, lang: str) -> bool:
    """Whether another person begins behind a search key: "and", "with". `KeyError` for a language without a pack."""
    return key in keys_of(pack(lang).persons.another, lang)
