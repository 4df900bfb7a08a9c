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


def is_article(word: str, lang: str) -> bool:
    """Whether a search key stands before one thing and is no number: "*a* rifle"."""
    return (word,) in _phrases(pack(lang).numbers.articles, lang)


def are_each(following: Sequence[str], lang: str) -> bool:
    """Whether the search keys behind a number, or behind what it counts, say that each of several holds so many."""
    return _begins(following, _phrases(pack(lang).numbers.each_after, lang))


def say_each(preceding: Sequence[str], lang: str) -> bool:
    """Whether the search keys before a number say that each of several holds so many."""
    return _ends(preceding, _phrases(pack(lang).numbers.each_before, lang))


def says_what_for(word: str, lang: str) -> bool:
    """Whether a search key is a word between pieces and the thing they are for, or of whose type or make they are."""
    return (word,) in _phrases(pack(lang).numbers.what_for, lang)


def joins(word: str, lang: str) -> bool:
    """Whether a search key is a word that joins one thing to another or likens it ("and", "or", "as")."""
    return (word,) in _phrases(pack(lang).numbers.joining, lang)


def measures(following: Sequence[str], lang: str) -> bool:
    """Whether the search keys behind a number begin with a unit: it measures and counts nothing."""
    return _begins(following, _phrases(pack(lang).numbers.units, lang))


def about(word: str, lang: str) -> int | None:
    """The number that one word for about so many stands for ("desetak", about ten); None for any other word."""
    return _about(lang).get(word)


def say_several(preceding: Sequence[str], lang: str) -> bool:
    """Whether the search keys right before a thing end with a word for several that nobody counted."""
    return _ends(preceding, _phrases(pack(lang).numbers.uncounted, lang))


def are_more(following: Sequence[str], lang: str) -> bool:
    """Whether the search keys behind a number say that it counts further things ("two *others*")."""
    return _begins(following, _phrases(pack(lang).numbers.more_after, lang))


def say_more(word: str, lang: str) -> bool:
    """Whether the search key before a number says that it counts further things ("*another* 46")."""
    return (word,) in _phrases(pack(lang).numbers.more_before, lang)


def tell_of_parts(words: Sequence[str], lang: str) -> bool:
    """Whether among some search keys are words that divide what was told ("*of them* 40")."""
    phrases = _phrases(pack(lang).numbers.parts, lang)
    return any(_begins(words[at:], phrases) for at in range(len(words)))


def names_a_part(word: str, lang: str) -> bool:
    """Whether a search key is a word for a part of a weapon ("five *barrels* of rifles")."""
    return (word,) in _phrases(pack(lang).numbers.weapon_parts, lang)


def say_spare(word: str, lang: str) -> bool:
    """Whether a search key says that what follows is a part to be changed ("six *spare* barrels")."""
    return (word,) in _phrases(pack(lang).numbers.spare, lang)


def names_a_kind(word: str, lang: str) -> bool:
    """Whether a search key may stand for weapons counted beside others ("two *automatic* and three hunting rifles")."""
    return (word,) in _phrases(pack(lang).numbers.weapon_kinds, lang)


def counts_persons(word: str, lang: str) -> bool:
    """Whether a number word, as a search key, counts persons alone ("trojica")."""
    return word.endswith(_endings(lang))


def announces(word: str, lang: str) -> bool:
    """Whether a search key announces the number of what was named before ("rounds, *exactly* 412")."""
    return (word,) in _phrases(pack(lang).numbers.announcing, lang)


def leads_to_a_place(word: str, lang: str) -> bool:
    """Whether a search key is a word before a place ("36 *in* a bag")."""
    return (word,) in _phrases(pack(lang).numbers.places_follow, lang)


def _begins(words: Sequence[str], phrases: Phrases) -> bool:
    return any(tuple(words[:length]) in phrases for length in range(1, len(words) + 1))


def _ends(words: Sequence[str], phrases: Phrases) -> bool:
    return any(tuple(words[-length:]) in phrases for length in range(1, len(words) + 1))


@cache
def _endings(lang: str) -> tuple[str, ...]:
    return tuple(folded(ending, lang) for ending in pack(lang).numbers.of_persons)


@cache
def _about(lang: str) -> dict[str, int]:
    return {folded(word, lang): value for value, words in pack(lang).numbers.about.items() for word in words}


@cache
def _phrases(written: tuple[str, ...], lang: str) -> Phrases:
    return frozenset(tuple(folded(word, lang) for word in phrase.split()) for phrase in written)
