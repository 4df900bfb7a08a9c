"""The columns of a table of incidents: one row an incident, persons as counts, codes as codes with printed names
where a reader needs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from codebook.codes import printed
from codebook.kosovo import jurisdiction_footnotes, jurisdiction_name
from codebook.records import Incident, Victim

Cell = str | int | float | dt.date | dt.datetime | None


def _victims(incident: Incident, **wanted: str) -> int:
    def fits(victim: Victim) -> bool:
        return all(getattr(victim, name) == value for name, value in wanted.items())

    return sum(map(fits, incident.victims))


def _ages(ages: Sequence[int | None]) -> str:
    return "; ".join("unreported" if age is None else str(age) for age in ages)


COLUMNS: Mapping[str, Callable[[Incident], Cell]] = {
    "id": lambda i: i.id,
    "revision": lambda i: i.revision,
    "date": lambda i: i.date,
    "date_precision": lambda i: i.date_precision,
    "time_of_day": lambda i: i.time_of_day,
    "jurisdiction": lambda i: i.jurisdiction,
    "jurisdiction_name": lambda i: jurisdiction_name(i.jurisdiction),
    "place": lambda i: i.place,
    "latitude": lambda i: i.latitude,
    "longitude": lambda i: i.longitude,
    "geo_precision": lambda i: i.geo_precision,
    "place_type": lambda i: i.place_type,
    "incident_type": lambda i: i.incident_type,
    "incident_type_name": lambda i: printed("incident_type", i.incident_type),
    "subtype": lambda i: i.subtype,
    "weapons": lambda i: "; ".join(i.weapons),
    "possession": lambda i: i.possession,
    "victims": lambda i: len(i.victims),
    "victims_women": lambda i: _victims(i, sex="female"),
    "victims_men": lambda i: _victims(i, sex="male"),
    "victims_sex_unreported": lambda i: _victims(i, sex="unreported"),
    "victim_ages": lambda i: _ages([v.age for v in i.victims]),
    "killed": lambda i: _victims(i, outcome="killed"),
    "killed_women": lambda i: _victims(i, outcome="killed", sex="female"),
    "killed_men": lambda i: _victims(i, outcome="killed", sex="male"),
    "injured": lambda i: _victims(i, outcome="injured"),
    "threatened": lambda i: _victims(i, outcome="threatened"),
    "suicides": lambda i: _victims(i, outcome="suicide"),
    "suicide_attempts": lambda i: _victims(i, outcome="suicide_attempt"),
    "relations": lambda i: "; ".join(v.relation for v in i.victims),
    "perpetrators": lambda i: len(i.perpetrators),
    "perpetrators_women": lambda i: sum(p.sex == "female" for p in i.perpetrators),
    "perpetrators_men": lambda i: sum(p.sex == "male" for p in i.perpetrators),
    "perpetrators_sex_unreported": lambda i: sum(p.sex == "unreported" for p in i.perpetrators),
    "perpetrator_ages": lambda i: _ages([p.age for p in i.perpetrators]),
    "perpetrator_statuses": lambda i: "; ".join(p.status for p in i.perpetrators),
    "seized_firearms": lambda i: i.seizure.firearms if i.seizure else None,
    "seized_rounds": lambda i: i.seizure.rounds if i.seizure else None,
    "seized_explosives": lambda i: i.seizure.explosives if i.seizure else None,
    "seized_where": lambda i: i.seizure.where if i.seizure else None,
    "sources": lambda i: i.verification.sources,
    "official_source": lambda i: "yes" if i.verification.official else "no",
    "approved_at": lambda i: i.verification.approved_at,
    "articles": lambda i: len(i.articles),
    "footnote": lambda i: " ".join(jurisdiction_footnotes([i.jurisdiction])) or None,
}
"""Column name to value. The footnote stands in the rows that print Kosovo*."""


def row(incident: Incident) -> list[Cell]:
    """The cells of one incident in the order of `COLUMNS`."""
    return [value(incident) for value in COLUMNS.values()]
