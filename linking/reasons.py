"""Why two reports may tell one event, and why not, in words: from the features that the score is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from codebook.codes import printed
from codebook.records import Facts, Perpetrator, Victim
from linking.features import dead, features, hurt
from linking.mentions import LinkableMention
from linking.places import kilometres
from linking.times import in_order
from linking.weights import weights

SEX = {"male": " m", "female": " f"}
NOTICED = 0.3
"""Share of a full overlap of hints from which it is told."""

Say = Callable[[Facts, Facts], str]
"""The words for a feature of two reports, the earlier first."""


def reasons(a: LinkableMention, b: LinkableMention) -> tuple[str, ...]:
    """What speaks for one event, then what speaks against it, each in the order of `REASONS`: of what was taken for
    right, however doubtful, and of a day that both may tell of besides. Symmetric."""
    early, late = in_order(a, b)
    told = dict(features(*(replace(one, sureness={}, days=()) for one in (early, late))))
    if "same_day" not in told:
        told["perhaps_same_day"] = features(early, late).get("same_day", 0.0)
    noticed = [name for name in REASONS if told.get(name, 0.0) >= NOTICED]
    noticed.sort(key=lambda name: weights().evidence.get(name, 0.0) < 0)
    return tuple(REASONS[name](early.facts, late.facts) for name in noticed)


def _same(words: str) -> Say:
    return lambda _early, _late: words


def _distance(a: Facts, b: Facts) -> str:
    distance = kilometres(a, b)
    return f"{a.place} and {b.place}" + ("" if distance is None else f" are {distance:.0f} km apart")


def _days(a: Facts, b: Facts) -> str:
    if a.date is None or b.date is None:
        return "different days"
    days = abs((a.date - b.date).days)
    return "a day apart" if days == 1 else f"{days} days apart"


def _type(a: Facts, _: Facts) -> str:
    return f"both {printed('incident_type', a.incident_type).lower()}"


def _types(a: Facts, b: Facts) -> str:
    return " and ".join(printed("incident_type", facts.incident_type).lower() for facts in (a, b))


def _subtypes(a: Facts, b: Facts) -> str:
    return " and ".join(printed("subtype", facts.subtype).lower() for facts in (a, b) if facts.subtype)


def _age_shared(a: Facts, b: Facts) -> str:
    """The persons whose age both tell: "victim 34 m"."""
    shared = {age for age, _ in _aged(a)} & {age for age, _ in _aged(b)}
    return ", ".join(dict.fromkeys(words for age, words in (*_aged(a), *_aged(b)) if age in shared and words))


def _aged(facts: Facts) -> list[tuple[int, str]]:
    people: list[Victim | Perpetrator] = [*facts.victims, *facts.perpetrators]
    return [
        (one.age, ("victim" if isinstance(one, Victim) else "perpetrator") + f" {one.age}" + SEX.get(one.sex, ""))
        for one in people
        if one.age is not None
    ]


def _ages(a: Facts, b: Facts) -> str:
    ages = (sorted({age for age, _ in _aged(facts)}) for facts in (a, b))
    return "ages differ: " + " and ".join(", ".join(map(str, one)) for one in ages)


def _ages_missing(a: Facts, b: Facts) -> str:
    """The ages that only one of two reports with several persons tells."""
    one, other = ({age for age, _ in _aged(facts)} for facts in (a, b))
    return "ages told by one report alone: " + ", ".join(map(str, sorted(one ^ other)))


def _hurt(a: Facts, _: Facts) -> str:
    return "one person hurt in both" if hurt(a) == 1 else f"{hurt(a)} people hurt in both"


def _died(a: Facts, b: Facts) -> str:
    """What became of the wounded; as the count of the dead rises or one report alone tells deaths."""
    if dead(b) > dead(a):
        return "one report says wounded, the later one died" if hurt(a) else "the later report tells of deaths"
    return "one report tells of deaths, another does not"


def _victims(a: Facts, b: Facts) -> str:
    return f"{len(a.victims)} and {len(b.victims)} victims"


def _weapons(a: Facts, b: Facts) -> str:
    shared = [weapon for weapon in a.weapons if weapon in b.weapons and weapon != "unreported"]
    return ", ".join(printed("weapon", weapon).lower() for weapon in shared) + " in both"


def _other_weapons(a: Facts, b: Facts) -> str:
    named = (", ".join(printed("weapon", weapon).lower() for weapon in facts.weapons) for facts in (a, b))
    return "weapons differ: " + " and ".join(named)


def _seized(a: Facts, b: Facts) -> str:
    return "seized: " + ", ".join(f"{number} {name}" for name, number, other in _pieces(a, b) if number == other)


def _seized_differ(a: Facts, b: Facts) -> str:
    pieces = (f"{number} and {other} {name}" for name, number, other in _pieces(a, b) if number != other)
    return "seized numbers differ: " + ", ".join(pieces)


def _pieces(a: Facts, b: Facts) -> list[tuple[str, int, int]]:
    names = ("firearms", "rounds", "explosives")
    pairs = [(name, getattr(a.seizure, name), getattr(b.seizure, name)) for name in names]
    return [(name, number, other) for name, number, other in pairs if number and other]


def _time(a: Facts, _: Facts) -> str:
    return f"both {printed('time_of_day', a.time_of_day).lower()}"


REASONS: Mapping[str, Say] = {
    "same_place": _same("same town"),
    "near_place": _distance,
    "same_day": _same("same day"),
    "perhaps_same_day": _same("perhaps the same day"),
    "next_day": _days,
    "reported_together": _same("reported within a day or two"),
    "same_time_of_day": _time,
    "same_type": _type,
    "compatible_type": _types,
    "age_shared": _age_shared,
    "age_off_by_one": _ages,
    "same_number_hurt": _hurt,
    "died_between": _died,
    "weapon_shared": _weapons,
    "seized_number_shared": _seized,
    "person_shared": _same("the same initials"),
    "name_shared": _same("rare names in common"),
    "number_shared": _same("unusual numbers in common"),
    "wording": _same("alike in wording"),
    "reported_days_apart": _same("the day is not told by both, reported days apart"),
    "place_unknown": _same("a place is told by one report at most"),
    "nothing_shared": _same("no rare word, name or number in common"),
    "other_settlement": _same("two settlements of one municipality"),
    "next_town": _distance,
    "far_place": _distance,
    "reported_weeks_apart": _same("the day is not told by both, reported weeks apart"),
    "time_unknown": _same("it is not known when one of them was"),
    "days_apart": _days,
    "many_days_apart": _days,
    "told_before_it_happened": _same("one report came before the other's day"),
    "other_type": _types,
    "other_subtype": _subtypes,
    "ages_differ": _ages,
    "ages_missing": _ages_missing,
    "other_sexes": _same("other sexes"),
    "victims_more_or_fewer": _victims,
    "victims_told_once": _same("one report alone tells of victims"),
    "dead_before_alive_after": _same("the earlier report tells of deaths, the later one does not"),
    "other_number_of_perpetrators": _same("another number of perpetrators"),
    "weapons_differ": _other_weapons,
    "other_possession": _same("possession legal in one, illegal in the other"),
    "seized_number_differs": _seized_differ,
}
"""What is told of a feature."""
