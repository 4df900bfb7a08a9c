"""What the program proposed against what people decided, field by field."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from codebook.codes import subtypes_of
from codebook.records import Facts, Incident, Record, facts_of
from store.schema import Candidate, Revision

NOTHING = ""
"""The label of a value that is not there: a person added or taken away."""

NONE = "none"
"""The label of a value that is not told, of something that is there."""

REJECTED = "rejected"

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decided item: what was proposed, and what became of it; null facts were rejected."""

    candidate_id: str
    incident_id: str | None
    proposed: Facts
    decided: Facts | None


@dataclass(frozen=True, slots=True)
class Field:
    """Something to compare: the code list of its labels, if they are codes, and how to get them."""

    name: str
    codes: str | None
    pairs: Callable[[Facts, Facts], Pairs]


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often which label was proposed and which decided."""

    cells: Mapping[tuple[str, str], int]

    @property
    def proposed(self) -> list[str]:
        """The labels that were proposed, the most frequent first."""
        return _frequent(self.cells, 0)

    @property
    def decided(self) -> list[str]:
        """The labels that were decided, in the order of `proposed` and then by frequency."""
        first = self.proposed
        found = _frequent(self.cells, 1)
        return [label for label in first if label in found] + [label for label in found if label not in first]

    @property
    def total(self) -> int:
        return sum(self.cells.values())

    @property
    def same(self) -> int:
        return sum(number for (proposed, decided), number in self.cells.items() if proposed == decided)


def _frequent(cells: Mapping[tuple[str, str], int], side: int) -> list[str]:
    times: Counter[str] = Counter()
    for labels, number in cells.items():
        times[labels[side]] += number
    return [label for label, _ in sorted(times.items(), key=lambda entry: (-entry[1], entry[0]))]


def decided_items(session: Session, since: dt.datetime, until: dt.datetime) -> Iterator[Decided]:
    """The items decided in a period, the newest first."""
    query = (
        select(Candidate, Revision.after)
        .outerjoin(Revision, (Revision.incident_id == Candidate.incident_id) & (Revision.number == Candidate.revision))
        .where(Candidate.state.in_(("approved", "rejected")))
        .where(Candidate.decided_at >= since, Candidate.decided_at < until)
        .order_by(Candidate.decided_at.desc(), Candidate.id)
    )
    for candidate, after in session.execute(query):
        if candidate.state == "approved" and after is None:
            continue  # approved before revisions were kept with the item
        decided = facts_of(Incident.model_validate(after)) if candidate.state == "approved" else None
        proposed = Facts.model_validate(candidate.proposal)
        yield Decided(candidate.id, candidate.incident_id if decided else None, proposed, decided)


def confusion(items: Sequence[Decided], field: Field) -> Confusion:
    """Of all items, how often which label was proposed and which decided."""
    return Confusion(Counter(pair for item in items for pair in pairs(item, field)))


def pairs(item: Decided, field: Field) -> Pairs:
    """The labels of an item: proposed and decided. What was rejected is compared by its type alone."""
    if item.decided is None:
        return [(item.proposed.incident_type, REJECTED)] if field.name == "incident_type" else []
    return field.pairs(item.proposed, item.decided)


def _one(name: str) -> Callable[[Facts, Facts], Pairs]:
    return lambda proposed, decided: [(_label(proposed, name), _label(decided, name))]


def _label(record: Record, name: str) -> str:
    value = getattr(record, name)
    return NONE if value is None else str(value)


def _any(name: str) -> Callable[[Facts, Facts], Pairs]:
    """For values of which there are too many for a table: whether there is one, and whether it is the same."""

    def compared(proposed: Facts, decided: Facts) -> Pairs:
        before, after = getattr(proposed, name), getattr(decided, name)
        if before == after:
            return [("given", "given") if before is not None else (NONE, NONE)]
        return [("given" if before is not None else NONE, "another" if after is not None else NONE)]

    return compared


def _subtype(proposed: Facts, decided: Facts) -> Pairs:
    """The subtypes of items whose type has any."""
    if not (subtypes_of(proposed.incident_type) or subtypes_of(decided.incident_type)):
        return []
    return [(proposed.subtype or NONE, decided.subtype or NONE)]


def _numbers(of: str, name: str) -> Callable[[Facts, Facts], Pairs]:
    """For each person, or the seizure, whether a number is told, and whether it is the same."""
    each = _each(of, name)
    return lambda proposed, decided: [
        (before if before in (NOTHING, NONE) else "given", _kept(before, after))
        for before, after in each(proposed, decided)
    ]


def _kept(before: str, after: str) -> str:
    if after in (NOTHING, NONE):
        return after
    return "given" if before in (NOTHING, after) else "another"


def _each(of: str, name: str) -> Callable[[Facts, Facts], Pairs]:
    return lambda proposed, decided: matched(
        [_label(one, name) for one in _listed(proposed, of)], [_label(one, name) for one in _listed(decided, of)]
    )


def _listed(facts: Facts, of: str) -> Sequence[Record]:
    """The victims or perpetrators, or the seizure if there is one."""
    found = getattr(facts, of)
    return found if isinstance(found, tuple) else [one for one in (found,) if one is not None]


def matched(proposed: Sequence[str], decided: Sequence[str]) -> Pairs:
    """Two lists of labels in pairs: the equal ones together, of the rest each with the next, and those left over with
    nothing. In what order persons are listed is of no matter."""
    before, after = Counter(proposed), Counter(decided)
    same = list((before & after).elements())
    lost, won = sorted((before - after).elements()), sorted((after - before).elements())
    longest = max(len(lost), len(won))
    lost += [NOTHING] * (longest - len(lost))
    won += [NOTHING] * (longest - len(won))
    return [(label, label) for label in same] + list(zip(lost, won, strict=True))


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("incident_type", "incident_type", _one("incident_type")),
        Field("subtype", "subtype", _subtype),
        Field("date", None, _any("date")),
        Field("date_precision", "date_precision", _one("date_precision")),
        Field("time_of_day", "time_of_day", _one("time_of_day")),
        Field("jurisdiction", "jurisdiction", _one("jurisdiction")),
        Field("place", None, _any("place")),
        Field("geo_precision", "geo_precision", _one("geo_precision")),
        Field("place_type", "place_type", _one("place_type")),
        Field("weapon", "weapon", lambda proposed, decided: matched(proposed.weapons, decided.weapons)),
        Field("possession", "possession", _one("possession")),
        Field("victim_sex", "sex", _each("victims", "sex")),
        Field("victim_age", None, _numbers("victims", "age")),
        Field("outcome", "outcome", _each("victims", "outcome")),
        Field("relation", "relation", _each("victims", "relation")),
        Field("role", "role", _each("perpetrators", "role")),
        Field("perpetrator_sex", "sex", _each("perpetrators", "sex")),
        Field("perpetrator_age", None, _numbers("perpetrators", "age")),
        Field("status", "status", _each("perpetrators", "status")),
        Field("seizure", None, _any("seizure")),
        *(Field(name, None, _numbers("seizure", name)) for name in ("firearms", "rounds", "explosives")),
        Field("seizure_where", "seizure_where", _each("seizure", "where")),
    )
}
"""What can be compared, in the order of the codebook."""
