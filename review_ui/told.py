"""Who says what of each field, where the reports of an item disagree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from codebook.records import Facts
from store.review_queue import Report

NOTHING: tuple[Any, ...] = (None, [], ["unreported"], "unreported", "unknown")
"""Values by which a report says nothing of a field."""

FOLLOWING = {"place_id", "latitude", "longitude", "date_precision", "geo_precision", "jurisdiction", "subtype"}
"""Fields that follow from another, or are told beside it: they would say the same disagreement twice."""


@dataclass(frozen=True, slots=True)
class Told:
    """One value, as JSON, and the reports that say so, the newest first."""

    value: Any
    reports: tuple[Report, ...]

    @property
    def official(self) -> bool:
        """Whether an official source says so."""
        return any(report.source.kind == "official" for report in self.reports)


def disagreements(reports: Iterable[Report]) -> dict[str, list[Told]]:
    """By field, the values that the reports tell, where there are several: those of official sources first, then those
    that most reports tell. A report that says nothing of a field disagrees with none."""
    facts = [(report, Facts.model_validate(report.mention.facts).model_dump(mode="json")) for report in reports]
    found: dict[str, list[Told]] = {}
    for field in Facts.model_fields:
        values: dict[str, tuple[Any, list[Report]]] = {}
        for report, told in facts:
            if field not in FOLLOWING and told[field] not in NOTHING:
                values.setdefault(repr(told[field]), (told[field], []))[1].append(report)
        if len(values) > 1:
            each = [Told(value, tuple(who)) for value, who in values.values()]
            found[field] = sorted(each, key=lambda t: (not t.official, -len(t.reports)))
    return found
