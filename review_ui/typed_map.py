"""The map beside the form shows the place that stands in the form, also where that was not taken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from codebook.records import Facts
from review_ui.form import FormValues
from review_ui.places import Located, located
from review_ui.region_map import MUNICIPALITY, REGION, RegionMap, region_map
from review_ui.translation.speaking import gettext

JURISDICTION = 3
"""The precision of a place of which no more is known."""


def typed_map(values: FormValues, facts: Facts) -> RegionMap:
    """The map for what stands in a form that was opened with these facts. A name that no municipality has there is
    without a point."""
    name, jurisdiction, precision = (values.plain[field] for field in ("place", "jurisdiction", "geo_precision"))
    if (name, jurisdiction, precision) == (facts.place or "", facts.jurisdiction or "", str(facts.geo_precision)):
        return region_map(facts)
    where: dict[str, Any] = {"jurisdiction": jurisdiction or None, "place": name or None, "geo_precision": JURISDICTION}
    where |= {"latitude": None, "longitude": None}
    sought = name and jurisdiction and precision == str(MUNICIPALITY)
    found = located(name, jurisdiction) if sought else None
    if isinstance(found, Located):
        point = {"latitude": found.municipality.latitude, "longitude": found.municipality.longitude}
        return region_map(facts.model_copy(update=where | point | {"geo_precision": MUNICIPALITY}))
    if precision == str(REGION):
        return region_map(facts.model_copy(update=where | {"geo_precision": REGION}))
    map_ = region_map(facts.model_copy(update=where))
    if sought:
        return replace(map_, label=gettext("%(place)s: not found in this jurisdiction", place=name))
    return replace(map_, label=gettext("as typed")) if name else map_
