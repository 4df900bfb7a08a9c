"""What no program, ours or another, can write into the curated tables."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from store.database import Database

INCIDENT: dict[str, Any] = {
    "id": "i1",
    "state": "approved",
    "revision": 1,
    "incident_type": "criminal_context",
    "subtype": "armed_robbery",
    "date": "2026-09-01",
    "date_precision": "day",
    "time_of_day": "unreported",
    "jurisdiction": "RS",
    "geo_precision": 1,
    "place_type": "unreported",
    "possession": "unreported",
    "source_count": 1,
    "official": False,
    "approved_by": "ana",
    "approved_at": "2026-09-02T08:00Z",
}
VICTIM: dict[str, Any] = {
    "incident_id": "i1",
    "position": 0,
    "role": "victim",
    "sex": "female",
    "age": 40,
    "outcome": "killed",
    "relation": "intimate_partner",
    "status": None,
}
PERPETRATOR = VICTIM | {"role": "perpetrator", "outcome": None, "relation": None, "status": "arrested"}


def _insert(database: Database, table: str, values: dict[str, Any]) -> None:
    columns = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(f":{name}" for name in values)
    with database.session() as session:
        session.execute(text(f"insert into {table} ({columns}) values ({marks})"), values)


@pytest.mark.parametrize(
    "change",
    [
        {"subtype": "hunting"},
        {"incident_type": "robbery", "subtype": None},
        {"jurisdiction": "GR"},
        {"jurisdiction": None},
        {"approved_by": None},
        {"approved_by": "nobody"},
        {"approved_at": None},
        {"date": None},
        {"date_precision": "unknown"},
        {"date_precision": "hour"},
        {"time_of_day": "noon"},
        {"place_type": "moon"},
        {"possession": "borrowed"},
        {"geo_precision": 0},
        {"geo_precision": 4},
        {"revision": 0},
        {"state": "draft"},
    ],
    ids=str,
)
def test_an_incident_against_the_codebook_is_refused(database: Database, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        _insert(database, "incidents", INCIDENT | change)


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "dead"},
        {"outcome": None},
        {"relation": None},
        {"relation": "stranger_danger"},
        {"sex": "f"},
        {"sex": None},
        {"age": -1},
        {"age": 121},
        {"status": "arrested"},
        {"role": "witness"},
        {"incident_id": "i2"},
    ],
    ids=str,
)
def test_a_victim_against_the_codebook_is_refused(database: Database, change: dict[str, Any]) -> None:
    _insert(database, "incidents", INCIDENT)
    with pytest.raises(IntegrityError):
        _insert(database, "incident_persons", VICTIM | change)


@pytest.mark.parametrize("change", [{"status": None}, {"status": "gone"}, {"outcome": "killed"}], ids=str)
def test_a_perpetrator_against_the_codebook_is_refused(database: Database, change: dict[str, Any]) -> None:
    _insert(database, "incidents", INCIDENT)
    with pytest.raises(IntegrityError):
        _insert(database, "incident_persons", PERPETRATOR | change)


def test_what_the_codebook_allows_is_taken(database: Database) -> None:
    _insert(database, "incidents", INCIDENT)
    _insert(database, "incidents", INCIDENT | {"id": "i2", "subtype": None, "date": None, "date_precision": "unknown"})
    _insert(database, "incident_persons", VICTIM)
    _insert(database, "incident_persons", PERPETRATOR | {"position": 1})
    _insert(database, "incident_weapons", {"incident_id": "i1", "position": 0, "weapon": "handgun"})
    _insert(database, "incident_seizures", {"incident_id": "i1", "firearms": 2, "rounds": None, "where": "border"})


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("incident_weapons", {"incident_id": "i1", "position": 1, "weapon": "handgun"}),
        ("incident_weapons", {"incident_id": "i1", "position": 1, "weapon": "sword"}),
        ("incident_seizures", {"incident_id": "i1", "firearms": -1, "where": "border"}),
        ("incident_seizures", {"incident_id": "i1", "firearms": 1, "where": "sea"}),
        ("incident_articles", {"incident_id": "i1", "article_id": "unknown"}),
    ],
)
def test_parts_against_the_codebook_are_refused(database: Database, table: str, values: dict[str, Any]) -> None:
    _insert(database, "incidents", INCIDENT)
    _insert(database, "incident_weapons", {"incident_id": "i1", "position": 0, "weapon": "handgun"})
    with pytest.raises(IntegrityError):
        _insert(database, table, values)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "approved"},
        {"state": "rejected", "decided_by": "ana", "decided_at": "2026-09-02T08:00Z"},
        {"state": "done"},
        {"kind": "update"},
        {"decided_by": "ana", "decided_at": "2026-09-02T08:00Z"},
        {"lease_owner": "ana"},
        {"jurisdiction": "GR"},
    ],
    ids=str,
)
def test_a_candidate_is_decided_by_somebody_and_for_a_reason(database: Database, change: dict[str, Any]) -> None:
    open_one = {"id": "c1", "state": "open", "kind": "new", "proposal": "{}", "priority": 1, "version": 1}
    with pytest.raises(IntegrityError):
        _insert(database, "candidates", open_one | change)
    _insert(database, "candidates", open_one)
