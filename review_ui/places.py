"""Places as people write them: suggestions while typing, and the municipality a typed name means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from codebook.codes import code_list
from codebook.gazetteer import Place, gazetteer
from languages.canonical import folded
from review_ui.access import SignedIn
from review_ui.region_map import on_map
from review_ui.translation.speaking import gettext

router = APIRouter()

SUGGESTIONS = 12


@dataclass(frozen=True, slots=True)
class Located:
    """The municipality that a name means."""

    municipality: Place


def located(name: str, jurisdiction: str) -> Located | str:
    """The municipality of a place by one of its names or its label, or a line that says what to do."""
    in_jurisdiction = jurisdiction if jurisdiction in code_list("jurisdiction") else None
    bare, _, unit = name.partition(" (")
    wanted = unit.removesuffix(")")
    places = gazetteer().lookup(name, in_jurisdiction) or gazetteer().lookup(bare, in_jurisdiction)
    for place in places:
        municipality = gazetteer().municipality_of(place)
        if not wanted or wanted in (municipality.first_level_unit, municipality.name):
            return Located(municipality)
    if not in_jurisdiction:
        return gettext("Choose the jurisdiction first; then the place can be found.")
    return gettext(
        "No place of this name is known there: choose one of the suggestions, or clear it and lower the precision."
    )


def warm() -> None:
    """Load the gazetteer and its index, which takes over a second, before somebody types the first place."""
    gazetteer().lookup("", None)
    _ranked()


@router.get("/places")
def suggest(account: SignedIn, q: str = "", jurisdiction: str = "") -> Response:  # noqa: ARG001  for people signed in
    """Up to `SUGGESTIONS` places whose name begins with `q`: municipalities first, the larger first."""
    key = folded(q.strip())
    found: dict[str, Place] = {}
    if key:
        for place in _by_prefix(key, jurisdiction):
            found.setdefault(label(place), place)
            if len(found) == SUGGESTIONS:
                break
    return JSONResponse([suggested(name, gazetteer().municipality_of(place)) for name, place in found.items()])


def label(place: Place) -> str:
    """A place told apart from others of its name: `Peje (Peja)`, `Gradac (Čačak)`."""
    around = gazetteer().municipality_of(place).name if place.kind == "settlement" else place.first_level_unit
    return f"{place.name} ({around})" if around and around != place.name else place.name


def suggested(name: str, municipality: Place) -> dict[str, str | float]:
    """A suggestion with where its municipality lies."""
    x, y = on_map(municipality.longitude, municipality.latitude)
    return {"value": name, "label": name, "x": x, "y": y}


def _by_prefix(key: str, jurisdiction: str) -> Iterator[Place]:
    for keys, place in _ranked():
        if jurisdiction in ("", place.jurisdiction) and any(k.startswith(key) for k in keys):
            yield place


@cache
def _ranked() -> list[tuple[tuple[str, ...], Place]]:
    places = sorted(gazetteer().places(), key=lambda p: (p.kind, -(p.population or 0), p.name))
    return [(tuple(folded(name) for name in p.names), p) for p in places]
