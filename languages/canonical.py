"""The canonical Latin form of a text, with offsets back to the text as it was published.

Everything that reads works on one form, so that Serbian in Cyrillic and in Latin, Romanian with commas and with
cedillas, or a word with and without a soft hyphen, are the same to it; evidence must point at the original
characters, so every form keeps where each of its characters came from. The language packs hold the tables:
Gaj's alphabet for Serbian, the academy's transliteration for Macedonian (ѓ → ǵ, ќ → ḱ), the scholarly one for Russian.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from languages.packs import packs
from languages.scripts import CYRILLIC, LATIN


@dataclass(frozen=True, slots=True)
class Canonical:
    """A rewritten text and, for each of its characters, the code points of the original it stands for."""

    text: str
    _starts: Sequence[int]
    _ends: Sequence[int]
    _original_length: int

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that covers `text[start:end]`; an empty span maps to an empty one.

        Raises `IndexError` unless 0 <= start <= end <= len(text).
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"span {start}:{end} lies outside a text of {len(self.text)} characters")
        if start == end:
            here = self._starts[start] if start < len(self._starts) else self._original_length
            return here, here
        return self._starts[start], self._ends[end - 1]

    def span_of(self, start: int, end: int) -> tuple[int, int]:
        """The characters of `text` that stand for `start` to `end` of the original; an empty span where none does."""
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        return first, max(first, last)


@lru_cache(maxsize=2)
def canonical(text: str, lang: str | None = None) -> Canonical:
    """`text` in Latin letters and NFC, without invisible characters; diacritics and case are kept.

    Soft hyphens, zero-width characters and direction marks are dropped; letters that only look like those of
    the rest of their word (a Cyrillic "а" in a Latin word and the reverse) are repaired. `lang` is a reading
    language whose letters take precedence; without it, or without a pack for it, those of all packs are used.

    The latest are kept: the dates and the numbers of one article ask for the same text, of Serbian the encoder, too.
    """
    if not _NEEDS_REWRITING.search(text) and unicodedata.is_normalized("NFC", text):
        return _unchanged(text)
    return _joined(_composed(_transliterated(_composed(_visible(text)), _letters(lang))), len(text))


def composed(text: str, lang: str) -> Canonical:
    """`text` in NFC without invisible characters, in the script it was published in; in a language of Cyrillic letters
    those are set right that only look so (some portals write "пyкале" with a Latin y, to be found by no filter)."""
    is_cyrillic = lang in packs() and bool(packs()[lang].letters)
    if not (_NEEDS_CARE if is_cyrillic else _INVISIBLE).search(text) and unicodedata.is_normalized("NFC", text):
        return _unchanged(text)
    units = _composed(_visible(text))
    return _joined(_in_cyrillic(units) if is_cyrillic else units, len(text))


def in_one_script(text: str) -> str:
    """`text` of as many letters with each word in one script: one that mixes them in Cyrillic where each of its Latin
    letters has its like, otherwise in Latin where each of the others has."""
    return _MIXED_WORD.sub(lambda word: _in_one_script(word[0]), text) if _MIXED.search(text) else text


def folded(text: str, lang: str | None = None) -> str:
    """The search key of `text`: canonical, casefolded, without diacritics (đ and dj are equal)."""
    if text.isascii():
        return text.lower()
    if _NEEDS_CARE.search(text) or not unicodedata.is_normalized("NFC", text):
        return fold(text, lang).text
    return text.translate(_keys(lang))


def fold(text: str, lang: str | None = None) -> Canonical:
    """The search key of `text` with offsets back to it; each kind of quote, dash and space becomes one."""
    latin = canonical(text, lang)
    if latin.text.isascii():
        return Canonical(latin.text.lower(), latin._starts, latin._ends, len(text))
    units: list[_Unit] = []
    for at, ch in enumerate(latin.text):
        key = _folded_letter(ch)
        _append(units, key, latin._starts[at], latin._ends[at])
    return _joined(units, len(text))


_Unit = tuple[str, int, int]
"""Some characters of the new text with the start and end of the original characters they stand for."""

INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""Soft hyphens, zero-width characters and direction marks, as a regular expression range."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_COMMA_FOR = dict(zip("şţŞŢ", "șțȘȚ", strict=True))
"""Romanian letters with the cedilla that old keyboards and many portals write for the comma below."""
_NEEDS_REWRITING = re.compile(f"[{CYRILLIC}{''.join(_COMMA_FOR)}]|{_INVISIBLE.pattern}")
_MIXED = re.compile(f"[{CYRILLIC}][{LATIN}]|[{LATIN}][{CYRILLIC}]")
_NEEDS_CARE = re.compile(f"{_INVISIBLE.pattern}|{_MIXED.pattern}")
"""What keeps a text from being folded letter by letter: invisible characters, and words that mix the scripts."""
_LATIN_LETTER, _CYRILLIC_LETTER = re.compile(f"[{LATIN}]"), re.compile(f"[{CYRILLIC}]")
_MIXED_WORD = re.compile(f"[{CYRILLIC}{LATIN}]+")

_CYRILLIC_LOOK, _LATIN_LOOK = "аекорсухіѕјАВЕКМНОРСТУХІЅЈ", "aekopcyxisjABEKMHOPCTYXISJ"
"""Cyrillic letters and the Latin letters that look the same in print."""
_LATIN_FOR, _CYRILLIC_FOR = str.maketrans(_CYRILLIC_LOOK, _LATIN_LOOK), str.maketrans(_LATIN_LOOK, _CYRILLIC_LOOK)


def _unchanged(text: str) -> Canonical:
    return Canonical(text, range(len(text)), range(1, len(text) + 1), len(text))


def _append(units: list[_Unit], text: str, start: int, end: int) -> None:
    """Add a unit. Characters that leave nothing (ь, an accent) belong to the letter before, otherwise to what
    follows: its span covers them."""
    if units and not units[-1][0]:
        start = units.pop()[1]
    if not text and units and units[-1][0][-1].isalnum():
        before, before_start, _ = units.pop()
        text, start = before, before_start
    units.append((text, start, end))


def _joined(units: list[_Unit], original_length: int) -> Canonical:
    starts: list[int] = []
    ends: list[int] = []
    for text, start, end in units:
        starts += [start] * len(text)
        ends += [end] * len(text)
    return Canonical("".join(text for text, _, _ in units), starts, ends, original_length)


_MOST_MARKS = 30
"""Accents on one letter that are kept, as many as Unicode's stream-safe text has (UAX 15). More are no writing, and
each is compared with all before it."""


def _visible(text: str) -> list[_Unit]:
    return _legible([(ch, at, at + 1) for at, ch in enumerate(text) if not _INVISIBLE.match(ch)])


def _legible(units: list[_Unit]) -> list[_Unit]:
    """The units without the accents beyond `_MOST_MARKS` on one letter."""
    kept: list[_Unit] = []
    marks = 0
    for unit in units:
        marks = marks + 1 if unicodedata.combining(unit[0]) else 0
        if marks <= _MOST_MARKS:
            kept.append(unit)
    return kept


def _composed(units: list[_Unit]) -> list[_Unit]:
    """The units in NFC. Characters that compose with or reorder around their neighbours share one span; each is a unit
    of its own all the same, so that a word ends where it does in a text that came composed."""
    if unicodedata.is_normalized("NFC", "".join(text for text, _, _ in units)):
        return units
    composed: list[_Unit] = []
    for text, start, end in units:
        if composed and text:
            before, before_start, before_end = composed[-1]
            both = unicodedata.normalize("NFC", before + text)
            if unicodedata.combining(text[0]) or both != before + unicodedata.normalize("NFC", text):
                composed[-1] = (both, before_start, max(before_end, end))
                continue
        _append(composed, unicodedata.normalize("NFC", text), start, end)
    return [(ch, start, end) for text, start, end in composed for ch in (text or ("",))]


def _characters(units: list[_Unit]) -> str:
    """The character of each unit; a space for what leaves nothing."""
    return "".join(unit[0] or " " for unit in units)


def _transliterated(units: list[_Unit], letters: Mapping[str, str]) -> list[_Unit]:
    text = _characters(units)
    text = _MIXED_WORD.sub(lambda word: _repaired(word[0], letters), text)
    latin: list[_Unit] = []
    for at, (unit, start, end) in enumerate(units):
        letter = text[at]
        sound = letters.get(letter.lower())
        if sound is None:
            new = _COMMA_FOR.get(letter, letter) if unit else ""
        elif letter.islower():
            new = sound
        elif len(sound) > 1 and _in_capitals(text, at):
            new = sound.upper()
        else:
            new = sound.capitalize()
        _append(latin, new, start, end)
    return latin


def _in_cyrillic(units: list[_Unit]) -> list[_Unit]:
    """The units with words in both scripts written in Cyrillic, where each of their Latin letters has its like."""
    text = _characters(units)
    right = _MIXED_WORD.sub(lambda word: _repaired_to_cyrillic(word[0]), text)
    return [(letter if unit else "", start, end) for letter, (unit, start, end) in zip(right, units, strict=True)]


def _repaired_to_cyrillic(word: str) -> str:
    cyrillic = word.translate(_CYRILLIC_FOR)
    return cyrillic if _CYRILLIC_LETTER.search(word) and not _LATIN_LETTER.search(cyrillic) else word


def _in_one_script(word: str) -> str:
    cyrillic = _repaired_to_cyrillic(word)
    if cyrillic != word:
        return cyrillic
    latin = word.translate(_LATIN_FOR)
    return latin if _LATIN_LETTER.search(word) and not _CYRILLIC_LETTER.search(latin) else word


def _in_capitals(text: str, at: int) -> bool:
    """Whether the capital at `at` stands in a word of capitals: ЊЕГОШ gives NJEGOŠ, Његош gives Njegoš."""
    after = text[at + 1 : at + 2]
    return after.isupper() if after.isalpha() else text[max(at - 1, 0) : at].isupper()


def _repaired(word: str, letters: Mapping[str, str]) -> str:
    """`word` with look-alike letters set right, when it mixes scripts and the rest tells which one is meant.

    Only letters of `letters` count as Cyrillic: one that stays as it is must not make a second pass differ.
    """
    cyrillic = [ch for ch in word if ch.lower() in letters]
    latin = len(_LATIN_LETTER.findall(word))
    if not cyrillic or not latin:
        return word
    latin_word = word.translate(_LATIN_FOR)
    if not any(ch.lower() in letters for ch in latin_word) and len(cyrillic) <= latin:
        return latin_word
    cyrillic_word = word.translate(_CYRILLIC_FOR)
    if not _LATIN_LETTER.search(cyrillic_word):
        return cyrillic_word
    return word


@cache
def _letters(lang: str | None) -> Mapping[str, str]:
    letters: dict[str, str] = {}
    for pack in packs().values():
        letters |= pack.letters
    return letters | packs()[lang].letters if lang is not None and lang in packs() else letters


_FOLDED_LETTERS = {
    "đ": "dj", "ð": "dj", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i",
    "‘": "'", "’": "'", "ʼ": "'", "´": "'", "`": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
    "„": '"', "“": '"', "”": '"', "«": '"', "»": '"',
}  # fmt: skip
"""What casefolding and the Unicode decompositions leave apart. Eth is what broken charsets make of đ."""


@cache
def _folded_letter(ch: str) -> str:
    key = ""
    compatible = unicodedata.normalize("NFKD", ch).casefold()
    for part in unicodedata.normalize("NFKD", compatible):
        if unicodedata.combining(part):
            continue
        sound = _letters(None).get(part)  # what decomposes into Cyrillic letters (Ӑ, ᵸ)
        if sound is not None:
            key += "".join(map(_folded_letter, sound))
        else:
            key += _FOLDED_LETTERS.get(part, " " if part.isspace() and part != "\n" else part)
    return key


class _Keys(dict[int, str]):
    """For `str.translate`: the key of each letter by its code point, made when it is first met. Without offsets
    folding is twenty times as fast, and every article is folded to tell its language."""

    def __init__(self, letters: Mapping[str, str]) -> None:
        super().__init__()
        self._letters = letters

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = "".join(map(_folded_letter, self._letters.get(letter.lower(), letter)))
        return self[code]


@cache
def _keys(lang: str | None) -> _Keys:
    return _Keys(_letters(lang))
