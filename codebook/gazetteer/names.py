"""Every name of every place in every form, found by its first word.

Forms are computed when a word first asks for them: names are kept in cells by their first two letters, which
no inflection of the region's languages changes, and a cell is inflected once for a language. So the gazetteer
loads at once, and reading warms it within some hundred articles.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from codebook.gazetteer.places import Place
from languages.canonical import canonical, folded
from languages.inflection import place_forms
from languages.packs import packs

INSIDE_WORD = "\u00ad\u0300-\u036f\u200b-\u200d\u2060"
"""Soft hyphens, zero-width characters and combining marks, which may stand within a word."""
WORD = rf"[^\W\d_](?:[^\W\d_]|[{INSIDE_WORD}])*"

_WORDS = re.compile(WORD)
_STEM_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Form:
    """One form of some places' names after its first word.

    Attributes:
        tail: its further words, folded.
        capitals: whether each word of the tail is written with a capital.
        places: the places it can mean, best first.
        ambiguous: it is an ordinary word or a personal name as well.
    """

    tail: tuple[str, ...]
    capitals: tuple[bool, ...]
    places: tuple[Place, ...]
    ambiguous: bool


@lru_cache(maxsize=200_000)
def folded_word(word: str, lang: str | None) -> str:
    """The search key of one word; texts repeat their words."""
    return folded(word, lang)


def words_of(text: str, lang: str | None = None) -> tuple[str, ...]:
    """The search keys of the words of `text`."""
    return tuple(folded_word(word, lang) for word in _WORDS.findall(text))


class NameIndex:
    """The forms of the names of `places`. A name of one word that is in `ambiguous`, folded, is marked as such."""

    def __init__(self, places: Iterable[Place], ambiguous: frozenset[str]) -> None:
        self._ambiguous = ambiguous
        self._names: dict[str, list[tuple[str, Place]]] = defaultdict(list)
        for place in places:
            for name in place.names:
                latin = canonical(name, "ru" if _is_russian(name) else None).text
                self._names[folded(latin)[:_STEM_LETTERS]].append((latin, place))
        self._cells: dict[tuple[str, str | None], Mapping[str, Sequence[Form]]] = {}

    def forms(self, first_word: str, lang: str | None) -> Sequence[Form]:
        """The forms that begin with the folded `first_word`, longest first; of all languages without `lang`."""
        stem = first_word[:_STEM_LETTERS]
        cell = self._cells.get((stem, lang))
        if cell is None:
            cell = self._cells[stem, lang] = _inflected(self._names.get(stem, ()), lang, self._ambiguous)
        return cell.get(first_word, ())


def _is_russian(name: str) -> bool:
    return any("\u0400" <= letter <= "\u04ff" for letter in name)


def _inflected(
    names: Iterable[tuple[str, Place]], lang: str | None, ambiguous: frozenset[str]
) -> Mapping[str, Sequence[Form]]:
    """The forms of `names` by first word."""
    languages = [lang] if lang in packs() else [] if lang else list(packs())
    meanings: dict[tuple[str, ...], dict[str, tuple[bool, Place]]] = defaultdict(dict)
    capitals: dict[tuple[str, ...], tuple[bool, ...]] = {}
    certain: set[tuple[str, ...]] = set()
    for name, place in names:
        base = words_of(name)
        is_certain = len(base) > 1 or base[0] not in ambiguous
        for form in {name}.union(*(place_forms(name, language) for language in languages if language)):
            words = _WORDS.findall(form)
            key = tuple([folded_word(word, None) for word in words])
            capitals[key] = tuple([word[0].isupper() for word in words[1:]])
            if is_certain:
                certain.add(key)
            inflected = key != base and meanings[key].get(place.id, (True, place))[0]
            meanings[key][place.id] = (inflected, place)
    cell: dict[str, list[Form]] = defaultdict(list)
    for key in sorted(meanings, key=len, reverse=True):
        best_first = sorted(meanings[key].values(), key=lambda meaning: _rank(key, meaning[1], inflected=meaning[0]))
        places = tuple(place for _, place in best_first)
        cell[key[0]].append(Form(key[1:], capitals[key], places, key not in certain))
    return cell


def _rank(key: tuple[str, ...], place: Place, *, inflected: bool) -> tuple[bool, bool, bool, int]:
    """Municipalities first, then names as they stand before inflected ones, local names, larger places."""
    return place.kind == "settlement", inflected, words_of(place.name) != key, -(place.population or 0)
