"""What in a text may tell one event from another: its names, initials, numbers and rare words, as keys.

A key is the same for a name in all scripts and languages of the region, and for its inflected forms: Лесковцу and
Leskovac, Hashim and Hašim. It is coarse, so that some words share one; how rare a key is says what it is worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from codebook.gazetteer import gazetteer
from languages.canonical import canonical, folded

Kind = Literal["person", "name", "town", "number", "word"]
KINDS: tuple[Kind, ...] = ("person", "name", "town", "number", "word")


class Clue(NamedTuple):
    """One word's kind and key."""

    kind: Kind
    key: str


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_INITIAL = r"(?:D[žz]|G[jJ]|L[jJ]|N[jJ]|S[hH]|X[hH]|Z[hH]|T[hH]|D[hH]|[^\W\d_a-z])"
_INITIALS = re.compile(rf"(?<!\w)({_INITIAL})\.\s?-?({_INITIAL})\.(?!\w)")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,: ]\d+)*(?!\w)")
_THOUSANDS = re.compile(r"(?<=\d)[. ,](?=\d{3}(?!\d))")

_SOUNDS = (
    ("dzh", "dz"), ("xh", "dz"), ("gj", "dj"), ("sh", "s"), ("zh", "z"), ("th", "t"), ("dh", "d"), ("ch", "c"),
    ("kj", "c"), ("ck", "c"), ("ts", "c"), ("ph", "f"), ("dj", "d"), ("nj", "n"), ("lj", "l"), ("dz", "d"),
    ("q", "c"), ("x", "z"), ("w", "v"), ("y", "i"), ("j", "i"), ("ie", "e"), ("ia", "a"), ("h", ""),
)  # fmt: skip
"""What the languages of the region write differently for one sound, in turn."""
TOWN = 10_000
"""Inhabitants from which a municipality's name is a town's."""
_VOWELS = re.compile("[aeiou]")
_LETTERS_OF_NAME, _FEW, _LETTERS_OF_WORD, _SHORTEST_WORD = 4, 3, 6, 5


def clues(text: str, lang: str | None = None) -> Iterator[Clue]:
    """The clues of a text in the reading language `lang`, as they stand there; some come twice."""
    latin = canonical(text, lang).text
    for match in _INITIALS.finditer(latin):
        yield Clue("person", initials_key(match[1], match[2]))
    for match in _NUMBER.finditer(latin):
        yield Clue("number", number_key(match[0]))
    before = ""
    for match in _WORD.finditer(latin):
        word = match[0]
        if len(word) > 1 and word[0].isupper():
            key = name_key(word)
            yield Clue("town" if key in _towns() else "name", key)
            if before:
                yield Clue("person", initials_key(before, word))
            before = word if latin[match.end() : match.end() + 1] == " " else ""
        else:
            before = ""
            if len(word) >= _SHORTEST_WORD:
                yield Clue("word", word_key(word))


@cache
def _towns() -> frozenset[str]:
    """The keys of the larger municipalities' names: they tell less than a village's, for the place is a fact itself."""
    municipalities = (place for place in gazetteer().places() if place.kind == "municipality")
    large = (place for place in municipalities if (place.population or 0) >= TOWN)
    return frozenset(
        name_key(word)
        for place in large
        for name in place.names
        for word in _WORD.findall(canonical(name).text)
        if len(word) > 2
    )


def name_key(name: str) -> str:
    """What stays of a name when it is inflected or written in another language: the first consonants as they sound,
    after the first letter; of a name with few consonants all but the last vowels."""
    sound = re.sub(r"(.)\1+", r"\1", sounding(name))
    consonants = sound[:1] + _VOWELS.sub("", sound[1:])
    return consonants[:_LETTERS_OF_NAME] if len(consonants) >= _FEW else sound.rstrip("aeiou") or sound


def initials_key(first: str, last: str) -> str:
    """Two initials as they sound, whichever stands first."""
    return "".join(sorted(sounding(word)[:1] or word[:1].lower() for word in (first, last)))


def number_key(number: str) -> str:
    """The digits without separators of thousands; hours and minutes alike in all spellings."""
    plain = _THOUSANDS.sub("", number)
    return re.sub(r"[,: ]", ".", plain)


def word_key(word: str) -> str:
    """The beginning of a word, which its endings leave as it is."""
    return folded(word)[:_LETTERS_OF_WORD]


def sounding(name: str) -> str:
    """A name in small letters, spelled alike whatever the language."""
    sound = re.sub("[^a-z]", "", folded(name))
    for written, meant in _SOUNDS:
        sound = sound.replace(written, meant)
    return sound
