"""How old persons are said to be: the words around a number of years or a year of birth, and ages in one word
("dvadesetdvogodišnjak", "осумгодишна", "tridhjetëepesëvjeçar")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import takewhile
from typing import NamedTuple

from languages.canonical import folded
from languages.packs import pack
from languages.packs.data import Phrases
from languages.packs.persons import AgeWords
from languages.phrases import any_of, keys_of


class AgeWord(NamedTuple):
    """An age in years, the sex the word's form tells (`unreported` where it fits both), and whether the word is a
    person by itself; otherwise it may also be the years of a thing (`lasts_for_years`)."""

    age: int
    sex: str
    person: bool


def age_in(key: str, lang: str) -> AgeWord | None:
    """What a word in its search key (`languages.canonical.folded`) tells, or null where it is no age; `KeyError`
    for a language without a pack, here and below."""
    for ending, sex, person in _endings(lang):
        if key.endswith(ending) and (age := _stems(lang).get(key.removesuffix(ending))):
            return AgeWord(age, sex, person)
    return None


def lasts_for_years(key: str, lang: str) -> bool:
    """Whether a word in its search key is a thing that lasts for years, such as a sentence or a contract."""
    return key.startswith(_all_folded(pack(lang).persons.ages.things, lang))


def years_follow(following: Sequence[str], lang: str) -> bool:
    """Whether the search keys behind a number begin with words for years of age: "29 vjeç", "29-godišnji"; not for
    years in prison."""
    words = [key for key in following if key != "-"]
    found = _pattern(pack(lang).persons.ages.after, lang).match(" ".join(words))
    if found is None:
        return False
    said = takewhile(str.isalpha, words[len(found[0].split()) :][:_NEAR])
    return not any(key.startswith(_all_folded(pack(lang).persons.ages.not_lived, lang)) for key in said)


_NEAR = 2
"""Words behind the word for years in which it is told whose they are ("years in prison")."""


def announcing_years(preceding: Sequence[str], lang: str) -> int:
    """With how many words for an age the search keys before a number end: "aged 29", "i moshës 29"."""
    return _words_at_end(pack(lang).persons.ages.before, preceding, lang)


def are_about(preceding: Sequence[str], lang: str) -> bool:
    """Whether the search keys before a number of years say that it is not exact: "about thirty"."""
    return _words_at_end(pack(lang).persons.ages.about, preceding, lang) > 0


def are_between(preceding: Sequence[str], lang: str) -> bool:
    """Whether the search keys before two numbers of years say that neither is exact: "between 20 and 30"."""
    return _words_at_end(pack(lang).persons.ages.between, preceding, lang) > 0


def announcing_bare(preceding: Sequence[str], lang: str) -> int:
    """With how many words for an age without a word for years the search keys before a number end: "he is 23"."""
    return _words_at_end(pack(lang).persons.ages.bare_said, preceding, lang)


def announcing_one(preceding: Sequence[str], lang: str) -> int:
    """With how many words for one of two the search keys before a number end: "one of 20"."""
    return _words_at_end(pack(lang).persons.ages.bare_one, preceding, lang)


def announcing_other(preceding: Sequence[str], lang: str) -> int:
    """With how many words for the other of two the search keys before a number end: "the other of 25"."""
    return _words_at_end(pack(lang).persons.ages.bare_other, preceding, lang)


def goes_on(key: str, lang: str) -> bool:
    """Whether a search key may follow an age without a word for years, being nothing a number counts: "a man of 67
    who"."""
    return key in keys_of(pack(lang).persons.ages.bare_after, lang)


def has_number(key: str, lang: str) -> bool:
    """Whether a search key is a thing with a number of its own: a street, a bus line, a calibre."""
    return _pattern(pack(lang).persons.ages.bare_not, lang).match(key) is not None


def are_counting(preceding: Sequence[str], lang: str) -> bool:
    """Whether the search keys before "of" and a number end with what so many belong to, or what comes to so much: "a
    group of 20", "a fine of 30"."""
    return _words_at_end(pack(lang).persons.ages.bare_counting, preceding, lang) > 0


def ends_as_a_trade(key: str, lang: str) -> bool:
    """Whether a search key ends as words for persons by what they do: "miner", "brutar"."""
    return key.endswith(_all_folded(pack(lang).persons.ages.bare_agents, lang))


def may_precede_years(key: str, lang: str) -> bool:
    """Whether a search key stands before ages of which another one is said in full: "a man of 67"."""
    return key in keys_of(pack(lang).persons.ages.bare_before, lang)


def announcing_birth(preceding: Sequence[str], lang: str) -> int:
    """With how many words for a birth the search keys before a year end: "born in 1985"."""
    return _words_at_end(pack(lang).persons.ages.born_before, preceding, lang)


def birth_follows(following: Sequence[str], lang: str) -> bool:
    """Whether the search keys behind a year say that somebody was born in it: "1985 г. р."."""
    return _pattern(pack(lang).persons.ages.born_after, lang).match(_joined(following)) is not None


def _words_at_end(phrases: Phrases, words: Sequence[str], lang: str) -> int:
    found = _pattern(phrases, lang, "$").search(_joined(words))
    return len(found[0].split()) if found else 0


def _joined(keys: Sequence[str]) -> str:
    """The words among some tokens: "1985. g. r." is taken as it is spoken."""
    return " ".join(key for key in keys if key not in _MARKS)


_MARKS = frozenset(".-–")


@cache
def _pattern(phrases: Phrases, lang: str, end: str = "") -> re.Pattern[str]:
    return re.compile(any_of(phrases, lang) + end)


@cache
def _all_folded(words: tuple[str, ...], lang: str) -> tuple[str, ...]:
    return tuple(folded(word, lang) for word in words)


@cache
def _endings(lang: str) -> tuple[tuple[str, str, bool], ...]:
    words = pack(lang).persons.ages
    kinds = ((words.nouns, True), (words.adjectives, False))
    return tuple(
        (folded(ending, lang), sex, person)
        for by_sex, person in kinds
        for sex, endings in by_sex.items()
        for ending in endings
    )


@cache
def _stems(lang: str) -> Mapping[str, int]:
    return {folded(stem, lang): age for stem, age in _spelled(pack(lang).persons.ages)}


def _spelled(words: AgeWords) -> Iterator[tuple[str, int]]:
    for age, stems in words.stems.items():
        yield from ((stem, age) for stem in stems)
    for tens, before in words.tens.items():
        for unit in range(1, 10):
            yield from ((first + stem, tens + unit) for first in before for stem in words.stems[unit])
