"""Who: the persons an article names, their part in the event, sex, age, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc, Span, Token

from classifiers.candidates import context_features, in_title, spans_in
from classifiers.linear import Head
from languages.numbers import NumberSpan

NOBODY, PERPETRATOR = "none", "perpetrator"
_MOST_COUNTED = 12
"""Entries a number alone may make (LABELLING rule 28)."""
_GAP = 3
"""Tokens that may lie between two words about one person."""
_SENTENCE_REACH = 30
_LEAST_AGE, _MOST_AGE = 1, 105
_AGE_AFTER = re.compile(
    r"^[-–\s]*(?:godi[sš]|god\b|godina|годиш|год|vje[cç]|de ani|ani\b|летн|лет|года|года|year|yr|jahr)", re.IGNORECASE
)
_AGE_BEFORE = re.compile(r"(?:aged|vârstă de|varsta de|moshës|moshes|возраст|age of)\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """One stretch of text about one person, or about a counted group of `count` persons."""

    span: Span
    sex: str = "unreported"
    age: int | None = None
    count: int = 1
    features: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the event as read: `part` is an outcome of a victim, or `perpetrator`."""

    part: str
    sex: str
    age: int | None
    confidence: float
    span: Span
    features: tuple[str, ...] = field(default=(), repr=False)


def named(part: Span) -> list[Named]:
    """Every person or counted group that `part` speaks of, in order."""
    found: list[Named] = []
    numbers = {s.start: v.value for s, v in spans_in(part, "numbers") if isinstance(v, NumberSpan)}
    for anchors in _chunks(part, numbers):
        span = part.doc[anchors[0][0] : max(end for _, end, _, _ in anchors)]
        sexes = [value for _, _, kind, value in anchors if kind == "sex"]
        ages = [int(value) for _, _, kind, value in anchors if kind == "age"]
        counts = [int(value) for _, _, kind, value in anchors if kind == "count"]
        person = Named(span, sexes[0] if sexes else "unreported", ages[0] if ages else None, counts[0] if counts else 1)
        found.append(replace(person, features=tuple(_features(person, part))))
    return found


def _chunks(part: Span, numbers: dict[int, int]) -> Iterator[list[tuple[int, int, str, str]]]:
    chunk: list[tuple[int, int, str, str]] = []
    for anchor in sorted(_anchors(part, numbers)):
        if chunk and not _same_person(part.doc, chunk, anchor):
            yield chunk
            chunk = []
        chunk.append(anchor)
    if chunk:
        yield chunk


def _same_person(doc: Doc, chunk: list[tuple[int, int, str, str]], anchor: tuple[int, int, str, str]) -> bool:
    start, _, kind, value = anchor
    end = max(stop for _, stop, _, _ in chunk)
    if start < end:
        return True
    between = doc[end:start]
    if start - end > _GAP or any(token.text in ".;:!?" or "\n" in token.text for token in between):
        return False
    if any(token.norm_ in _AND for token in between):
        return False
    if kind in ("age", "count") and any(k == kind for _, _, k, _ in chunk):
        return False
    return not (kind == "sex" and any(k == "sex" and v != value for _, _, k, v in chunk))


_AND = frozenset({"i", "a", "and", "si", "dhe", "e", "и", "te", "edhe", "iar", "dok", "while", "su", "sa", "me", "cu", "with"})


def _anchors(part: Span, numbers: dict[int, int]) -> Iterator[tuple[int, int, str, str]]:
    """Words about persons: start and end token, kind (`sex`, `age`, `count`, `initials`, `other`) and value."""
    doc = part.doc
    for term in doc.spans["terms"]:
        if not part.start <= term.start < part.end:
            continue
        if term.id_ == "person" and term.label_ in ("male", "female"):
            yield term.start, term.end, "sex", term.label_
        elif term.id_ in ("person", "relation"):
            yield term.start, term.end, "other", term.label_
    for at, value in numbers.items():
        end = next((s.end for s in doc.spans["numbers"] if s.start == at), at + 1)
        if _LEAST_AGE <= value <= _MOST_AGE and _is_age(doc, at, end):
            yield at, end, "age", str(value)
        elif 2 <= value <= _MOST_COUNTED and _counts_persons(doc, at, end):
            yield at, end, "count", str(value)
    for at in range(part.start, part.end - 3):
        first, stop, second = doc[at], doc[at + 1], doc[at + 2]
        if _is_initial(first) and stop.text == "." and (_is_initial(second) or second.text[0].isupper()):
            yield at, at + (4 if _is_initial(second) and doc[at + 3].text == "." else 3), "initials", first.text


