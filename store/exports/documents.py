"""Incidents as documents: GeoJSON for maps, JSON Lines for `avmp import`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import BinaryIO

from codebook.kosovo import jurisdiction_footnotes
from codebook.records import Incident


def write_jsonl(stream: BinaryIO, incidents: Iterable[Incident]) -> int:
    """One `codebook.records.Incident` a line; `avmp import` reads it back."""
    written = 0
    for incident in incidents:
        stream.write(incident.model_dump_json().encode() + b"\n")
        written += 1
    return written


def write_geojson(stream: BinaryIO, incidents: Iterable[Incident]) -> int:
    """A FeatureCollection; an incident without coordinates is a feature with a null geometry."""
    features = [_feature(incident) for incident in incidents]
    footnotes = jurisdiction_footnotes(f["properties"]["jurisdiction"] for f in features)  # type: ignore[index]
    collection = {"type": "FeatureCollection", "footnotes": footnotes, "features": features}
    stream.write(json.dumps(collection, ensure_ascii=False).encode())
    return len(features)


def _feature(incident: Incident) -> dict[str, object]:
    located = incident.latitude is not None and incident.longitude is not None
    geometry = {"type": "Point", "coordinates": [incident.longitude, incident.latitude]} if located else None
    return {
        "type": "Feature",
        "id": incident.id,
        "geometry": geometry,
        "properties": incident.model_dump(mode="json", exclude={"id", "latitude", "longitude"}),
    }
