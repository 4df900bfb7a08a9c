"""What the learned heads are taught: labelled articles as examples of questions and their right answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from spacy.tokens import Doc, Span

from classifiers import dates, persons, place_types, places, weapons
from classifiers.counts import count_features, counted
from classifiers.features import document_features
from classifiers.items import paragraphs
from classifiers.labelled import LabelledArticle, LabelledIncident, LabelledPerpetrator, LabelledVictim
from classifiers.mentions import person_features
from classifiers.pipelines import Stretch, layout_of, parsed
from classifiers.questions import INCIDENT_QUESTIONS
from classifiers.relevance import RELEVANT
from classifiers.sexes import sex_features
from languages.identification import reading_language


@dataclass(frozen=True, slots=True)
class Example:
    """One question about a stretch of text, its right answer, and what the linear head of the question sees.

    `found` are the first character and the one after the last, in the text of the article as parsed; None for the whole
    unit.
    """

    question: str
    answer: str
    features: Iterable[str]
    found: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """An article, or the part of a round-up that tells one incident, with its examples.

    `marked` are the words the labels rest on: field and characters.
    """

    part: Span
    examples: Sequence[Example]
    marked: Sequence[tuple[str, int, int]]


def parsed_label(labelled: LabelledArticle) -> Doc:
    """A labelled article as the pipelines parse it, in the language its label names."""
    published = labelled.article.published
    return parsed(
        reading_language(labelled.lang), labelled.title, labelled.text, published, labelled.source_jurisdiction
    )


def units(labelled: LabelledArticle, doc: Doc) -> Iterator[Unit]:
    """The article, and each of its parts where it tells several incidents."""
    whole = list(document_features(doc[:]))
    about = [
        Example("relevance", "yes" if labelled.relevant else "no", whole),
        Example("reason", labelled.reason or RELEVANT, whole),
    ]
    if not labelled.relevant:
        yield Unit(doc[:], about, ())
        return
    about.append(Example("several", "yes" if len(labelled.incidents) > 1 else "no", whole))
    if len(labelled.incidents) == 1:
        incident = labelled.incidents[0]
        yield Unit(doc[:], [*about, *_incident(incident, doc[:], whole)], _marked(incident, doc[:]))
        return
    marked = [found for incident in labelled.incidents for found in _marked(incident, doc[:])]
    yield Unit(doc[:], [*about, *_items(labelled, doc)], marked)
    for incident, part in _parts(labelled, doc):
        yield Unit(part, list(_incident(incident, part, list(document_features(part)))), _marked(incident, part))


def _incident(incident: LabelledIncident, part: Span, seen: list[str]) -> Iterator[Example]:
    for question, answer_of in INCIDENT_QUESTIONS.items():
        if (answer := answer_of(incident)) is not None:
            yield Example(question, answer, seen)
    for candidate in places.candidates(part):
        right = incident.is_at(candidate.municipality.name) or incident.is_at(candidate.place.name)
        yield Example("place", _event(right), candidate.features, _characters(candidate.found))
    for day in dates.candidates(part):
        yield Example(
            "date", _event(day.date == incident.date), day.features, _characters(day.found) if day.found else None
        )
    for weapon in weapons.candidates(part):
        yield Example("weapon", _event(weapon.code in incident.weapons), weapon.features, _characters(weapon.found))
    yield from _place_words(incident, part)
    yield from _persons(incident, part)
    yield from _seized(incident, part)


def _event(right: bool) -> str:  # noqa: FBT001
    return "event" if right else "other"


def _characters(found: Stretch) -> tuple[int, int]:
    return found.start_char, found.end_char


def _items(labelled: LabelledArticle, doc: Doc) -> Iterator[Example]:
    told = _told_in(labelled)
    for paragraph in paragraphs(doc):
        answer = "yes" if any(t in paragraph.text for t in told) else "no"
        yield Example("item", answer, document_features(paragraph), (paragraph.start_char, paragraph.end_char))


def _told_in(labelled: LabelledArticle) -> list[str]:
    return [i.evidence.type for i in labelled.incidents if i.evidence and i.evidence.type]


def _parts(labelled: LabelledArticle, doc: Doc) -> list[tuple[LabelledIncident, Span]]:
    """Each incident with the part that tells it, from the paragraph of its words on, or from their sentence where one
    paragraph tells several; none where two begin in one sentence."""
    layout = layout_of(doc)
    starts: dict[int, LabelledIncident] = {}
    waiting = list(labelled.incidents)
    for paragraph in paragraphs(doc):
        told = {}
        for one in waiting:
            if (spot := _spot(paragraph, one.evidence.type if one.evidence else None)) is not None:
                told[id(one)] = layout.sentence(layout.stretch_of("", *spot, None).start)[0], one
        if len({sentence for sentence, _ in told.values()}) < len(told):
            return []
        for n, (sentence, one) in enumerate(sorted(told.values(), key=lambda pair: pair[0])):
            starts[sentence if n else paragraph.start] = one
        waiting = [one for one in waiting if id(one) not in told]
    if waiting:
        return []
    ends = [*sorted(starts)[1:], len(doc)]
    return [(starts[start], doc[start:end]) for start, end in zip(sorted(starts), ends, strict=True)]


def _marked(incident: LabelledIncident, part: Span) -> list[tuple[str, int, int]]:
    evidence = incident.evidence
    if evidence is None:
        return []
    words = [
        ("type", [evidence.type]),
        ("place", [evidence.place]),
        ("date", [evidence.date]),
        ("possession", [evidence.possession]),
        ("weapons", evidence.weapons),
        ("victims", evidence.victims),
        ("perpetrators", evidence.perpetrators),
        ("seizure", evidence.seizure),
    ]
    spots = [(field, _spot(part, one)) for field, several in words for one in several]
    return [(field, *spot) for field, spot in dict.fromkeys(spots) if spot is not None]


def _place_words(incident: LabelledIncident, part: Span) -> Iterator[Example]:
    """The words that tell the kind of place, as the labels mark them. Others of the same kind are left out: they may
    tell it as well, and the labels mark one."""
    if incident.place_type is None:
        return
    told = incident.evidence.place_type if incident.evidence else None
    first, last = (told and _spot(part, told)) or (0, 0)
    found = place_types.candidates(part, incident.incident_type)
    for one in found:
        right = one.code == incident.place_type and _overlap(one.found, first, last)
        if right or one.code != incident.place_type:
            yield Example("place word", _event(right), one.features, _characters(one.found))


def _overlap(found: Stretch, first: int, last: int) -> bool:
    return found.start_char < last and first < found.end_char


def _seized(incident: LabelledIncident, part: Span) -> Iterator[Example]:
    words = incident.evidence.seizure if incident.evidence else ()
    spots = [spot for one in words if (spot := _spot(part, one)) is not None]
    if incident.seizure is None or not spots:
        return
    for count in counted(part):
        start, end = _characters(count.found)
        right = any(_overlap(count.found, first, last) for first, last in spots)
        yield Example("seized", "yes" if right else "no", count_features(count, part), (start, end))


_P = TypeVar("_P")


def _persons(incident: LabelledIncident, part: Span) -> Iterator[Example]:
    if incident.evidence is None:
        return
    spots = [
        *(
            (_spot(part, words), v.outcome, v.age, n)
            for n, (words, v) in _paired(incident.evidence.victims, incident.victims)
        ),
        *(
            (_spot(part, words), persons.PERPETRATOR, p.age, n)
            for n, (words, p) in _paired(incident.evidence.perpetrators, incident.perpetrators)
        ),
    ]
    for one in persons.named(part):
        role, number = _role(one, [spot for spot in spots if spot[0] is not None])
        if role == "unreported" or (role == persons.NOBODY and _may_be_unmarked(one, incident)):
            continue
        found = _characters(one.found)
        yield Example("person", role, one.features, found)
        if role != persons.NOBODY:
            people: Sequence[LabelledVictim | LabelledPerpetrator] = (
                incident.perpetrators if role == persons.PERPETRATOR else incident.victims
            )
            yield Example("sex", people[number].sex, sex_features(one, part), found)
        if role == persons.PERPETRATOR:
            status = incident.perpetrators[number].status
            yield Example("status", status, person_features(one.features, part, ""), found)
        elif role != persons.NOBODY and incident.incident_type != "suicide":
            relation = incident.victims[number].relation
            yield Example("relation", relation, person_features(one.features, part, incident.incident_type), found)


def _may_be_unmarked(one: persons.Named, incident: LabelledIncident) -> bool:
    """Whether a stretch outside the labels' words can be about a labelled person all the same: they mark one stretch a
    person, and others say the same sex again."""
    people: list[LabelledVictim | LabelledPerpetrator] = [*incident.victims, *incident.perpetrators]
    return one.sex != "unreported" and any(
        person.sex == one.sex and (one.age is None or person.age in (None, one.age)) for person in people
    )


def _paired(words: Sequence[str | None], people: Sequence[_P]) -> list[tuple[int, tuple[str | None, _P]]]:
    return list(enumerate(zip(words, people, strict=False)))


Spot = tuple[tuple[int, int] | None, str, int | None, int]


def _spot(part: Span, words: str | None) -> tuple[int, int] | None:
    """The characters of some words in a part: in its text sooner than in the title."""
    if not words:
        return None
    layout = layout_of(part.doc)
    text, title_end = layout.text, layout.title_length
    at = text.find(words, max(part.start_char, title_end), part.end_char)
    if at < 0:
        at = text.find(words, part.start_char, part.end_char)
    return (at, at + len(words)) if at >= 0 else None


def _role(one: persons.Named, spots: Sequence[Spot]) -> tuple[str, int]:
    """What the labels say of a stretch: that of the labelled person whose words it shares, age deciding."""
    fitting = [
        (age is not None and age == one.age, -(spot[1] - spot[0]), role, n)
        for spot, role, age, n in spots
        if spot is not None and spot[0] < one.found.end_char and one.found.start_char < spot[1]
        if one.age is None or age is None or age == one.age
    ]
    if fitting:
        _, _, role, n = max(fitting)
        return role, n
    of_age = [(role, n) for _, role, age, n in spots if age is not None and age == one.age]
    return of_age[0] if len({role for role, _ in of_age}) == 1 else (persons.NOBODY, 0)
