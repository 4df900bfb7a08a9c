"""Every name of every place in every form, found by its first word.

Forms are computed when a word first asks for them: names are kept in cells by their first two letters, which
no inflection of the region's languages changes, and a cell is inflected once for a language. Each word of a name
keeps its own forms, so that a name of three words costs as much as three names of one. So the gazetteer loads at
once, and reading warms it within some hundred articles.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from codebook.gazetteer.places import Place
from languages.canonical import INVISIBLE, canonical, folded
from languages.home import home_languages
from languages.inflection import (
    adjective_forms,
    has_irregular_adjective,
    inhabitant_forms,
    inhabitants_forms,
    word_forms,
)
from languages.packs import packs

INSIDE_WORD = f"{INVISIBLE}\u0300-\u036f"
"""Soft hyphens, zero-width characters and combining marks, which may stand within a word."""
WORD = rf"[^\W\d_](?:[^\W\d_]|[{INSIDE_WORD}])*"

Ambiguous = Mapping[str, frozenset[str]]
"""Folded names that are ordinary words or personal names as well, with the reading languages in which they are; none
named: in all."""

_WORDS = re.compile(WORD)
_STEM_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one place in the forms of a language.

    Attributes:
        base: its words as they stand, folded.
        tail: for each word after the first, its forms, folded.
        capitals: whether each word of the tail is written with a capital.
        place: the place it names.
        ambiguous: it is an ordinary word or a personal name as well.
        is_adjective: it is the adjective made of the name, which is written without a capital.
        begins_small: it begins with a common noun, which is written without a capital ("sectorul Rîșcani").
        is_people: it is several inhabitants, who behind a preposition of place are a village called so.
    """

    base: tuple[str, ...]
    tail: tuple[frozenset[str], ...]
    capitals: tuple[bool, ...]
    place: Place
    ambiguous: bool
    is_adjective: bool = False
    begins_small: bool = False
    is_people: bool = False

    def ends_with(self, tail: Sequence[str]) -> bool:
        """Whether the folded words of `tail` are forms of its words after the first."""
        return len(tail) == len(self.tail) and all(word in forms for word, forms in zip(tail, self.tail, strict=True))


@lru_cache(maxsize=200_000)
def folded_word(word: str, lang: str | None) -> str:
    """The search key of one word; texts repeat their words."""
    return folded(word, lang)


def words_of(text: str, lang: str | None = None) -> tuple[str, ...]:
    """The search keys of the words of `text`."""
    return tuple([folded_word(word, lang) for word in _WORDS.findall(text)])


class NameIndex:
    """The names of `places`. A name of one word that is in `ambiguous` for the language is marked as such."""

    def __init__(self, places: Iterable[Place], ambiguous: Ambiguous) -> None:
        self._ambiguous = ambiguous
        self._names: dict[str, list[tuple[str, Place]]] = defaultdict(list)
        for place in places:
            for name in place.names:
                latin = canonical(name, "ru" if _is_russian(name) else None).text
                self._names[folded(latin)[:_STEM_LETTERS]].append((latin, place))
        self._cells: dict[tuple[str, str | None], Mapping[str, Sequence[Name]]] = {}

    def names(self, first_word: str, lang: str | None) -> Sequence[Name]:
        """The names that begin with a form of theirs that folds to `first_word`, names of more words first; forms
        of all languages without `lang`."""
        stem = first_word[:_STEM_LETTERS]
        cell = self._cells.get((stem, lang))
        if cell is None:
            cell = self._cells[stem, lang] = _inflected(self._names.get(stem, ()), lang, self._ambiguous)
        return cell.get(first_word, ())


def best_first(names: Iterable[Name], words: Sequence[str]) -> tuple[Place, ...]:
    """The places that `names` mean where the folded `words` stand: municipalities first, then names as they stand
    before inflected ones, local names, larger places."""
    key = tuple(words)
    found: dict[str, tuple[bool, Place]] = {}
    for name in names:
        inflected = name.base != key and found.get(name.place.id, (True, None))[0]
        found[name.place.id] = inflected, name.place

    def rank(meaning: tuple[bool, Place]) -> tuple[bool, bool, bool, int]:
        inflected, place = meaning
        return place.kind == "settlement", inflected, words_of(place.name) != key, -(place.population or 0)

    return tuple(place for _, place in sorted(found.values(), key=rank))