def _is_initial(token: Token) -> bool:
    return len(token.text) == 1 and token.text.isupper()


def _is_age(doc: Doc, start: int, end: int) -> bool:
    before, after = doc[start - 1] if start else None, doc[end] if end < len(doc) else None
    if before is not None and after is not None and before.text == "(" and after.text in (")", ","):
        return True
    first, last = doc[start], doc[end - 1]
    following = doc.text[last.idx + len(last.text) : last.idx + len(last.text) + 12]
    if _AGE_AFTER.match(following) or _AGE_BEFORE.search(doc.text[max(0, first.idx - 16) : first.idx]):
        return True
    return bool(before is not None and after is not None and before.text == after.text == "," and first.text.isdigit())


def _counts_persons(doc: Doc, start: int, end: int) -> bool:
    return not doc[start].text.isdigit() or (end < len(doc) and doc[end].is_alpha)


def _features(person: Named, part: Span) -> Iterator[str]:
    doc, lang = part.doc, part.doc.user_data["lang"]
    yield from context_features(person.span, part)
    yield f"sex {person.sex}"
    yield f"age {person.age is not None}"
    yield f"count {min(person.count, 4)}"
    for token in person.span:
        if token.is_alpha:
            yield f"own {lang}:{token.norm_[:6]}"
    sentence = person.span.sent
    for token in doc[max(sentence.start, person.span.start - _SENTENCE_REACH) : person.span.start]:
        if token.is_alpha and len(token.text) > 2:
            yield f"left {lang}:{token.norm_[:6]}"
    for token in doc[person.span.end : min(sentence.end, person.span.end + _SENTENCE_REACH)]:
        if token.is_alpha and len(token.text) > 2:
            yield f"right {lang}:{token.norm_[:6]}"


def of_event(found: list[Named], head: Head) -> list[Person]:
    """The persons of the event: each stretch gets its part, stretches about one person become one."""
    persons: list[Person] = []
    for one in found:
        shares = head.probabilities(one.features)
        best = max(shares, key=lambda label: shares[label])
        if best == NOBODY:
            continue
        person = Person(best, one.sex, one.age, shares[best], one.span, one.features)
        if one.count > 1:
            _add_group(persons, person, one.count)
        else:
            _add_one(persons, person)
    return persons


def _add_group(persons: list[Person], person: Person, count: int) -> None:
    known = sum(other.part == person.part for other in persons)
    persons += [person] * max(0, count - known)


def _add_one(persons: list[Person], person: Person) -> None:
    for n, other in enumerate(persons):
        if (other.part == PERPETRATOR) == (person.part == PERPETRATOR) and _may_be_one(other, person):
            surer = max(other, person, key=lambda p: p.confidence)
            persons[n] = replace(
                surer,
                sex=other.sex if other.sex != "unreported" else person.sex,
                age=other.age if other.age is not None else person.age,
            )
            return
    persons.append(person)


def _may_be_one(a: Person, b: Person) -> bool:
    """Whether two stretches can be about one person: nothing they say disagrees, and they do not stand side by side."""
    if a.age is not None and a.age == b.age:
        return a.sex == b.sex or "unreported" in (a.sex, b.sex)
    if a.age is not None and b.age is not None:
        return False
    if {a.sex, b.sex} == {"male", "female"}:
        return False
    return in_title(a.span) or a.span.sent.start != b.span.sent.start
