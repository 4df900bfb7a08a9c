"""What speaks for and against two mentions telling one event, as named numbers between 0 and 1.

All are symmetric. Where time has a direction it is that of publication: the wounded of an earlier report may be the
dead of a later one, never the reverse.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from codebook.records import Facts, Perpetrator, Victim
from linking.hints import LEAST
from linking.mentions import LinkableMention
from linking.persons import DEAD, WOUNDED
from linking.places import kilometres, other_settlement, people_at, same_municipality
from linking.times import in_order, time_features
from linking.weights import compatible_types

NEAR_KM, NEXT_TOWN_KM = 15.0, 40.0
"""Another settlement that a report may name for the same place; the next town, which a report from afar may name."""
FULL_OVERLAP = {"name": 6.0, "person": 4.0, "number": 5.0, "town": 4.0}
"""Rarity of shared hints above the least a hint has, summed, at which their feature is 1."""
SAME_WORDING = 0.36
"""Likeness of the rarer words from which two articles are one text with changes."""
QUIET, BUSY = 20_000, 2_000_000
"""People of a municipality where two events within some weeks are rare, and of one where every day has its own."""

FOR = frozenset({
    "same_place", "near_place", "same_day", "next_day", "same_type", "same_subtype", "age_shared", "ages_shared",
    "same_number_hurt", "same_number_of_perpetrators", "weapon_shared", "same_time_of_day",
    "seized_number_shared", "name_shared", "person_shared", "number_shared", "town_shared", "wording",
    "reported_together",
})  # fmt: skip
"""Features that cannot speak against one event."""
AGAINST = frozenset({
    "far_place", "next_town", "other_settlement", "place_unknown", "busy_place", "days_apart",
    "many_days_apart", "told_before_it_happened",
    "time_unknown", "reported_weeks_apart", "other_type", "other_subtype", "ages_missing", "ages_differ",
    "victims_more_or_fewer", "other_sexes", "dead_before_alive_after", "other_number_of_perpetrators", "weapons_differ",
    "other_possession", "seized_number_differs", "victims_told_once", "nothing_shared",
})  # fmt: skip
"""Features that cannot speak for it. All others may go either way."""

Features = Mapping[str, float]

Told = Iterator[tuple[str, float]]


def features(a: LinkableMention, b: LinkableMention) -> Features:
    """The features of a pair that are not zero, by name."""
    early, late = in_order(a, b)
    ordered = early.published is not None and late.published is not None and early.published != late.published
    pairs = (
        *_as_sure(_place(a.facts, b.facts), "place", a, b),
        *time_features(early, late),
        *_as_sure(_type(a.facts, b.facts), "incident_type", a, b),
        *_persons(a.facts, b.facts),
        *_as_sure(_victims(early.facts, late.facts, ordered=ordered), "victims", a, b),
        *_as_sure(_perpetrators(a.facts, b.facts), "perpetrators", a, b),
        *_as_sure(_weapons(a.facts, b.facts), "weapons", a, b),
        *_as_sure(_possession(a.facts, b.facts), "possession", a, b),
        *_time_of_day(a.facts, b.facts),
        *_seized(a.facts, b.facts),
        *_hints(a, b),
    )
    return {name: float(value) for name, value in pairs if value}


def _as_sure(told: Told, name: str, a: LinkableMention, b: LinkableMention) -> Told:
    """What is told of a field, counting as much as the less sure of the two readings of it."""
    sure = min(a.sure(name), b.sure(name))
    return ((feature, value * sure) for feature, value in told)


def _place(a: Facts, b: Facts) -> Told:
    if a.place is None or b.place is None:
        yield "place_unknown", 1
    elif same_municipality(a, b):
        yield "same_place", 1
        yield "other_settlement", other_settlement(a, b)
        yield "busy_place", _busy(max(people_at(a), people_at(b)))
    else:
        distance = kilometres(a, b)
        if distance is None or distance > NEXT_TOWN_KM:
            yield "far_place", 1
        elif distance > NEAR_KM:
            yield "next_town", 1
        else:
            yield "near_place", 1


def _busy(people: int) -> float:
    """From 0 to 1 by how many people there are, on a scale of tenfolds."""
    return math.log(min(max(people, QUIET), BUSY) / QUIET) / math.log(BUSY / QUIET)


def _type(a: Facts, b: Facts) -> Told:
    if a.incident_type == b.incident_type:
        yield "same_type", 1
        if a.subtype and b.subtype:
            yield ("same_subtype" if a.subtype == b.subtype else "other_subtype"), 1
    elif frozenset((a.incident_type, b.incident_type)) in compatible_types():
        yield "compatible_type", 1
    else:
        yield "other_type", 1


def _persons(a: Facts, b: Facts) -> Told:
    ages_a, ages_b = _ages(a), _ages(b)
    if not (ages_a and ages_b):
        return
    fewer = min(len(ages_a), len(ages_b))
    if shared := len(ages_a & ages_b):
        yield "age_shared", 1
        yield "ages_shared", min(shared - 1, 2) / 2
        yield "ages_missing", (fewer - shared) / fewer
    elif any(abs(x - y) == 1 for x in ages_a for y in ages_b):
        yield "age_off_by_one", 1
    else:
        yield "ages_differ", 1


def _ages(facts: Facts) -> set[int]:
    people: list[Victim | Perpetrator] = [*facts.victims, *facts.perpetrators]
    return {person.age for person in people if person.age is not None}


def _victims(early: Facts, late: Facts, *, ordered: bool) -> Told:
    if not (early.victims and late.victims):
        yield "victims_told_once", bool(early.victims or late.victims)
        return
    if len(early.victims) != len(late.victims):
        yield "victims_more_or_fewer", 1
    else:
        sexes = [sorted(v.sex for v in facts.victims if v.sex != "unreported") for facts in (early, late)]
        yield "other_sexes", sexes[0] != sexes[1] and len(sexes[0]) == len(sexes[1]) == len(early.victims)
    yield "same_number_hurt", 0 < hurt(early) == hurt(late)
    if dead(early) > 0 == dead(late) and ordered:
        yield "dead_before_alive_after", 1
    elif not (dead(early) and dead(late)) and dead(early) != dead(late):
        yield "died_between", 1


def dead(facts: Facts) -> int:
    """How many victims died."""
    return sum(victim.outcome in DEAD for victim in facts.victims)


def hurt(facts: Facts) -> int:
    """How many victims died or were wounded: the wounded of the first report are the dead of the next."""
    return sum(victim.outcome in (*DEAD, *WOUNDED) for victim in facts.victims)


def _perpetrators(a: Facts, b: Facts) -> Told:
    if not (a.perpetrators and b.perpetrators):
        return
    same = len(a.perpetrators) == len(b.perpetrators)
    yield ("same_number_of_perpetrators" if same else "other_number_of_perpetrators"), 1


def _weapons(a: Facts, b: Facts) -> Told:
    named_a, named_b = set(a.weapons) - {"unreported"}, set(b.weapons) - {"unreported"}
    if named_a and named_b:
        yield ("weapon_shared" if named_a & named_b else "weapons_differ"), 1


def _possession(a: Facts, b: Facts) -> Told:
    yield "other_possession", {a.possession, b.possession} == {"legal", "illegal"}


def _time_of_day(a: Facts, b: Facts) -> Told:
    yield "same_time_of_day", a.time_of_day == b.time_of_day != "unreported"


def _seized(a: Facts, b: Facts) -> Told:
    if a.seizure is None or b.seizure is None:
        return
    numbers = [(getattr(a.seizure, name), getattr(b.seizure, name)) for name in ("firearms", "rounds", "explosives")]
    stated = [(x, y) for x, y in numbers if x and y]
    if not stated:
        return
    same = sum(x == y for x, y in stated)
    yield "seized_number_shared", same > 0
    yield "seized_number_differs", same < len(stated)


def _hints(a: LinkableMention, b: LinkableMention) -> Told:
    if not (a.hints and b.hints):
        yield "without_hints", 1
        return
    nothing = True
    for kind, full in FULL_OVERLAP.items():
        if shared := _shared(getattr(a.hints, kind), getattr(b.hints, kind)):
            nothing = False
            yield f"{kind}_shared", min(math.fsum(one - LEAST for one in shared) / full, 1.0)
    if alike := _cosine(a.hints.word, b.hints.word):
        nothing = False
        yield "wording", min(math.sqrt(alike / SAME_WORDING), 1.0)
    yield "nothing_shared", nothing


def _shared(a: Mapping[str, float], b: Mapping[str, float]) -> list[float]:
    """The rarity of the hints that both have."""
    return [min(a[one], b[one]) for one in a.keys() & b.keys()]


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """How alike the rarer words are, from 0 to 1."""
    product = math.fsum(a[one] * b[one] for one in a.keys() & b.keys())
    return product / math.sqrt(_square(a) * _square(b)) if product else 0.0


def _square(table: Mapping[str, float]) -> float:
    return math.fsum(value * value for value in table.values())
