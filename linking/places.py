"""How far apart events are, and where on the map all that is near to one lies."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

from codebook.gazetteer import Place, gazetteer
from codebook.records import Facts

EARTH_RADIUS_KM = 6371.0
SLACK = 1e-6
"""Degrees by which a box is wider than it must be, a tenth of a metre: sums of floating-point numbers differ."""


class Box(NamedTuple):
    """From south to north and from west to east, in degrees; the edges are within."""

    south: float
    north: float
    west: float
    east: float


def kilometres(a: Facts, b: Facts) -> float | None:
    """Distance between the places on a sphere (haversine); null when one has no coordinates."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    phi_a, phi_b = math.radians(a.latitude), math.radians(b.latitude)
    half_lat, half_lon = (phi_b - phi_a) / 2, math.radians(b.longitude - a.longitude) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(chord, 1.0)))


def box_around(facts: Facts, km: float) -> Box | None:
    """A box that holds every place within so many kilometres; null when the event's place is not known.

    Over a pole, and over the meridian where the days meet, it reaches around the earth.
    """
    if facts.latitude is None or facts.longitude is None:
        return None
    angle, phi = km / EARTH_RADIUS_KM, math.radians(facts.latitude)
    high = math.degrees(angle) + SLACK
    south, north = facts.latitude - high, facts.latitude + high
    if math.sin(angle) >= math.cos(phi):
        return Box(south, north, -180.0, 180.0)
    wide = math.degrees(math.asin(math.sin(angle) / math.cos(phi))) + SLACK
    west, east = facts.longitude - wide, facts.longitude + wide
    return Box(south, north, west, east) if west >= -180 and east <= 180 else Box(south, north, -180.0, 180.0)


def same_municipality(a: Facts, b: Facts) -> bool:
    """Whether two events lie in one municipality: by its entry in the gazetteer, for several bear one name (Taraclia);
    by the name where one has no entry."""
    one, other = (_municipalities().get(facts.place_id or "") for facts in (a, b))
    return one.id == other.id if one and other else a.place == b.place


def other_settlement(a: Facts, b: Facts) -> bool:
    """Whether both tell a settlement within a municipality, and not the same."""
    towns = {facts.place_id: _municipalities().get(facts.place_id or "") for facts in (a, b)}
    return len(towns) == 2 and all(town is not None and town.id != id_ for id_, town in towns.items())


def people_at(facts: Facts) -> int:
    """How many people live in the municipality of the event; 0 where it is not known."""
    town = _municipalities().get(facts.place_id or "")
    return (town.population or 0) if town else 0


@cache
def _municipalities() -> dict[str, Place]:
    """The municipality of every place, by the place's id."""
    known = gazetteer()
    return {place.id: known.municipality_of(place) for place in known.places()}
