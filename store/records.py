"""Between the curated tables and the codebook's `Incident`."""

from __future__ import annotations

from codebook.records import Facts, Incident, Perpetrator, Seizure, Verification, Victim
from store.schema import CuratedIncident, IncidentPerson, IncidentSeizure, IncidentWeapon

PLAIN_FIELDS = (
    "incident_type", "subtype", "date", "date_precision", "time_of_day", "jurisdiction", "place", "place_id",
    "latitude", "longitude", "geo_precision", "place_type", "possession",
)  # fmt: skip
"""The fields of `Facts` that are columns of the incidents table under the same name."""


def to_incident(row: CuratedIncident) -> Incident:
    """The record of a stored incident."""
    return Incident.model_validate(
        {name: getattr(row, name) for name in PLAIN_FIELDS}
        | {
            "id": row.id,
            "revision": row.revision,
            "weapons": [w.weapon for w in row.weapons],
            "victims": [
                Victim(sex=p.sex, age=p.age, outcome=p.outcome, relation=p.relation)
                for p in row.persons
                if p.role == "victim"
            ],
            "perpetrators": [
                Perpetrator(role=p.role, sex=p.sex, age=p.age, status=p.status)
                for p in row.persons
                if p.role != "victim"
            ],
            "seizure": row.seizure and _seizure(row.seizure),
            "verification": Verification(
                sources=row.source_count,
                official=row.official,
                approved_by=row.approved_by,
                approved_at=row.approved_at,
            ),
            "articles": sorted(a.article_id for a in row.articles),
        }
    )


def _seizure(row: IncidentSeizure) -> Seizure:
    return Seizure(firearms=row.firearms, rounds=row.rounds, explosives=row.explosives, where=row.where)


def write_facts(row: CuratedIncident, facts: Facts) -> None:
    """Put the facts into the row and its dependent rows, replacing what was there."""
    for name in PLAIN_FIELDS:
        setattr(row, name, getattr(facts, name))
    row.weapons = [IncidentWeapon(position=i, weapon=w) for i, w in enumerate(facts.weapons)]
    # A person at a place where another stood is written over that one, so nothing may be left unset.
    persons = [
        IncidentPerson(role="victim", sex=v.sex, age=v.age, outcome=v.outcome, relation=v.relation, status=None)
        for v in facts.victims
    ]
    persons += [
        IncidentPerson(role=p.role, sex=p.sex, age=p.age, outcome=None, relation=None, status=p.status)
        for p in facts.perpetrators
    ]
    for position, person in enumerate(persons):
        person.position = position
    row.persons = persons
    row.seizure = IncidentSeizure(**facts.seizure.model_dump()) if facts.seizure else None
