"""What the reader took an incident's type, day and municipality for besides: one click away where it was wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codebook.gazetteer import Place, gazetteer
from codebook.records import Alternatives, Facts
from linking.days import days_meant
from review_ui.places import label, suggested
from store.review_queue import Report

LEAST = 0.1
"""Probability from which another value is offered: with less it would mostly be noise beside the field."""
MOST = 2
"""Values that are offered of a field."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another value of a field with its probability, the controls of the form that take it, and where it lies on the
    map."""

    value: str
    share: float
    takes: Mapping[str, str]
    dot: Mapping[str, Any] | None = None


def others(facts: Facts, reports: Sequence[Report]) -> dict[str, list[Other]]:
    """By field, what the reports may tell besides these facts, the likeliest first: the mean of what the reader thought
    of it in each report."""
    found = {}
    told = [
        (Facts.model_validate(one.facts), one.confidence, Alternatives.model_validate(one.alternatives))
        for one in (report.mention for report in reports)
    ]
    for field, (taken, other) in _FIELDS.items():
        shares: defaultdict[str, float] = defaultdict(float)
        for read, confidence, alternatives in told:
            for value, share in _read(taken(read), confidence.get(field, 1.0), getattr(alternatives, field)).items():
                shares[value] += share / len(reports)
        shares.pop(taken(facts), None)
        likely = sorted((value for value in shares if shares[value] >= LEAST), key=lambda v: (-shares[v], v))
        if offered := [one for value in likely if (one := other(value, shares[value]))][:MOST]:
            found[field] = offered
    return found


def _read(taken: str, sure: float, alternatives: Mapping[Any, float]) -> dict[str, float]:
    """The values that the reader saw in a report, each with its probability. Places and days are weighed one by one,
    and may be above 1 together."""
    shares = {str(value): share for value, share in alternatives.items()}
    if taken:
        shares[taken] = sure
    total = max(sum(shares.values()), 1.0)
    return {value: share / total for value, share in shares.items()}


def _type(code: str, share: float) -> Other:
    return Other(code, share, {"incident_type": code})


def _day(day: str, share: float) -> Other | None:
    return Other(day, share, {"date": day, "date_precision": "day"}) if day else None


def _place(municipality: str, share: float) -> Other | None:
    place = _known(municipality)
    if place is None:
        return None
    name = label(place)
    takes = {"jurisdiction": place.jurisdiction, "place": name, "geo_precision": "1"}
    return Other(name, share, takes, suggested(name, place))


def _municipality(facts: Facts) -> str:
    place = _known(facts.place_id)
    return gazetteer().municipality_of(place).id if place else ""


def _known(place_id: str | None) -> Place | None:
    """The place of an id; null for one that the gazetteer no longer has."""
    try:
        return gazetteer().place(place_id or "")
    except KeyError:
        return None


def _date(facts: Facts) -> str:
    days = days_meant(facts)
    return days.first.isoformat() if days is not None and days.are_one else ""


_FIELDS: Mapping[str, tuple[Callable[[Facts], str], Callable[[str, float], Other | None]]] = {
    "incident_type": (lambda facts: facts.incident_type, _type),
    "date": (_date, _day),
    "place": (_municipality, _place),
}
"""Of each field: what was taken for it, by the name that the alternatives have, and how another value is offered."""
