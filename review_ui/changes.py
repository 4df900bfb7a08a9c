"""What differs between two states of an incident, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codebook.records import Facts

UNSEEN = {"place_id", "latitude", "longitude"}
"""Fields that follow from the place: a person reads its name."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, as JSON values."""

    field: str
    before: Any
    after: Any


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The fields of `Facts` that differ, in the codebook's order; an absent field is null."""
    return [
        Change(name, before.get(name), after.get(name))
        for name in Facts.model_fields
        if name not in UNSEEN and before.get(name) != after.get(name)
    ]
