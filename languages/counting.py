"""The words around a number that tell how it counts: "12 pieces", "three boxes of fifty", "for a rifle"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from languages.canonical import folded
from languages.packs import pack

Phrases = frozenset[tuple[str, ...]]


def are_pieces(following: Sequence[str], lang: str) -> bool:
    """Whether the search keys behind a number begin with a word for pieces. `KeyError` for a language without a
    pack, here and below."""
    return _begins(following, _phrases(pack(lang).numbers.pieces, lang))


def are_each(following: Sequence[str], lang: str) -> bool:
    """Whether the search keys behind a number, or behind what it counts, say that each of several holds so many."""
    return _begins(following, _phrases(pack(lang).numbers.each_after, lang))


def say_each(preceding: Sequence[str], lang: str) -> bool:
    """Whether the search keys before a number say that each of several holds so many."""
    phrases = _phrases(pack(lang).numbers.each_before, lang)
    return any(tuple(preceding[-length:]) in phrases for length in range(1, len(preceding) + 1))


def says_what_for(word: str, lang: str) -> bool:
    """Whether a search key is a word between pieces and the thing they are for, or of whose type or make they are."""
    return (word,) in _phrases(pack(lang).numbers.what_for, lang)


def joins(word: str, lang: str) -> bool:
    """Whether a search key is a word that joins one thing to another or likens it ("and", "or", "as")."""
    return (word,) in _phrases(pack(lang).numbers.joining, lang)


def _begins(words: Sequence[str], phrases: Phrases) -> bool:
    return any(tuple(words[:length]) in phrases for length in range(1, len(words) + 1))


@cache
def _phrases(written: tuple[str, ...], lang: str) -> Phrases:
    return frozenset(tuple(folded(word, lang) for word in phrase.split()) for phrase in written)
