"""Ages that are written in one word: "dvadesetdvogodišnjak", "осумгодишна", "tridhjetëepesëvjeçar"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from languages.canonical import folded
from languages.packs import pack
from languages.packs.schema import AgeWords


class AgeWord(NamedTuple):
    """An age in years, the sex the word's form tells (`unreported` where it fits both), and whether the word is a
    person by itself; otherwise it may also be the years of a thing (`lasts_for_years`)."""

    age: int
    sex: str
    person: bool


def age_in(key: str, lang: str) -> AgeWord | None:
    """What a word in its search key (`languages.canonical.folded`) tells, or null where it is no age; `KeyError`
    for a language without a pack."""
    for ending, sex, person in _endings(lang):
        if key.endswith(ending) and (age := _stems(lang).get(key.removesuffix(ending))):
            return AgeWord(age, sex, person)
    return None


def lasts_for_years(key: str, lang: str) -> bool:
    """Whether a word in its search key is a thing that lasts for years, such as a sentence or a contract."""
    return key.startswith(_things(lang))


@cache
def _things(lang: str) -> tuple[str, ...]:
    return tuple(folded(thing, lang) for thing in pack(lang).numbers.ages.things)


@cache
def _endings(lang: str) -> tuple[tuple[str, str, bool], ...]:
    words = pack(lang).numbers.ages
    kinds = ((words.nouns, True), (words.adjectives, False))
    return tuple(
        (folded(ending, lang), sex, person)
        for by_sex, person in kinds
        for sex, endings in by_sex.items()
        for ending in endings
    )


@cache
def _stems(lang: str) -> Mapping[str, int]:
    return {folded(stem, lang): age for stem, age in _spelled(pack(lang).numbers.ages)}


def _spelled(words: AgeWords) -> Iterator[tuple[str, int]]:
    for age, stems in words.stems.items():
        yield from ((stem, age) for stem in stems)
    for tens, before in words.tens.items():
        for unit in range(1, 10):
            yield from ((first + stem, tens + unit) for first in before for stem in words.stems[unit])
