"""A small map of the region, drawn from the gazetteer's municipalities: where an event was, and how exactly that is
known. A picture of points: the project ships no borders, and takes sides in none."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from codebook.gazetteer import Place, gazetteer
from codebook.records import Facts
from review_ui.translation.speaking import gettext

WIDTH, HEIGHT = 200, 172
WEST, EAST, SOUTH, NORTH = 15.5, 30.4, 39.4, 48.7
"""Degrees: the seven jurisdictions with a margin."""

MUNICIPALITY, REGION = 1, 2
"""Precisions of a place as the codebook counts them; beyond lies the jurisdiction alone."""


@dataclass(frozen=True, slots=True)
class RegionMap:
    """Paths of points for SVG. `area` are the points among which the event lies, `dot` is where it was if its
    municipality is known. `label` says it in words."""

    land: str
    area: str
    dot: tuple[float, float] | None
    label: str


def region_map(facts: Facts) -> RegionMap:
    """The map for these facts."""
    here = [p for p in _municipalities() if p.jurisdiction == facts.jurisdiction]
    where = facts.place or gettext("place unknown")
    if facts.geo_precision == MUNICIPALITY and facts.latitude is not None and facts.longitude is not None:
        return RegionMap(
            _land(),
            _path(here),
            on_map(facts.longitude, facts.latitude),
            gettext("%(place)s: the municipality", place=where),
        )
    if facts.geo_precision <= REGION and facts.place:
        unit = [p for p in here if facts.place in (p.first_level_unit, p.name)]
        return RegionMap(
            _land(), _path(unit or here), None, gettext("%(place)s: somewhere in this region", place=where)
        )
    return RegionMap(_land(), _path(here), None, gettext("somewhere in the jurisdiction") if here else where)


def on_map(longitude: float, latitude: float) -> tuple[float, float]:
    """A place in the picture's own units, from its upper left corner (Mercator's projection)."""
    x = (longitude - WEST) / (EAST - WEST) * WIDTH
    y = (_mercator(NORTH) - _mercator(latitude)) / (_mercator(NORTH) - _mercator(SOUTH)) * HEIGHT
    return round(x, 1), round(y, 1)


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


@cache
def _municipalities() -> tuple[Place, ...]:
    return tuple(p for p in gazetteer().places() if p.kind == "municipality")


@cache
def _land() -> str:
    return _path(_municipalities())


def _path(places: Iterable[Place]) -> str:
    """One path of points without length, which round ends make dots."""
    points = dict.fromkeys(on_map(p.longitude, p.latitude) for p in places)
    return "".join(f"M{round(x)} {round(y)}h0" for x, y in points)
