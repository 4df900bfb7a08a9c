"""Who: the persons an article names, their part in the event, sex, age, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

from spacy.tokens import Doc, Span

from classifiers.ammunition import AMMUNITION
from classifiers.candidates import context_features, words_after, words_before
from classifiers.features import STEM
from classifiers.pipelines import Layout, Stretch, is_initial, layout_of, search_key, stretch, within
from languages.ages import age_in, lasts_for_years
from languages.counting import measures
from languages.packs import pack

NOBODY, PERPETRATOR = "none", "perpetrator"
MOST_COUNTED = 12
"""Entries a number alone may make (LABELLING rule 28)."""
_GAP = 3
"""Tokens, hyphens apart, that may lie between two words about one person ("40-year-old man")."""
_SENTENCE_WORDS = 10
"""Words of the sentence on each side that count for a person's part, wherever they stand."""
_LEAST_AGE, _MOST_AGE = 1, 105
_TENS = range(20, 100, 10)
_NEAR = 2
"""Words after an age within which it may turn out to be that of a thing ("petogodišnja zatvorska kazna")."""
_AGE_AFTER = re.compile(r"[-\s]*(?:godi[sn]|god\b|vjec|vjet|de ani|ani\b|letn|let\b|goda?\b|year|yr)")
"""What follows an age, in search keys."""
_AGE_BEFORE = re.compile(r"(?:aged|(?:age|boy|girl|man|woman) of|varsta de|moshes|vozrast\w*|star[aio]?)\W*$")
_AND = frozenset(
    {"i", "a", "and", "si", "dhe", "e", "te", "edhe", "iar", "dok", "while", "su", "sa", "me", "cu", "with", "so"}
)
"""Words after which another person begins, in search keys."""


@dataclass(frozen=True, slots=True)
class Named:
    """One stretch of text about one person, or about a counted group of `count` persons."""

    found: Stretch
    sex: str = "unreported"
    age: int | None = None
    count: int = 1
    features: tuple[str, ...] = field(default=(), repr=False)


class _Anchor(NamedTuple):
    """Tokens that speak of a person: `kind` is `sex`, `age`, `count`, `initials` or `other`."""

    start: int
    end: int
    kind: str
    value: str


def named(part: Span) -> list[Named]:
    """Every person or counted group that `part` speaks of, in order."""
    people = []
    for anchors in _chunks(part):
        found = stretch(part.doc, anchors[0].start, max(anchor.end for anchor in anchors))
        value = {anchor.kind: anchor.value for anchor in reversed(anchors)}
        age, count = value.get("age"), value.get("count")
        one = Named(
            found,
            value.get("sex", "unreported"),
            age=int(age) if age else None,
            count=int(count) if count else 1,
        )
        people.append(replace(one, features=tuple(_features(one, part))))
    return people


def _chunks(part: Span) -> Iterator[list[_Anchor]]:
    layout = layout_of(part.doc)
    chunk: list[_Anchor] = []
    for anchor in sorted(_anchors(layout, part)):
        if chunk and not _same_person(layout, chunk, anchor):
            yield chunk
            chunk = []
        chunk.append(anchor)
    if chunk:
        yield chunk


def _same_person(layout: Layout, chunk: list[_Anchor], anchor: _Anchor) -> bool:
    end = max(before.end for before in chunk)
    if anchor.start < end:
        return True
    between = layout.keys[end : anchor.start]
    if sum(key != "-" for key in between) > _GAP or any(
        key in ".;:!?" or "\n" in key or key in _AND for key in between
    ):
        return False
    known = {before.kind: before.value for before in chunk}
    if anchor.kind in ("age", "count") and anchor.kind in known:
        return False
    return anchor.kind != "sex" or known.get("sex", anchor.value) == anchor.value


