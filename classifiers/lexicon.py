"""The lexicons: words of six languages under shared concepts, from `packs/<lang>/lexicon.toml`.

A concept is what every language has words for (`handgun`, `shooting`, `former_partner`); rules and models speak
of concepts, so that adding a language is adding a folder.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from codebook.errors import BadInput
from languages.canonical import folded

LANGUAGES = ("sq", "hbs", "mk", "ro", "en", "ru")
PACKS = files("classifiers") / "packs"
HOLDER = "holder"
"""The lexicon's kind of words for what holds ammunition."""
TRACE = "trace"
"""The lexicon's kind of words that tell what weapon it was where an article tells of one, and are everyday words
elsewhere: they open no gate and are none of the words that tell what an article is about."""
PLACE_TYPE = "place_type"
"""The lexicon's kind of words that tell what kind of place something happened at: everyday words, looked for where an
article tells an incident and nowhere else."""


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a lexicon: its words in search-key form; a word ending in `*` stands for any ending."""

    concept: str
    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A term found at words `start` up to but not including `end` of the sequence searched."""

    start: int
    end: int
    concept: str
    kind: str


class Lexicon:
    """The terms of one language, indexed by their first word."""

    def __init__(self, terms: Sequence[Term], alike: Sequence[str] = ()) -> None:
        """`alike` are words that only begin like a term of `ALIKE_KINDS`, and start none of them."""
        self.terms = tuple(terms)
        self._alike = tuple(alike)
        self._exact: dict[str, list[Term]] = {}
        self._stems: dict[str, list[Term]] = {}
        for term in terms:
            first = term.words[0]
            index = self._stems if first.endswith("*") else self._exact
            index.setdefault(first.rstrip("*"), []).append(term)
        self._longest_stem = max((len(stem) for stem in self._stems), default=0)
        self._starting: dict[str, tuple[Term, ...]] = {}

    def matches(self, words: Sequence[str]) -> list[Match]:
        """Every term found in `words` (search keys), in order; they may overlap."""
        found = []
        for at, word in enumerate(words):
            for term in self._terms_starting(word):
                end = at + len(term.words)
                if end <= len(words) and all(map(_fits, term.words[1:], words[at + 1 : end])):
                    found.append(Match(at, end, term.concept, term.kind))
        return found

    def _terms_starting(self, word: str) -> tuple[Term, ...]:
        known = self._starting.get(word)
        if known is None:
            terms = list(self._exact.get(word, ()))
            for length in range(1, min(len(word), self._longest_stem) + 1):
                terms += self._stems.get(word[:length], ())
            if any(_fits(one, word) for one in self._alike):
                terms = [term for term in terms if term.kind not in ALIKE_KINDS]
            known = tuple(terms)
            if len(self._starting) < REMEMBERED_WORDS:
                self._starting[word] = known
        return known


ALIKE_KINDS = frozenset({"weapon", "slang", "event", TRACE})
"""The kinds of terms whose stems everyday words begin with as well: a minister is no mine."""
REMEMBERED_WORDS = 100_000
"""Words whose terms are kept at hand; a bound, so that years of odd spellings do not fill the memory."""


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def written_terms(lang: str) -> dict[str, dict[str, list[str]]]:
    """The lexicon of a language as written: kind → concept → terms. `KeyError` for a language without a pack."""
    return {kind: concepts for kind, concepts in _written(lang).items() if kind != "alike"}


@cache
def _written(lang: str) -> dict[str, dict[str, list[str]]]:
    if lang not in LANGUAGES:
        raise KeyError(lang)
    name = f"classifiers/packs/{lang}/lexicon.toml"
    try:
        data = tomllib.loads((PACKS / lang / "lexicon.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadInput(name, "", str(error), "restore or repair the lexicon") from error
    for kind, concepts in data.items():
        for concept, terms in concepts.items():
            if not all(isinstance(term, str) and term.strip("* ") for term in terms):
                raise BadInput(name, f"{kind}.{concept}", terms, "every term is a text of one or more words")
    return data


@cache
def lexicon(lang: str) -> Lexicon:
    """The lexicon of a reading language, without `place_words`; `KeyError` for a language without a pack."""
    terms = [term for kind in written_terms(lang) if kind != PLACE_TYPE for term in _terms(lang, kind)]
    return Lexicon(terms, [_key(word, lang) for word in alike_words(lang)])


@cache
def place_words(lang: str) -> Lexicon:
    """The words for kinds of places in a reading language; the concepts are codes of `place_type`."""
    return Lexicon(_terms(lang, PLACE_TYPE))


def _terms(lang: str, kind: str) -> list[Term]:
    return [
        Term(concept, kind, tuple(_key(word, lang) for word in term.split()))
        for concept, written in written_terms(lang)[kind].items()
        for term in dict.fromkeys(written)
    ]


def _key(word: str, lang: str) -> str:
    return folded(word.rstrip("*"), lang) + "*" * word.endswith("*")


def alike_words(lang: str) -> list[str]:
    """The everyday words of a language that only begin like words for weapons, shots and blasts, as written."""
    return _written(lang)["alike"]["words"]
