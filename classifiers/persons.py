"""Who: the persons an article names, their part in the event, sex, age, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

from spacy.tokens import Doc, Span

from classifiers.ages import INITIALS, Age, ages
from classifiers.ammunition import AMMUNITION
from classifiers.candidates import context_features, words_after, words_before
from classifiers.features import STEM
from classifiers.pipelines import Layout, Stretch, is_initial, layout_of, search_key, stretch, within
from languages.counting import is_article, joins, measures
from languages.packs import pack
from languages.persons import begins_another

NOBODY, PERPETRATOR = "none", "perpetrator"
MOST_COUNTED = 12
"""Entries a number alone may make (LABELLING rule 28)."""
_GAP = 3
"""Tokens, hyphens apart, that may lie between two words about one person ("40-year-old man")."""
_SENTENCE_WORDS = 10
"""Words of the sentence on each side that count for a person's part, wherever they stand."""


@dataclass(frozen=True, slots=True)
class Named:
    """One stretch of text about one person, or about a counted group of `count` persons."""

    found: Stretch
    sex: str = "unreported"
    age: int | None = None
    count: int = 1
    features: tuple[str, ...] = field(default=(), repr=False)


class _Anchor(NamedTuple):
    """Tokens that speak of a person: `kind` is `sex`, `age`, `count`, `initials`, `relation` or `other`, with a value
    or, of ages and counts, `numbers`."""

    start: int
    end: int
    kind: str
    value: str = ""
    numbers: tuple[int, ...] = ()


def named(part: Span) -> list[Named]:
    """Every person or counted group that `part` speaks of, in order."""
    people: list[Named] = []
    layout = layout_of(part.doc)
    for anchors in _chunks(part):
        behind = _of_chunk(part, anchors)
        kinds = {anchor.kind for anchor in anchors}
        if len(behind) > 1 and (INITIALS in kinds or "count" not in kinds):
            people = _with_ages_shared(layout, people, behind, by_name=INITIALS in kinds)
        else:
            people += behind
    return [replace(one, features=tuple(_features(one, part))) for one in people]


def _of_chunk(part: Span, anchors: Sequence[_Anchor]) -> list[Named]:
    """The person or group some words are about; where they give an age for each, that many persons."""
    found = stretch(part.doc, anchors[0].start, max(anchor.end for anchor in anchors))
    told = {anchor.kind: anchor for anchor in reversed(anchors)}
    sex = told["sex"].value if "sex" in told else "unreported"
    ages = told["age"].numbers if "age" in told else ()
    count = told["count"].numbers[0] if "count" in told else max(len(ages), 1)
    if len(ages) > 1 and count == len(ages):
        return [Named(found, sex, age) for age in ages]
    return [Named(found, sex, ages[0] if len(ages) == 1 else None, count if "count" in told else 1)]


def _with_ages_shared(layout: Layout, before: list[Named], behind: list[Named], *, by_name: bool) -> list[Named]:
    """The persons `before` and `behind`, of one with several ages. Of ages behind as many persons ("a father and a son,
    40 and 17"; `by_name`: "S. K. and N. K., 40 and 37") each gets his own; of those behind more persons none does."""
    names: list[Named] = []
    for one in reversed(before):
        start = names[0].found.start if names else behind[0].found.start
        alike = not by_name or layout.key(one.found.end - 1) == "."  # initials end so
        if one.count > 1 or one.age is not None or not (alike and _are_joined(layout, one, start)):
            break
        names.insert(0, one)
    if len(names) >= len(behind):
        return [*before, replace(behind[-1], age=None)]
    if len(names) + 1 < len(behind):
        return [*before, *behind]
    aged = [replace(name, age=one.age) for name, one in zip(names, behind, strict=False)]
    return [*before[: -len(names)], *aged, behind[-1]]


def _are_joined(layout: Layout, one: Named, start: int) -> bool:
    """Whether a comma or "and" alone stands between a person and the next, who begins at `start`."""
    between = [key for key in layout.keys[one.found.end : start] if key != "." and not is_article(key, layout.lang)]
    return len(between) == 1 and (between[0] == "," or joins(between[0], layout.lang))


def _chunks(part: Span) -> Iterator[list[_Anchor]]:
    layout = layout_of(part.doc)
    chunk: list[_Anchor] = []
    for anchor in _anchors(part):
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
        key in ".;:!?" or "\n" in key or begins_another(key, layout.lang) for key in between
    ):
        return False
    known = {before.kind: before.value for before in chunk}
    if anchor.kind in ("age", "count", INITIALS) and anchor.kind in known:
        return False
    if anchor.kind == "count" and "age" in known:
        return False
    if anchor.kind in ("sex", "relation") and {anchor.kind, "age"} <= known.keys() and "," in between:
        return False
    return anchor.kind != "sex" or known.get("sex", anchor.value) == anchor.value


def _anchors(part: Span) -> list[_Anchor]:
    """Everything in `part` that speaks of persons, in order."""
    layout = layout_of(part.doc)
    spoken = sorted([*_terms(layout, part), *_initials(part.doc, part.start, part.end)])
    told = ages(part, [stretch(part.doc, anchor.start, anchor.end, anchor.kind) for anchor in spoken])
    aged = [_Anchor(age.start, age.end, "age", numbers=age.years) for age in told]
    sexed = [_Anchor(age.end - 1, age.end, "sex", age.sex) for age in told if age.sex != "unreported"]
    return sorted([*spoken, *aged, *sexed, *_counts(layout, part, told)])


def _terms(layout: Layout, part: Span) -> Iterator[_Anchor]:
    for term in layout.terms_in(part.start, part.end):
        if term.kind == "person" and term.label in ("male", "female"):
            yield _Anchor(term.start, term.end, "sex", term.label)
        elif term.kind in ("person", "relation"):
            yield _Anchor(term.start, term.end, "relation" if term.kind == "relation" else "other", term.label)


def _counts(layout: Layout, part: Span, told: Sequence[Age]) -> Iterator[_Anchor]:
    spans = [(one.start, one.end) for one in within(layout.dates, part.start, part.end)]
    spans += [(age.start, age.end) for age in told]
    taken = {token for start, end in spans for token in range(start, end)}
    for number in within(layout.numbers, part.start, part.end):
        if number.start not in taken and 2 <= number.value <= MOST_COUNTED and _may_count_persons(layout, number):
            yield _Anchor(number.start, number.end, "count", numbers=(number.value,))


def _initials(doc: Doc, start: int, end: int) -> Iterator[_Anchor]:
    """Persons given by initials: "A. H.", "A.H.", "Milan P."."""
    for at in range(start + 1, end):
        if doc[at].text != "." or not is_initial(doc[at - 1].text):
            continue
        second = at + 2 < end and doc[at + 2].text == "." and is_initial(doc[at + 1].text)
        before = doc[at - 2].text if at - 2 >= start else ""
        if second:
            yield _Anchor(at - 1, at + 3, INITIALS)
        elif before[:1].isupper() and len(before) > 2:
            yield _Anchor(at - 2, at + 1, INITIALS)


def _may_count_persons(layout: Layout, number: Stretch) -> bool:
    behind = number.end + (layout.key(number.end) == "-")
    following = layout.key(behind)
    if following in _clock_words(layout.lang) or measures(layout.keys[behind : behind + 2], layout.lang):
        return False
    if any(
        term.label == AMMUNITION and term.start == number.end for term in layout.terms_in(number.end, number.end + 2)
    ):
        return False
    written_out = not layout.figures[number.start]
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