def _anchors(layout: Layout, part: Span) -> Iterator[_Anchor]:
    for term in layout.terms_in(part.start, part.end):
        if term.kind == "person" and term.label in ("male", "female"):
            yield _Anchor(term.start, term.end, "sex", term.label)
        elif term.kind in ("person", "relation"):
            yield _Anchor(term.start, term.end, "other", term.label)
    dated = {token for day in within(layout.dates, part.start, part.end) for token in range(day.start, day.end)}
    for number in within(layout.numbers, part.start, part.end):
        if number.start in dated:
            continue
        if _LEAST_AGE <= number.value <= _MOST_AGE and _is_age(layout, number):
            yield _Anchor(number.start, number.end, "age", str(number.value))
        elif 2 <= number.value <= MOST_COUNTED and _may_count_persons(layout, number):
            yield _Anchor(number.start, number.end, "count", str(number.value))
    yield from _ages_in_words(layout, part)
    yield from _initials(part.doc, part.start, part.end)


def _ages_in_words(layout: Layout, part: Span) -> Iterator[_Anchor]:
    """Ages in one word, or with the tens before it: "dvadeset dvogodišnji"."""
    for at in range(part.start, part.end):
        told = age_in(layout.keys[at], layout.lang)
        following = layout.keys[at + 1 : at + 1 + _NEAR]
        if told is None or (not told.person and any(lasts_for_years(key, layout.lang) for key in following)):
            continue
        tens = next((n for n in within(layout.numbers, max(at - 3, part.start), at) if _belongs(layout, n, at)), None)
        start, age = (tens.start, tens.value + told.age) if tens and told.age < 10 else (at, told.age)
        yield _Anchor(start, at + 1, "age", str(age))
        if told.sex != "unreported":
            yield _Anchor(at, at + 1, "sex", told.sex)


def _belongs(layout: Layout, tens: Stretch, at: int) -> bool:
    """Whether tens stand right before the unit at `at`, or with an "and" between."""
    return tens.value in _TENS and layout.keys[tens.end : at] in ([], ["i"], ["e"])


def _initials(doc: Doc, start: int, end: int) -> Iterator[_Anchor]:
    """Persons given by initials: "A. H.", "A.H.", "Milan P."."""
    for at in range(start + 1, end):
        if doc[at].text != "." or not is_initial(doc[at - 1].text):
            continue
        second = at + 2 < end and doc[at + 2].text == "." and is_initial(doc[at + 1].text)
        before = doc[at - 2].text if at - 2 >= start else ""
        if second:
            yield _Anchor(at - 1, at + 3, "initials", "")
        elif before[:1].isupper() and len(before) > 2:
            yield _Anchor(at - 2, at + 1, "initials", "")


def _is_age(layout: Layout, number: Stretch) -> bool:
    before = layout.keys[number.start - 1] if number.start else ""
    after = layout.keys[number.end] if number.end < len(layout.keys) else ""
    if (before, after) in (("(", ")"), ("(", ","), (",", ",")):
        return True
    following = " ".join(layout.keys[number.end : number.end + 4])
    preceding = " ".join(layout.keys[max(0, number.start - 3) : number.start])
    return bool(_AGE_AFTER.match(following) or _AGE_BEFORE.search(preceding))


def _may_count_persons(layout: Layout, number: Stretch) -> bool:
    following = layout.keys[number.end] if number.end < len(layout.keys) else ""
    if following in _clock_words(layout.lang) or measures(layout.keys[number.end : number.end + 2], layout.lang):
        return False
    if any(
        term.label == AMMUNITION and term.start == number.end for term in layout.terms_in(number.end, number.end + 2)
    ):
        return False
    written_out = not layout.keys[number.start].isdigit()
    return written_out or (bool(following) and layout.words[number.end])


@cache
def _clock_words(lang: str) -> frozenset[str]:
    """What follows an hour, in search keys."""
    return frozenset(search_key(word, lang) for word in pack(lang).dates.clock.after)


def _features(one: Named, part: Span) -> Iterator[str]:
    layout = layout_of(part.doc)
    yield from context_features(one.found, part)
    yield f"sex {one.sex}"
    yield f"age {one.age is not None}"
    yield f"count {min(one.count, 4)}"
    for at in range(one.found.start, one.found.end):
        if layout.words[at]:
            yield f"own {layout.lang}:{layout.keys[at][:STEM]}"
    yield from (f"left {key}" for key in words_before(layout, one.found, _SENTENCE_WORDS))
    yield from (f"right {key}" for key in words_after(layout, one.found, _SENTENCE_WORDS))
