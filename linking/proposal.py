"""One proposal from the mentions of an event: for every field the value that the reports support best."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Any

from codebook.records import Facts
from linking.mentions import LinkableMention

OFFICIAL_WEIGHT = 1.5
"""An official communiqué outvotes one outlet, not two that agree with each other."""

TOGETHER = {
    "incident_type": ("incident_type", "subtype"),
    "date": ("date", "date_precision"),
    "place": ("jurisdiction", "place", "place_id", "latitude", "longitude", "geo_precision"),
}
"""Fields that are taken from one and the same report: a date with another report's precision would be nonsense."""

PRECISIONS = ("day", "week", "month", "unknown")
"""Of a date, the most exact first."""

EMPTY: tuple[Any, ...] = (None, "unreported", (), ("unreported",))


def propose(mentions: Sequence[LinkableMention]) -> Facts:
    """The merged facts. A report that says nothing of a field has no vote on it; the newest report breaks ties, and
    persons are taken whole from the newest report that tells the most of them."""
    newest_first = sorted(mentions, key=lambda m: (_moment(m), m.id), reverse=True)
    values: dict[str, Any] = {}
    for lead, fields in TOGETHER.items():
        chosen = _voted(_most_precise(newest_first) if lead == "date" else newest_first, lead)
        values |= {name: getattr(chosen, name) for name in fields}
    for name in ("time_of_day", "place_type", "possession"):
        values[name] = getattr(_voted(newest_first, name), name)
    values["weapons"] = _weapons(newest_first)
    for name in ("victims", "perpetrators"):
        values[name] = _fullest(newest_first, name)
    values["seizure"] = max(newest_first, key=lambda m: _told_seizure(m.facts)).facts.seizure
    return Facts.model_validate(values)


def priority(proposal: Facts, mentions: Sequence[LinkableMention]) -> float:
    """How soon a person should look, higher first: fatal events, then harmed people, then many reports. Within that
    the queue orders by id, so that two people see the same order."""
    killed = sum(v.outcome in ("killed", "suicide") for v in proposal.victims)
    harmed = sum(v.outcome in ("injured", "suicide_attempt", "threatened") for v in proposal.victims)
    certainty = max(m.confidence for m in mentions)
    return round(10.0 * min(killed, 3) + 3.0 * min(harmed, 5) + min(len(mentions), 9) + certainty, 4)


def _voted(newest_first: Sequence[LinkableMention], name: str) -> Facts:
    """The newest facts with the value of the field that most reports support; on a tie the newest value."""
    votes: defaultdict[Hashable, float] = defaultdict(float)
    for mention in newest_first:
        value = getattr(mention.facts, name)
        if value not in EMPTY:
            votes[value] += OFFICIAL_WEIGHT if mention.official else 1.0
    if not votes:
        return newest_first[0].facts
    winner = max(votes, key=votes.__getitem__)
    return next(m.facts for m in newest_first if getattr(m.facts, name) == winner)


def _most_precise(newest_first: Sequence[LinkableMention]) -> Sequence[LinkableMention]:
    """The reports that tell the date most exactly: "in March" twice does not outvote "on 20 March"."""
    precision = min((m.facts.date_precision for m in newest_first), key=PRECISIONS.index)
    return [m for m in newest_first if m.facts.date_precision == precision]


def _fullest(newest_first: Sequence[LinkableMention], persons: str) -> Any:
    """The persons of the report that tells the most of them."""
    return getattr(max((m.facts for m in newest_first), key=lambda facts: _told(facts, persons)), persons)


def _weapons(newest_first: Sequence[LinkableMention]) -> tuple[str, ...]:
    named = [w for m in newest_first for w in m.facts.weapons if w != "unreported"]
    return tuple(dict.fromkeys(named)) or ("unreported",)


def _told(facts: Facts, persons: str) -> tuple[int, int]:
    """How much a report tells of its persons: their number, then the values that are not empty."""
    people = getattr(facts, persons)
    return len(people), sum(value not in EMPTY for person in people for _, value in person)


def _told_seizure(facts: Facts) -> int:
    return -1 if facts.seizure is None else sum(value not in EMPTY for _, value in facts.seizure)


def _moment(mention: LinkableMention) -> dt.datetime:
    return mention.published or dt.datetime.min.replace(tzinfo=dt.UTC)
