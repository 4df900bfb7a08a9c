"""The places of the gazetteer and the files they are read from."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from codebook.errors import BadInput

Kind = Literal["municipality", "settlement"]

COLUMNS = (
    "id",
    "name",
    "kind",
    "municipality",
    "unit",
    "latitude",
    "longitude",
    "population",
    "guessed",
    "names",
)


@dataclass(frozen=True, slots=True)
class Place:
    """One municipality or settlement.

    Attributes:
        id: jurisdiction and name ("XK-peje"), or for settlements of GeoNames its number ("XK-783770").
        name: the local name in Latin spelling; in Kosovo* the Albanian form.
        jurisdiction: code of the codebook.
        kind: a settlement lies in a municipality; towns and their municipality are one place, the municipality.
        municipality_id: the municipality it lies in; its own id for a municipality.
        first_level_unit: county, district, canton or entity, region, raion.
        latitude, longitude: degrees, WGS 84; of the seat for a municipality.
        population: of the settlement or the seat, where GeoNames states it.
        names: all names, the local one first, then those of the other languages that news use.
        guessed: the position, or the municipality of a settlement, is inferred and not stated by a source.
    """

    id: str
    name: str
    jurisdiction: str
    kind: Kind
    municipality_id: str
    first_level_unit: str
    latitude: float
    longitude: float
    population: int | None
    names: tuple[str, ...]
    guessed: bool


def read_places() -> list[Place]:
    """All places of `codebook/data/gazetteer`, municipalities before the settlements that name them."""
    folder = files("codebook") / "data" / "gazetteer"
    named = sorted((entry for entry in folder.iterdir() if _holds_places(entry.name)), key=lambda e: e.name)
    places = [place for entry in named for place in read_file(entry)]
    municipalities = {place.id: place for place in places if place.kind == "municipality"}
    for place in places:
        if place.municipality_id not in municipalities:
            raise BadInput(place.id, "municipality", place.municipality_id, "name a municipality of these files")
    return sorted(places, key=lambda place: place.kind)


def _holds_places(file_name: str) -> bool:
    return file_name.startswith(("municipalities-", "settlements-")) and file_name.endswith(".tsv")


def read_file(file: Traversable) -> Iterator[Place]:
    """The places of one file. Raises `BadInput` that names file, line, field and value."""
    lines = file.read_text(encoding="utf-8").splitlines()
    reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    if tuple(next(reader, ())) != COLUMNS:
        raise BadInput(file.name, "", lines[:1], f"begin the file with the columns {', '.join(COLUMNS)}")
    for number, row in enumerate(reader, start=2):
        where = f"{file.name}:{number}"
        if len(row) != len(COLUMNS):
            raise BadInput(where, "", row, f"give {len(COLUMNS)} tab-separated fields")
        yield _place(dict(zip(COLUMNS, row, strict=True)), where)


def _place(row: dict[str, str], where: str) -> Place:
    kind = row["kind"]
    if kind not in ("municipality", "settlement"):
        raise BadInput(where, "kind", kind, "write municipality or settlement")
    if row["guessed"] not in ("", "yes"):
        raise BadInput(where, "guessed", row["guessed"], "write yes or leave it empty")
    others = [entry.partition(":")[2] for entry in row["names"].split("; ") if entry]
    if not all(others):
        raise BadInput(where, "names", row["names"], "write language:name, parted by '; '")
    return Place(
        id=row["id"],
        name=row["name"],
        jurisdiction=row["id"][:2],
        kind="municipality" if kind == "municipality" else "settlement",
        municipality_id=row["municipality"] or row["id"],
        first_level_unit=row["unit"],
        latitude=_number(row, "latitude", where),
        longitude=_number(row, "longitude", where),
        population=int(_number(row, "population", where)) if row["population"] else None,
        names=tuple(dict.fromkeys((row["name"], *others))),
        guessed=row["guessed"] == "yes",
    )


def _number(row: dict[str, str], field: str, where: str) -> float:
    try:
        return float(row[field])
    except ValueError:
        raise BadInput(where, field, row[field], "write a number with a decimal point") from None
