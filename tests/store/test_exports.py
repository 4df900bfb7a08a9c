"""Curated incidents as files: what goes out comes back, and opens right where analysts open it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codebook.errors import BadInput
from codebook.records import Incident, Perpetrator, Seizure, Verification, Victim
from store.database import Database
from store.exports import FORMATS
from store.exports.columns import COLUMNS
from store.imports import import_incidents
from store.incidents import IncidentQuery, incidents

APPROVED = dt.datetime(2026, 9, 2, 8, 30, tzinfo=dt.UTC)


def _incident(incident_id: str = "i1", **changes: object) -> Incident:
    fields: dict[str, object] = {
        "incident_type": "domestic_violence",
        "date": dt.date(2026, 9, 1),
        "date_precision": "day",
        "jurisdiction": "XK",
        "place": "Prishtinë",
        "place_id": "XK-prishtine",
        "latitude": 42.66,
        "longitude": 21.16,
        "geo_precision": 1,
        "weapons": ("handgun", "rifle_shotgun"),
        "victims": (
            Victim(sex="female", age=40, outcome="killed", relation="intimate_partner"),
            Victim(sex="male", age=None, outcome="injured", relation="family"),
        ),
        "perpetrators": (Perpetrator(sex="male", age=45, status="arrested"),),
        "revision": 1,
        "verification": Verification(sources=2, official=True, approved_by="vera", approved_at=APPROVED),
    }
    return Incident.model_validate(fields | {"id": incident_id} | changes)


def _written(name: str, *given: Incident) -> bytes:
    stream = io.BytesIO()
    assert FORMATS[name](stream, iter(given)) == len(given)
    return stream.getvalue()


SEIZURE = _incident(
    "i2", incident_type="weapons_seizure", jurisdiction="MD", place=None, place_id=None, latitude=None, longitude=None,
    geo_precision=3, date=None, date_precision="unknown", victims=(), seizure=Seizure(firearms=3, rounds=0, where="border"),
)  # fmt: skip


def test_csv_opens_in_a_spreadsheet_with_every_letter_right() -> None:
    data = _written("csv", _incident(), SEIZURE)
    assert data.startswith(b"\xef\xbb\xbf")  # without it Excel shows PrishtinÃ«
    first, second = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    assert first["place"] == "Prishtinë"
    assert first["jurisdiction_name"] == "Kosovo*"
    assert first["footnote"].startswith("*")
    assert (first["killed"], first["killed_women"], first["injured"]) == ("1", "1", "1")
    assert (first["victims_women"], first["victims_men"]) == ("1", "1")
    assert second["footnote"] == ""
    assert (second["seized_firearms"], second["seized_rounds"], second["seized_explosives"]) == ("3", "0", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_csv_is_run_as_a_formula(start: str) -> None:
    data = _written("csv", _incident(place=f"{start}HYPERLINK(1)"))
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert row["place"].startswith("'")


def test_a_workbook_has_dates_as_dates_and_numbers_as_numbers() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(_written("xlsx", _incident(place="=1+1")))).active
    assert sheet is not None
    names = [cell.value for cell in sheet[1]]
    row = dict(zip(names, sheet[2], strict=True))
    assert names == list(COLUMNS)
    assert row["date"].value.date() == dt.date(2026, 9, 1)
    assert row["date"].is_date
    assert row["killed"].value == 1
    assert (row["place"].value, row["place"].data_type) == ("=1+1", "s")
    assert sheet.freeze_panes == "B2"


def test_parquet_has_typed_columns() -> None:
    table = pq.read_table(io.BytesIO(_written("parquet", _incident(), SEIZURE)))
    assert table.column("date").to_pylist() == [dt.date(2026, 9, 1), None]
    assert table.column("seized_firearms").to_pylist() == [None, 3]
    assert table.column_names == list(COLUMNS)


def test_a_map_gets_a_null_where_no_place_is_known() -> None:
    collection = json.loads(_written("geojson", _incident(), SEIZURE))
    first, second = collection["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [21.16, 42.66]}
    assert second["geometry"] is None
    assert len(collection["footnotes"]) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_write_is_a_whole_file_all_the_same(name: str) -> None:
    data = _written(name)
    assert data or name == "jsonl"


def test_what_was_exported_comes_back_the_same(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "incidents.jsonl"
    file.write_bytes(_written("jsonl", _incident(), SEIZURE))
    with database.session() as session:
        assert import_incidents(session, file, "vera") == (2, 0)
    with database.session() as session:
        assert import_incidents(session, file, "vera") == (0, 2)
        kept = list(incidents(session, IncidentQuery()))
    assert [one.id for one in kept] == ["i1", "i2"]
    assert kept[0].victims == _incident().victims
    assert kept[1].seizure == SEIZURE.seizure


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "incidents.jsonl:2"),
        (_incident().model_dump_json().replace("domestic_violence", "quarrel"), "incident_type"),
        (_incident().model_dump_json().replace('"killed"', '"dead"'), "outcome"),
        (_incident(jurisdiction="XK").model_dump_json().replace('"XK"', '"KS"', 1), "jurisdiction"),
    ],
)
def test_a_wrong_line_takes_in_nothing(database: Database, tmp_path: Path, line: str, complaint: str) -> None:
    file = tmp_path / "incidents.jsonl"
    file.write_text(f"{SEIZURE.model_dump_json()}\n{line}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=complaint) as raised, database.session() as session:
        import_incidents(session, file, "vera")
    assert "\n" not in str(raised.value)
    with database.session() as session:
        assert list(incidents(session, IncidentQuery())) == []


@pytest.mark.parametrize("name", ["ana", "nobody", "system"])
def test_who_may_not_answer_for_an_import_is_refused(database: Database, tmp_path: Path, name: str) -> None:
    file = tmp_path / "incidents.jsonl"
    file.write_bytes(_written("jsonl", _incident()))
    with pytest.raises(BadInput, match="--as"), database.session() as session:
        import_incidents(session, file, name)


@given(place=st.text(min_size=1, max_size=30).filter(lambda text: "\0" not in text))
def test_any_text_survives_a_csv(place: str) -> None:
    (row,) = csv.DictReader(io.StringIO(_written("csv", _incident(place=place)).decode("utf-8-sig"), newline=""))
    assert row["place"].removeprefix("'") == place.removeprefix("'")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ""),
        ("id", "../../etc"),
        ("place", "Ni\0š"),
        ("place", "x" * 300),
        ("date", "9999-12-31"),
        ("date", "0001-01-01"),
        ("seizure.firearms", 3_000_000_000),
        ("seizure.rounds", 10**30),
        ("victims", [{}] * 300),
    ],
)
def test_what_the_database_cannot_hold_is_one_line(
    database: Database, tmp_path: Path, field: str, value: object
) -> None:
    file = tmp_path / "incidents.jsonl"
    root, _, part = field.partition(".")
    given = _incident().model_dump(mode="json") | {root: {part: value, "where": "inland"} if part else value}
    file.write_text(json.dumps(given), encoding="utf-8")
    with pytest.raises(BadInput) as told, database.session() as session:
        import_incidents(session, file, "vera")
    assert str(told.value).startswith(f"{file}:1: {root}: ")
    assert "\n" not in str(told.value)
