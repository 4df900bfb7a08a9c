"""The gazetteer: places by name, in any script and inflected, alone or within a text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby

from codebook.gazetteer.names import INSIDE_WORD, WORD, Ambiguous, Name, NameIndex, best_first, folded_word, words_of
from codebook.gazetteer.places import Place, read_places
from languages.canonical import canonical
from languages.inflection import word_forms
from languages.packs import packs

_CAPITALS = "".join(re.escape(ch) for ch in map(chr, range(0x0530)) if ch.isupper())
_LETTER = rf"(?:[^\W\d_][{INSIDE_WORD}]*)"
_SK = rf"(?:[sčćšžc][{INSIDE_WORD}]*k|[счћшжц][{INSIDE_WORD}]*к)[{INSIDE_WORD}]*"
_LONGEST_STEM = 30
"""Letters before the ending of an adjective; the longest has 20 (slovačkoaleksandrovački). A word may begin after each
accent within another, and one of accents throughout would be looked at from each of them up to its end."""
_ADJECTIVE = rf"{_LETTER}{{2,{_LONGEST_STEM}}}{_SK}{_LETTER}{{1,4}}(?![^\W\d_])"
"""A word that ends as the adjectives of towns do, in either script."""
_NEXT_WORD = re.compile(rf"(?:[ \u00a0\n]|[ \u00a0]?[-\u2010-\u2014][ \u00a0]?)({WORD})")
_WORD_BEFORE = re.compile(rf"({WORD})[ \u00a0\n]$")
_LONGEST_WORD_BEFORE = 24
_LINE_BEGINS = re.compile(r"(?:^|\n)[^\w\n]*$")
_LONGEST_MARK = 4
_REPORT_FOLLOWS = re.compile(r"[ \u00a0]?[-\u2010-\u2014:.](?=[ \u00a0\n])")
_AGENCY_FOLLOWS = re.compile(rf"[ \u00a0]?[-\u2010-\u2014]?[ \u00a0]?[(/][{_CAPITALS}][^()/\n]{{1,20}}[)/]")
"""An agency's mark, "(Tanjug)" or "/МИА/"."""
_DATE = re.compile(r",?[ \u00a0]\d{1,2}\.\d{1,2}\.\d{4}")
_LONGEST_HEAD = 60
_HEAD_OF_LINE = re.compile(rf"(?:^|\n)[^\n]{{0,{_LONGEST_HEAD}}}$")
"""Before a place with a date may stand what happened, and the village or street."""


@dataclass(frozen=True, slots=True)
class PlaceSpan:
    """A place name in a text: code points `start` to `end`, and the places it can mean, best first."""

    start: int
    end: int
    places: tuple[Place, ...]


def _candidates(places: Iterable[Place]) -> re.Pattern[str]:
    """The words that may begin a name: those with a capital, adjectives, and the common nouns that some names have."""
    small = {re.escape(name[:_BEGINNING]) for place in places for name in place.names if name[0].islower()}
    nouns = f"|(?:{'|'.join(sorted(small))})[^\\W\\d_]*" if small else ""
    return re.compile(rf"(?<![^\W_])(?:(?=[{_CAPITALS}]){WORD}|{_ADJECTIVE}{nouns})")


class Gazetteer:
    """The municipalities of the seven jurisdictions and their settlements."""

    def __init__(self, places: Iterable[Place], ambiguous: Ambiguous | None = None) -> None:
        """`ambiguous` names count within a text only after a preposition of place or as a dateline."""
        self._places = {place.id: place for place in places}
        self._names = NameIndex(self._places.values(), ambiguous or {})
        self._candidate = _candidates(self._places.values())

    def places(self, jurisdiction: str | None = None) -> list[Place]:
        """All places, municipalities first."""
        return [p for p in self._places.values() if jurisdiction in (None, p.jurisdiction)]

    def place(self, place_id: str) -> Place:
        """The place of an id. Raises `KeyError` when there is none."""
        return self._places[place_id]

    def municipality_of(self, place: Place) -> Place:
        """The municipality a place lies in; a municipality's is itself."""
        return self._places[place.municipality_id]

    def lookup(self, form: str, jurisdiction: str | None = None) -> list[Place]:
        """The places a name can mean, best first: any of its names, any script, inflected, with or without a
        preposition of place before it ("u Novom Pazaru", "во Куманово"). Empty when unknown."""
        words = words_of(form)
        while words:
            named = [name for name in self._names.names(words[0], None) if name.ends_with(words[1:])]
            found = best_first((n for n in named if jurisdiction in (None, n.place.jurisdiction)), words)
            if found or words[0] not in preposition_words():
                return list(found)
            words = words[1:]
        return []

    def same_municipality(self, a: str, b: str, jurisdiction: str) -> bool:
        """Whether two names of one jurisdiction mean places of one municipality."""
        first, second = ({place.municipality_id for place in self.lookup(name, jurisdiction)} for name in (a, b))
        return not first.isdisjoint(second)

    def lies_in_raion(self, village: str, raion: str) -> bool:
        """Whether a name of Moldova means a place of the raion that another one names. Its municipalities are communes,
        and news name a village's raion as they name a municipality elsewhere."""
        return any(place.first_level_unit == raion for place in self.lookup(village, "MD"))

    def find(self, text: str, lang: str | None = None) -> list[PlaceSpan]:
        """The place names in `text`, longest match, without overlaps: capitalised words, the adjectives of
        towns ("u novosadskom naselju") in any case, and names that begin with a common noun ("severni deo Mitrovice").

        `lang` is the reading language of the text; its inflection alone is tried (none for a language without
        a pack), and that of every language when it is null.
        """
        spans: list[PlaceSpan] = []
        end = 0
        for word in self._candidate.finditer(text):
            if word.start() < end:
                continue
            span = self._named_at(text, word, lang)
            if span is not None:
                spans.append(span)
                end = span.end
        return spans

    def _named_at(self, text: str, word: re.Match[str], lang: str | None) -> PlaceSpan | None:
        """The longest place name that begins with `word`."""
        first = folded_word(word[0], lang)
        names = self._names.names(first, lang)
        if word[0][0].islower():
            names = [name for name in names if _is_written_small(word[0], name)]
        elif len(word[0]) <= _SHORTEST and not text.isascii():
            names = _spelled(word[0], names, lang)
        if any(name.is_people for name in names) and _follows_preposition(text, word.start(), lang):
            names = [name for name in names if not name.is_people]
        if not names:
            return None
        following = _following(text, word.end(), len(names[0].tail), lang)
        for length, group in groupby(names, key=lambda name: len(name.tail)):
            found = [name for name in group if _continues(name, following[:length])]
            if not found:
                continue
            end = following[length - 1].end if length else word.end()
            if any(not name.ambiguous for name in found) or _stands_as_place(text, word.start(), end, lang):
                words = (first, *(after.key for after in following[:length]))
                return PlaceSpan(word.start(), end, best_first(found, words))
        return None


