"""Which reading language a text is in: Albanian, hbs, Macedonian, Romanian, English, Russian, or another one.

Serbian, Bosnian, Croatian and Montenegrin are one reading language, `hbs`: their texts hardly differ where
firearms are concerned, and the jurisdiction of the source tells which of the four names a text goes by.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import lingua

from languages.canonical import folded
from languages.home import home_languages
from languages.packs import packs
from languages.scripts import CYRILLIC, Script, script_of

_CYRILLIC_LETTER = re.compile(f"[{CYRILLIC}]")

OTHER = "other"
"""The code of every language without a pack."""

_SEEN = 1000
"""Characters looked at: more does not change the answer, and quotations in a foreign language come later."""
_SIGN_SHARE = 0.01
"""Share of a text's letters that must be signs of one language alone for them to decide."""
_WORDS = 4
"""Marking words of one language that decide, where every other language has less than a third as many."""
_CERTAIN = 0.99
"""Confidence when signs or marking words decide: of 3915 labelled articles in the usual scripts one was wrong."""
_AWAY = 0.3
"""Factor on languages that are not at home in the jurisdiction of the source."""
_MARKED = 10.0
"""Factor on a language for each of its marking words, where they are too few to decide."""
_MISSPELT = 0.02
"""Factor on a language whose Cyrillic alphabet lacks a letter of the text; titles quote names of neighbours."""


@dataclass(frozen=True, slots=True)
class Language:
    """A reading language (`other` for one without a pack), the script, and how sure that is, from 0 to 1."""

    lang: str
    script: Script
    confidence: float


def identify(text: str, jurisdiction: str | None = None) -> Language:
    """The language of `text`; the `jurisdiction` of its source tips the scale where the text leaves doubt.

    A text without letters is `other` with confidence 0.
    """
    seen = text[:_SEEN].lower()
    script = script_of(seen)
    marked = _by_words(seen) or _by_signs(seen)
    if marked is not None:
        return Language(marked, script, _CERTAIN)
    weights = _with_words_and_letters(_by_detector(seen), seen)
    if jurisdiction is not None:
        home = home_languages(jurisdiction)
        weights = {lang: weight * (1 if lang in home else _AWAY) for lang, weight in weights.items()}
    total = sum(weights.values())
    if not total:
        return Language(OTHER, script, 0.0)
    lang = max(weights, key=lambda lang: weights[lang])
    return Language(lang, script, weights[lang] / total)


def label_language(language: str, jurisdiction: str | None) -> str:
    """The code that labelled articles carry: sr, bs or cnr for `hbs` by jurisdiction, others as they are."""
    names = _settings()["label"].get(language, {"default": language})
    return str(names.get(jurisdiction, names["default"]))


def reading_language(label: str) -> str:
    """The reading language of a text that is labelled sr, bs, hr or cnr, or with a reading language's own code."""
    return str(_settings()["read_as"].get(label, label))


def _by_signs(text: str) -> str | None:
    """The language whose signs the text has, if they are of one language only."""
    letters = Counter(ch for ch in text if ch.isalpha())
    enough = max(2.0, _SIGN_SHARE * letters.total())
    found = [lang for lang, signs in _signs().items() if sum(letters[sign] for sign in signs) >= enough]
    return found[0] if len(found) == 1 else None


def _by_words(text: str) -> str | None:
    """The language whose marking words the text has, if hardly any of another."""
    languages = _languages_of_words()
    counts = Counter(lang for word in folded(text).split() for lang in languages.get(word, ()))
    (first, most), (_, next_most) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    return first if most >= _WORDS and most > 3 * next_most else None


def _with_words_and_letters(weights: Mapping[str, float], text: str) -> Mapping[str, float]:
    """The detector's weights, corrected by what it overlooks in short texts: small words, and letters that a
    language does not have."""
    words = Counter(lang for word in set(folded(text).split()) for lang in _languages_of_words().get(word, ()))
    letters = set(_CYRILLIC_LETTER.findall(text))
    corrected = {}
    for lang, weight in weights.items():
        alphabet = packs()[lang].letters.keys() if lang in packs() else letters
        fits = 1.0 if letters <= alphabet else _MISSPELT
        corrected[lang] = weight * fits * _MARKED ** words[lang]
    return corrected


def _by_detector(text: str) -> Mapping[str, float]:
    weights: Counter[str] = Counter()
    encodable = text.encode(errors="ignore").decode()  # lingua cannot take half a surrogate pair
    for answer in _detector().compute_language_confidence_values(encodable):
        weights[_reading_language()[answer.language.name]] += answer.value  # type: ignore[assignment]
    return weights


@cache
def _signs() -> Mapping[str, str]:
    return {lang: pack.signs for lang, pack in packs().items()} | {OTHER: _settings()["other_signs"]}


@cache
def _languages_of_words() -> Mapping[str, frozenset[str]]:
    """For each marking word, folded, the languages it marks."""
    words = {lang: pack.words for lang, pack in packs().items()} | {OTHER: _settings()["other_words"]}
    marked: dict[str, frozenset[str]] = {}
    for lang, listed in words.items():
        for word in folded(listed).split():
            marked[word] = marked.get(word, frozenset()) | {lang}
    return marked


@cache
def _settings() -> Mapping[str, Any]:
    return tomllib.loads((files("languages") / "identification.toml").read_text(encoding="utf-8"))


@cache
def _reading_language() -> Mapping[str, str]:
    names = {name: lang for lang, pack in packs().items() for name in pack.detector}
    return names | dict.fromkeys(_settings()["other_detector"], OTHER)


@cache
def _detector() -> lingua.LanguageDetector:
    weighed = [getattr(lingua.Language, name) for name in _reading_language()]
    return lingua.LanguageDetectorBuilder.from_languages(*weighed).with_low_accuracy_mode().build()
