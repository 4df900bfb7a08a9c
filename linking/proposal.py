"""One proposal from the mentions of an event: for every field the value that the reports support best."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import lt
from typing import Any

from codebook.parts import PARTS, unordered
from codebook.records import Facts, Seizure
from linking.mentions import LinkableMention
from linking.persons import DEAD, EMPTY, WOUNDED, merged
from linking.stories import standing

OUTLET, OFFICIAL, NEWEST_OFFICIAL = 1.0, 1.25, 1.5
"""Votes: an official communiqué outvotes one outlet, not two that agree with each other."""

PRECISIONS = ("day", "week", "month", "unknown")
"""Of a date, the most exact first."""


@dataclass(frozen=True, slots=True)
class Told:
    """One value of a field: the ids of the mentions that tell it, the newest first, and when it was last told."""

    value: Any
    mentions: tuple[str, ...]
    moment: dt.datetime | None


def propose(mentions: Sequence[LinkableMention]) -> Facts:
    """The merged facts. A report that says nothing of a field has no vote on it; the newest report breaks ties, and
    persons are put together from all reports as far as that is safe."""
    newest_first = _newest_first(mentions)
    values: dict[str, Any] = {}
    for lead in ("incident_type", "date", "time_of_day", "place", "place_type", "possession"):
        chosen = _voted(_most_precise(newest_first) if lead == "date" else newest_first, lead)
        values |= {name: getattr(chosen, name) for name in PARTS[lead]}
    values["weapons"] = _weapons(newest_first)
    for name in ("victims", "perpetrators"):
        values[name] = merged(newest_first, name)
    values["seizure"] = _seizure(newest_first)
    return Facts.model_validate(values)


def told_by(mentions: Sequence[LinkableMention]) -> Mapping[str, tuple[Told, ...]]:
    """For every field of `Facts` that a report tells its values, the one told last first: more than one where reports
    disagree. The order of persons and weapons is no disagreement."""
    newest_first = _newest_first(mentions)
    found = {name: _told(newest_first, name) for name in Facts.model_fields}
    return {name: told for name, told in found.items() if told}


def _told(newest_first: Sequence[LinkableMention], name: str) -> tuple[Told, ...]:
    by_value: dict[str, list[LinkableMention]] = {}
    for mention in newest_first:
        value = getattr(mention.facts, name)
        if value not in EMPTY and not (name == "date_precision" and mention.facts.date is None):
            by_value.setdefault(unordered(value), []).append(mention)
    return tuple(
        Told(getattr(who[0].facts, name), tuple(mention.id for mention in who), who[0].published)
        for who in by_value.values()
    )


def _newest_first(mentions: Sequence[LinkableMention]) -> list[LinkableMention]:
    return sorted(mentions, key=lambda m: (_moment(m), m.id), reverse=True)


def priority(proposal: Facts, mentions: Sequence[LinkableMention]) -> float:
    """How soon a person should look, higher first: fatal events, then harmed people, then many reports. It is one part
    of a candidate's `turn` (`store.schema.queue_place`), by which the queue is ordered."""
    killed = sum(v.outcome in DEAD for v in proposal.victims)
    harmed = sum(v.outcome in (*WOUNDED, "threatened") for v in proposal.victims)
    certainty = max(m.sure("incident_type") for m in mentions)
    return round(10.0 * min(killed, 3) + 3.0 * min(harmed, 5) + min(len(mentions), 9) + certainty, 4)


def _voted(newest_first: Sequence[LinkableMention], name: str) -> Facts:
    """The newest facts with the value of the field that most reports support; on a tie the newest value."""
    winner = _winner([(getattr(m.facts, name), m.official) for m in newest_first])
    return next((m.facts for m in newest_first if getattr(m.facts, name) == winner), newest_first[0].facts)


def _winner(newest_first: Iterable[tuple[Hashable, bool]]) -> Any:
    """Of values, each with whether an official report tells it, the one with most votes; null when all are empty."""
    votes: defaultdict[Hashable, float] = defaultdict(float)
    weight = NEWEST_OFFICIAL
    for value, official in newest_first:
        if value not in EMPTY:
            votes[value] += weight if official else OUTLET
            weight = OFFICIAL if official else weight
    return max(votes, key=votes.__getitem__) if votes else None


def _most_precise(newest_first: Sequence[LinkableMention]) -> Sequence[LinkableMention]:
    """The reports that tell the date most exactly: "in March" twice does not outvote "on 20 March"."""
    precision = min((m.facts.date_precision for m in newest_first), key=PRECISIONS.index)
    return [m for m in newest_first if m.facts.date_precision == precision]


def _weapons(newest_first: Sequence[LinkableMention]) -> tuple[str, ...]:
    named = [w for m in newest_first for w in m.facts.weapons if w != "unreported"]
    return tuple(dict.fromkeys(named)) or ("unreported",)


def _seizure(newest_first: Sequence[LinkableMention]) -> Seizure | None:
    """Each number as the latest consistent story tells it: one report may know of the firearms and another of the
    rounds."""
    told = [(m.facts.seizure, m.official) for m in newest_first if m.facts.seizure is not None]
    if not told:
        return None
    found: dict[str, Any] = {"where": _winner((one.where, official) for one, official in told)}
    for name in ("firearms", "rounds", "explosives"):
        numbers = [(n, official) for one, official in told if (n := getattr(one, name)) is not None]
        if numbers:
            found[name] = standing(numbers, lt, lambda _one, _other: False)
    return Seizure.model_validate({name: value for name, value in found.items() if value is not None})


def _moment(mention: LinkableMention) -> dt.datetime:
    return mention.published or dt.datetime.min.replace(tzinfo=dt.UTC)
