"""Numbers in a text: digits with their separators, and number words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

from languages.canonical import canonical, folded
from languages.packs import pack
from languages.packs.schema import NumberWords
from languages.phrases import keys_of


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """A whole number and the code points `start` to `end` of the text that say it."""

    start: int
    end: int
    value: int


def numbers_in(text: str, lang: str) -> list[NumberSpan]:
    """The whole numbers in `text`, in order: "11.500", "1 200", "dvadeset i pet", "trojica", "3 mii".

    Parts of dates, clock times and decimal fractions are not numbers here. Articles that are also the word for one
    (një, un, jedan) count as 1. Raises `KeyError` for a language without a pack.
    """
    latin = canonical(text, lang)
    tokens = [_Token(match, lang) for match in _token_pattern(lang).finditer(latin.text)]
    found = []
    at = 0
    while at < len(tokens):
        stop, value = _number_at(tokens, at, latin.text, lang)
        if value is not None:
            start, end = latin.original_span(tokens[at].start, tokens[stop - 1].end)
            found.append(NumberSpan(start, end, value))
        at = stop
    return found


def joins_numbers(key: str, lang: str) -> bool:
    """Whether a search key may stand between the parts of a number: "twenty *and* one"."""
    return key in keys_of(pack(lang).numbers.joined_by, lang)


_GAP = re.compile(r"[\s-]{1,2}")
"""What may stand between the words of one number."""


_MOST_DIGITS = 9
"""Digits of the largest number that counts something; longer runs are telephone numbers and the like."""


def _digits_value(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MOST_DIGITS else None


_DECIMAL = re.compile(r"\d{1,3}[.,]\d{1,2}")


class _Token:
    """A word or a run of digits, with the number it stands for, if any; `thousandths` of a decimal fraction."""

    def __init__(self, match: re.Match[str], lang: str) -> None:
        self.start, self.end = match.span()
        self.is_word = match["word"] is not None
        self.key = folded(match[0], lang) if self.is_word else ""
        self.thousandths = round(1000 * float(match[0].replace(",", "."))) if _DECIMAL.fullmatch(match[0]) else None
        if self.is_word:
            self.value = _word_value(match[0], self.key, lang)
        elif match["composite"]:
            self.value = _digits_value(match[0]) if match[0].isdecimal() else None
        else:
            self.value = _digits_value("".join(ch for ch in match[0] if ch.isdecimal()))


def _number_at(tokens: list[_Token], at: int, text: str, lang: str) -> tuple[int, int | None]:
    """The token after the number that begins at token `at`, and its value."""
    first = tokens[at]
    if first.thousandths is not None and _are_thousands(tokens[at : at + 2], text):
        return at + 2, first.thousandths
    if first.value is None or not _stands_alone(first, tokens[at - 1].key if at else "", lang):
        return at + 1, None
    thousands, rest = (first.value, 0) if first.is_word and first.value % 1000 == 0 else (0, first.value)
    stop = at + 1
    while stop < len(tokens):
        following = stop + joins_numbers(tokens[stop].key, lang)
        if following >= len(tokens) or not _adjacent(tokens[stop - 1 : following + 1], text):
            break
        extended = _extended(thousands, rest, tokens[following])
        in_digits = not first.is_word and (thousands, rest) == (0, first.value)
        if extended is None or (in_digits and extended[1] == rest + (tokens[following].value or 0)):
            break  # "250 nine-millimetre rounds" are 250
        thousands, rest = extended
        stop = following + 1
    return stop, thousands + rest


def _are_thousands(tokens: list[_Token], text: str) -> bool:
    """Whether the word for thousands follows: "6,5 thousand"."""
    return len(tokens) > 1 and tokens[1].is_word and tokens[1].value == 1000 and _adjacent(tokens, text)


def _adjacent(tokens: list[_Token], text: str) -> bool:
    return all(_GAP.fullmatch(text, left.end, right.start) for left, right in pairwise(tokens))


def _extended(thousands: int, rest: int, token: _Token) -> tuple[int, int] | None:
    """The number `thousands + rest` with one more word, or None when that word begins another number."""
    value = token.value
    if value is None or not token.is_word:
        return None
    if value == 1000:
        return (rest * 1000, 0) if rest and not thousands else None
    if value == 100 and 0 < rest < (10 if thousands else 20):  # "twelve hundred"
        return thousands, rest * 100
    if not rest:
        return (thousands, value) if thousands else None
    room = 100 if rest % 100 == 0 else 10 if rest % 10 == 0 and rest % 100 >= 20 else 0
    return (thousands, rest + value) if value < room else None


def _word_value(word: str, key: str, lang: str) -> int | None:
    spelled = _number_words(lang).get(key)
    if spelled is None:
        return None
    value, spellings = spelled
    # "što" is not "sto": a word written with diacritics must be written with the right ones.
    return value if word.isascii() or word.casefold() in spellings else None


@cache
def number_words(lang: str) -> Mapping[str, int]:
    """The number words of a language, folded, with their values."""
    return {key: value for key, (value, _) in _number_words(lang).items()}


@cache
def _number_words(lang: str) -> Mapping[str, tuple[int, frozenset[str]]]:
    """For each number word, folded: its value and its spellings with diacritics."""
    words = pack(lang).numbers
    table: dict[str, tuple[int, frozenset[str]]] = {}
    for value, spelling in _spellings(words):
        word = canonical(spelling, lang).text.casefold()
        key = folded(spelling, lang)
        table[key] = value, table.get(key, (value, frozenset()))[1] | {word}
    return table


def _spellings(words: NumberWords) -> Iterator[tuple[int, str]]:
    """Each number word with its value, compounds written as one word (dvadesetpet, njëzetepesë) among them."""
    for value, forms in (*words.words.items(), (100, words.hundred), (1000, words.thousand)):
        yield from ((value, form) for form in forms)
    for ten, unit in product(range(20, 100, 10), range(1, 10)):
        for ten_form, joint, unit_form in product(words.words[ten], ("", *words.joined_by), words.words[unit]):
            yield ten + unit, ten_form + joint + unit_form


def _stands_alone(token: _Token, before: str, lang: str) -> bool:
    """Whether a hundred or a thousand is meant where the word stands without a number: not in "hundreds of rounds" or
    "several thousand", but behind "about" also in the form of a plural."""
    if before in keys_of(pack(lang).numbers.approximating, lang):
        return True
    many = token.is_word and token.value in (100, 1000) and before in keys_of(pack(lang).numbers.uncounted, lang)
    return not many and token.key not in keys_of(pack(lang).numbers.multiples, lang)


@cache
def _token_pattern(lang: str) -> re.Pattern[str]:
    separators = re.escape(pack(lang).numbers.group_separators)
    return re.compile(
        rf"(?P<grouped>\d{{1,3}}(?P<separator>[{separators}\u00a0\u202f ])\d{{3}}(?:(?P=separator)\d{{3}})*)"
        r"(?![.,:/]?\d)"
        r"|(?P<composite>\d+(?:[.,:/]\d+)*)"
        r"|(?P<word>[^\W\d_]+)"
    )
