"""Which fields of `Facts` mean something only together, and when two values of one say the same."""

from __future__ import annotations

from collections.abc import Mapping

PARTS: Mapping[str, tuple[str, ...]] = {
    "incident_type": ("incident_type", "subtype"),
    "date": ("date", "date_precision"),
    "time_of_day": ("time_of_day",),
    "place": ("jurisdiction", "place", "place_id", "latitude", "longitude", "geo_precision"),
    "place_type": ("place_type",),
    "weapons": ("weapons",),
    "possession": ("possession",),
    "victims": ("victims",),
    "perpetrators": ("perpetrators",),
    "seizure": ("seizure",),
}
"""Every field, with those it is taken together with, by the one that says whether anything is told: one report's (or
reader's) date with the precision of another would be nonsense."""


def unordered(value: object) -> str:
    """A value as text that does not depend on the order in which persons or weapons are listed."""
    return repr(sorted(map(repr, value)) if isinstance(value, tuple) else value)
