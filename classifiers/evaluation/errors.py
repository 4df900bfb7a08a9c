"""The errors of a reader that it was surest of, as Markdown for a person who asks what each would need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from classifiers.evaluation.alignment import aligned, same_place
from classifiers.labelled import LabelledArticle, LabelledIncident
from classifiers.reader import Reader
from codebook.records import Mention, Reading, Seizure

KINDS = {
    "false alarm": "False alarms",
    "missed": "Missed",
    "type": "Type",
    "persons": "Persons",
    "place": "Place",
    "date": "Date",
    "weapons": "Weapons",
    "possession": "Possession",
    "seizure": "Seizure",
}
"""Kind of error → its heading, in the order of the page."""


@dataclass(frozen=True, slots=True)
class ReadingError:
    """One value that was read wrong. `certainty` is the probability the reader gave to what it read, 0 to 1; null for
    a value it gives none to."""

    kind: str
    article: str
    lang: str
    read: str
    label: str
    certainty: float | None


def errors(articles: Iterable[LabelledArticle], reader: Reader) -> list[ReadingError]:
    """Every error over the labelled articles, in their order. The fields of an incident are looked at only where a
    mention was read that tells it."""
    found = []
    for labelled in articles:
        for kind, read, label, certainty in _of_article(labelled, reader.read(labelled.article)):
            found.append(ReadingError(kind, labelled.id, labelled.lang, read, label, certainty))
    return found


_Told = tuple[str, str, str, float | None]
"""Kind, what was read, what the label says, certainty."""


def _of_article(labelled: LabelledArticle, reading: Reading) -> Iterator[_Told]:
    mentions = reading.mentions if reading.relevant else ()
    if reading.relevant and not labelled.relevant:
        told = ", ".join(f"{m.incident_type} in {m.place or 'no place'}" for m in mentions)
        yield "false alarm", told or "relevant", labelled.reason or "not relevant", reading.relevance
    if labelled.relevant and not reading.relevant:
        told = ", ".join(f"{i.incident_type} in {i.place or 'no place'}" for i in labelled.incidents)
        yield "missed", reading.reason or "not relevant", told, 1 - reading.relevance
        return
    for incident, mention in aligned(labelled.incidents, mentions):
        if mention is None:
            told = f"{incident.incident_type} in {incident.place or 'no place'}"
            yield "missed", f"{len(mentions)} of {len(labelled.incidents)} incidents", told, None
        else:
            yield from _of_incident(incident, mention)


def _of_incident(incident: LabelledIncident, mention: Mention) -> Iterator[_Told]:
    for kind, (key, shown, right) in _FIELDS.items():
        if not right(incident, mention):
            yield kind, shown(mention), shown(incident), mention.confidence.get(key)
    if _persons(incident) != _persons(mention):
        sure = [mention.confidence.get(f"victims[{n}]") for n in range(len(mention.victims))]
        sure += [mention.confidence.get(f"perpetrators[{n}]") for n in range(len(mention.perpetrators))]
        known = [one for one in sure if one is not None]
        yield "persons", _persons(mention), _persons(incident), min(known) if known else None


_Record = LabelledIncident | Mention
_FIELDS: Mapping[str, tuple[str, Callable[[_Record], str], Callable[[LabelledIncident, Mention], bool]]] = {
    "type": ("incident_type", lambda r: r.incident_type, lambda i, m: i.incident_type == m.incident_type),
    "place": ("place", lambda r: r.place or "none", same_place),
    "date": ("date", lambda r: str(r.date or "none"), lambda i, m: i.date == m.date),
    "weapons": ("weapons", lambda r: ", ".join(sorted(r.weapons)), lambda i, m: set(i.weapons) == set(m.weapons)),
    "possession": ("possession", lambda r: r.possession, lambda i, m: i.possession == m.possession),
    "seizure": ("seizure", lambda r: _seized(r.seizure), lambda i, m: _seized(i.seizure) == _seized(m.seizure)),
}
"""Kind → the key of its confidence, how it is shown, whether it was read right."""


def _persons(record: _Record) -> str:
    """Victims by sex and outcome and the number of perpetrators, in one order."""
    victims = sorted(f"{victim.sex} {victim.outcome}" for victim in record.victims)
    return f"{', '.join(victims) or 'no victims'}; perpetrators {len(record.perpetrators)}"


def _seized(seizure: Seizure | None) -> str:
    if seizure is None:
        return "none"
    stated = seizure.model_dump(mode="json", include={"firearms", "rounds", "explosives"}, exclude_none=True)
    return ", ".join(f"{name} {value}" for name, value in sorted(stated.items())) or "nothing counted"


def worst(found: Sequence[ReadingError], number: int) -> list[ReadingError]:
    """The `number` errors the reader was surest of: of the kinds in turn, for a page of one kind teaches little, and
    the certainties of different kinds do not compare."""
    waiting = {kind: sorted((e for e in found if e.kind == kind), key=_unsureness) for kind in KINDS}
    chosen: list[ReadingError] = []
    while len(chosen) < number and any(waiting.values()):
        chosen += [queue.pop(0) for queue in waiting.values() if queue][: number - len(chosen)]
    return chosen


def _unsureness(error: ReadingError) -> tuple[float, str]:
    return (-(error.certainty if error.certainty is not None else 0.0), error.article)


def markdown(found: Sequence[ReadingError], number: int) -> str:
    """The worst errors under a heading for each kind, each kind's number, and which types are taken for which."""
    chosen = worst(found, number)
    lines = [f"The {len(chosen)} errors the reader was surest of, of {len(found)}.", ""]
    for kind, heading in KINDS.items():
        of_kind = sum(error.kind == kind for error in found)
        lines += [f"## {heading} ({of_kind})", ""]
        if kind == "type":
            lines += _confusions([error for error in found if error.kind == kind])
        lines += _rows([error for error in chosen if error.kind == kind])
    return "\n".join(lines).rstrip() + "\n"


def _confusions(of_type: Sequence[ReadingError]) -> list[str]:
    counts = Counter((error.label, error.read) for error in of_type)
    rows = [
        f"| {label} | {read} | {count} |"
        for (label, read), count in sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    ]
    return ["| label | read as | times |", "| --- | --- | --- |", *rows, ""] if rows else []


def _rows(chosen: Sequence[ReadingError]) -> list[str]:
    if not chosen:
        return []
    rows = [
        f"| {e.article} | {e.lang} | {e.read} | {e.label} | {'–' if e.certainty is None else f'{e.certainty:.2f}'} |"
        for e in chosen
    ]
    return ["| article | language | read | label | how sure |", "| --- | --- | --- | --- | --- |", *rows, ""]
