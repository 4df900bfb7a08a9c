"""Places as a model names them, resolved by the gazetteer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codebook.gazetteer import Place, gazetteer

LONGEST_NAME = 200
"""Characters of a name or a quotation that are looked up; no name of a place is as long."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A municipality and the place in it that is named, which may be the municipality."""

    municipality: Place
    place: Place


def resolved(name: str | None, quote: str, jurisdiction: str) -> Resolved | None:
    """The municipality that a model calls `name`, where the article says `quote`; None where the gazetteer knows none.

    The name is looked up in the jurisdiction, then anywhere; a village is its municipality. Without such a place the
    words of the article are looked at. A settlement of that municipality in the words gives the position.
    """
    quoted = list(_named_in(quote[:LONGEST_NAME]))
    place = _named(name, jurisdiction) or next((one for one in quoted if one.jurisdiction == jurisdiction), None)
    if place is None:
        return None
    municipality = gazetteer().municipality_of(place)
    inside = [one for one in (*quoted, place) if one.municipality_id == municipality.id]
    return Resolved(municipality, _finest(inside))


def _named(name: str | None, jurisdiction: str) -> Place | None:
    if not name:
        return None
    name = name[:LONGEST_NAME]
    found = gazetteer().lookup(name, jurisdiction) or gazetteer().lookup(name)
    return found[0] if found else None


def _named_in(quote: str) -> Iterator[Place]:
    for span in gazetteer().find(quote):
        yield from span.places


def _finest(places: Iterable[Place]) -> Place:
    return min(places, key=lambda place: place.kind == "municipality")