def _is_russian(name: str) -> bool:
    return any("\u0400" <= letter <= "\u04ff" for letter in name)


def _inflected(
    names: Iterable[tuple[str, Place]], lang: str | None, ambiguous: Ambiguous
) -> Mapping[str, Sequence[Name]]:
    """`names` by each form of their first word."""
    languages = [code for code in packs() if lang in (None, code)]
    cell: dict[str, list[Name]] = defaultdict(list)
    inhabitants: dict[str, list[Name]] = defaultdict(list)
    for text, place in names:
        words = _WORDS.findall(text)
        base = tuple(folded_word(word, None) for word in words)
        forms = [{key} for key in base]
        for language in languages:
            for of_word, inflected in zip(forms, word_forms(text, language or ""), strict=True):
                of_word.update(folded_word(form, None) for form in inflected)
        capitals = tuple(word[0].isupper() for word in words[1:])
        tail = tuple(frozenset(of_word) for of_word in forms[1:])
        is_ambiguous = len(base) == 1 and _is_ambiguous(base[0], lang, ambiguous)
        name = Name(base, tail, capitals, place, is_ambiguous, begins_small=text[0].islower())
        for first in forms[0]:
            cell[first].append(name)
        adjective = Name(base, (), (), place, ambiguous=False, is_adjective=True)
        for first in _adjectives(name, text, languages):
            cell[first].append(adjective)
        people = _inhabitants(name, text, languages, inhabitants_forms)
        for first in _inhabitants(name, text, languages, inhabitant_forms):
            inhabitants[first].append(Name(base, (), (), place, ambiguous=False, is_people=first in people))
    _add_inhabitants(cell, inhabitants)
    for found in cell.values():
        found.sort(key=lambda name: len(name.tail), reverse=True)
    return cell


def _add_inhabitants(cell: dict[str, list[Name]], inhabitants: Mapping[str, Sequence[Name]]) -> None:
    """Add `inhabitants` by the forms that are no form of a place's name: many villages are called as the people of a
    town are (Glamočani, Glamoč)."""
    for form, named in inhabitants.items():
        if not any(len(name.base) == 1 and not name.is_adjective for name in cell.get(form, ())):
            cell[form].extend(named)


def _is_ambiguous(key: str, lang: str | None, ambiguous: Ambiguous) -> bool:
    """Whether a folded name is another word in `lang`, or in any language without one."""
    languages = ambiguous.get(key)
    return languages is not None and (not languages or lang is None or lang in languages)


def _adjectives(name: Name, text: str, languages: Iterable[str | None]) -> frozenset[str]:
    """The folded forms of the adjective of a town in the languages that are at home there; villages and quarters
    are hardly ever named so, and their adjectives are often other words: those that the pack knows count."""
    home = home_languages(name.place.jurisdiction)
    is_regular = _is_town(name.place) and not name.ambiguous
    return frozenset(
        folded_word(form, None)
        for language in languages
        if language in home and (is_regular or has_irregular_adjective(text, language))
        for form in adjective_forms(text, language)
    )


def _inhabitants(
    name: Name, text: str, languages: Iterable[str], forms_of: Callable[[str, str], frozenset[str]]
) -> frozenset[str]:
    """The folded forms of the inhabitants of a town in the languages that are at home there."""
    if not _is_town(name.place) or name.ambiguous:
        return frozenset()
    home = home_languages(name.place.jurisdiction)
    return frozenset(
        folded_word(form, None) for language in languages if language in home for form in forms_of(text, language)
    )


def _is_town(place: Place) -> bool:
    """Whether a place is a municipality with a town in it. Most communes of Moldova are villages; those are towns
    whose population GeoNames states."""
    return place.kind == "municipality" and (place.jurisdiction != "MD" or place.population is not None)
