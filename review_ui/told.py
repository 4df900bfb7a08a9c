"""Who says what of each field, where the reports of an item disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from codebook.records import Facts
from linking.mentions import LinkableMention
from linking.proposal import told_by
from store.review_queue import Report

FOLLOWING = {"place_id", "latitude", "longitude", "date_precision", "geo_precision", "jurisdiction", "subtype"}
"""Fields that follow from another, or are told beside it: they would say the same disagreement twice."""

_AS_JSON: TypeAdapter[Any] = TypeAdapter(Any)


@dataclass(frozen=True, slots=True)
class Voice:
    """One value, as JSON, and the reports that say so, the newest first."""

    value: Any
    reports: tuple[Report, ...]

    @property
    def official(self) -> bool:
        """Whether an official source says so."""
        return any(_is_official(report) for report in self.reports)


def disagreements(reports: Sequence[Report]) -> dict[str, list[Voice]]:
    """By field, the values that the reports tell, where there are several: those of official sources first, then those
    that most reports tell. A report that says nothing of a field disagrees with none."""
    by_mention = {report.mention.id: report for report in reports}
    found: dict[str, list[Voice]] = {}
    for field, told in told_by([_linkable(report) for report in reports]).items():
        if len(told) > 1 and field not in FOLLOWING:
            voices = [
                Voice(_AS_JSON.dump_python(each.value, mode="json"), tuple(by_mention[m] for m in each.mentions))
                for each in told
            ]
            found[field] = sorted(voices, key=lambda voice: (not voice.official, -len(voice.reports)))
    return found


def _linkable(report: Report) -> LinkableMention:
    facts = Facts.model_validate(report.mention.facts)
    return LinkableMention(report.mention.id, report.article.id, report.article.published, _is_official(report), facts)


def _is_official(report: Report) -> bool:
    return report.source.kind == "official"