_BEGINNING = 3
"""Letters by which a word is taken for the beginning of a name; the name's own words decide."""
_SHORT = 6
"""Letters up to which an adjective without its diacritics may be another word."""
_SHORTEST = 4
"""Letters up to which a name must have its diacritics, in a text that has any (Nisu: they are not; Nišu: Niš)."""


def _spelled(word: str, names: Sequence[Name], lang: str | None) -> list[Name]:
    """Those of `names` whose place `word` is a form of, diacritics and all, in the languages that are looked for."""
    latin = canonical(word, lang).text.casefold()
    language = lang if lang in packs() else None
    return [name for name in names if latin in _spellings(name.place.names, language)]


@lru_cache(maxsize=4096)
def _spellings(names: tuple[str, ...], lang: str | None) -> frozenset[str]:
    """The first words of a place's names in their forms in a language, or in all; dozens of places begin as "Novi"."""
    return frozenset(
        form.casefold()
        for own in names
        for language in ([lang] if lang else packs())
        for form in (canonical(own).text.split(" ")[0], *word_forms(own, language)[0])
    )


def _is_written_small(word: str, name: Name) -> bool:
    """Whether `word`, without a capital, can begin this name."""
    return name.begins_small or (name.is_adjective and not _may_be_a_word(word, name))


def _may_be_a_word(word: str, adjective: Name) -> bool:
    """Whether a short adjective written without its diacritics may be an ordinary word (nisko is low, niško of Niš)."""
    return len(word) <= _SHORT and word.isascii() and not adjective.place.name.isascii()


@dataclass(frozen=True, slots=True)
class _Following:
    """A word after another, folded, whether it has a capital, and where it ends."""

    key: str
    capital: bool
    end: int


def _following(text: str, position: int, most: int, lang: str | None) -> list[_Following]:
    """Up to `most` words that follow at `position`, each after one space or hyphen."""
    words: list[_Following] = []
    while len(words) < most and (found := _NEXT_WORD.match(text, position)) is not None:
        position = found.end()
        words.append(_Following(folded_word(found[1], lang), found[1][0].isupper(), position))
    return words


def _continues(name: Name, following: Sequence[_Following]) -> bool:
    """Whether the words after the first of `name` follow, with capitals where the name has them."""
    return name.ends_with([word.key for word in following]) and all(
        word.capital or not capital for word, capital in zip(following, name.capitals, strict=True)
    )


def _stands_as_place(text: str, start: int, end: int, lang: str | None) -> bool:
    """Whether the words from `start` to `end` stand where a text names a place."""
    return _follows_preposition(text, start, lang) or _is_dateline(text, start, end)


def _is_dateline(text: str, start: int, end: int) -> bool:
    """Whether the words stand alone before a report: "BOR – ...", "Viti, 19.01.2025", "Bor (Tanjug) – ...". A dash,
    colon or stop alone tells of names in capitals throughout; other words stand before them as well ("Bar: closed")."""
    if _DATE.match(text, end) is not None:
        return _HEAD_OF_LINE.search(text, max(0, start - _LONGEST_HEAD - 1), start) is not None
    if _LINE_BEGINS.search(text, max(0, start - _LONGEST_MARK), start) is None:
        return False
    follows = _REPORT_FOLLOWS if text[start:end].isupper() else _AGENCY_FOLLOWS
    return follows.match(text, end) is not None


def _follows_preposition(text: str, position: int, lang: str | None) -> bool:
    """Whether the word before `position` is a preposition of place."""
    before = _WORD_BEFORE.search(text, max(0, position - _LONGEST_WORD_BEFORE), position)
    return before is not None and folded_word(before[1], lang) in preposition_words()


@cache
def preposition_words() -> frozenset[str]:
    """The words of the prepositions of place of all languages, folded."""
    return frozenset(
        word for pack in packs().values() for phrase in pack.places.prepositions for word in words_of(phrase)
    )


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of the product, read once."""
    return Gazetteer(read_places(), read_ambiguous())


def read_ambiguous() -> Ambiguous:
    """The names of `ambiguous-names.tsv`."""
    text = (files("codebook") / "data" / "gazetteer" / "ambiguous-names.tsv").read_text(encoding="utf-8")
    rows: Sequence[dict[str, str]] = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    return {key: frozenset(row["languages"].split()) for row in rows for key in words_of(row["name"])}
