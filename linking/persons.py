"""The persons of an event from all its reports: which report's list counts, and what others add to its persons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from codebook.records import Perpetrator, Victim
from linking.mentions import LinkableMention
from linking.stories import standing

Person = Victim | Perpetrator
EMPTY: tuple[Any, ...] = (None, "unreported", (), ("unreported",))
"""Values that say nothing."""
DEVELOPS = ("outcome", "status")
"""What becomes of a person: the newest report that tells it counts. Of all else what the list that counts tells."""


DEAD, WOUNDED = ("killed", "suicide"), ("injured", "suicide_attempt")
"""What became of victims who died, and of those who were hurt and live."""


class Numbers(NamedTuple):
    """How many persons a report tells of; of victims, how many died and how many were wounded."""

    persons: int
    died: int
    wounded: int


def merged(newest_first: Sequence[LinkableMention], field: str) -> tuple[Any, ...]:
    """The `victims` or `perpetrators` of an event.

    The list of the latest consistent story counts (`linking.stories`), of several with the same numbers the one that
    tells most. To its persons comes what other reports tell of the same ones, where that is safe to say: how old, of
    which sex, and whether the wounded have died.
    """
    lists = [(mention.official, list(getattr(mention.facts, field))) for mention in newest_first]
    told = [(official, people) for official, people in lists if people]
    if not told:
        return ()
    numbers = standing([(_numbers(people), official) for official, people in told], _fewer, _omits)
    base = _fullest(told, numbers)
    found: list[list[tuple[Person, bool]]] = [[] for _ in base]
    for official, people in told:
        partners = {n: n for n in range(len(base))} if people is base else _partners(base, people, SAFE)
        for here, there in partners.items():
            found[here].append((people[there], official))
    return tuple(_with(person, reports) for person, reports in zip(base, found, strict=True))


def same_persons(known: Sequence[Person], told: Sequence[Person]) -> dict[int, int]:
    """Which person of a report, by its place in `told`, is which of the persons known of the event.

    For showing what a report tells of each: the more of sex, age and outcome (of perpetrators: status) two have in
    common, the sooner they are one. Nothing is merged by it, so an age may be a year off. A person that could be any of
    several different ones, or is none, has no place in it.
    """
    by_likeness = [partial(_alike, least=least) for least in (3, 2, 1, 0)]
    return {there: here for here, there in _partners(known, told, by_likeness).items()}


def _numbers(people: Sequence[Person]) -> Numbers:
    became = [one.outcome for one in people if isinstance(one, Victim)]
    return Numbers(len(people), sum(one in DEAD for one in became), sum(one in WOUNDED for one in became))


def _fewer(one: Numbers, other: Numbers) -> bool:
    return one.persons < other.persons or one.died < other.died


def _omits(one: Numbers, other: Numbers) -> bool:
    """Whether one tells of fewer, and of none that died or none that were wounded where the other does; or of fewer
    perpetrators, for a later report tells of the one who was caught."""
    whole = one.died + one.wounded > 0 and one.died >= min(other.died, 1) and one.wounded >= min(other.wounded, 1)
    return _fewer(one, other) and not whole


def _fullest(told: Sequence[tuple[bool, list[Person]]], numbers: Numbers) -> list[Person]:
    """Of the lists with these numbers the newest official one, else the newest of those that tell most."""
    same = [(official, people) for official, people in told if _numbers(people) == numbers]
    official = next((people for sure, people in same if sure), None)
    return official or max((people for _, people in same), key=_values)


def _values(people: Sequence[Person]) -> int:
    return sum(value not in EMPTY for person in people for _, value in person)


def _with(person: Person, newest_first: Sequence[tuple[Person, bool]]) -> Person:
    """The person with what the reports of it tell besides. Who died is alive again only by a later official report: a
    copy of an older text may come late."""
    changes: dict[str, Any] = {}
    for name, value in person:
        told = [(one, official) for report, official in newest_first if (one := getattr(report, name)) not in EMPTY]
        if told and (value in EMPTY or name in DEVELOPS):
            sure = [one for one, official in told if official or one in DEAD]
            changes[name] = sure[0] if name == "outcome" and sure else told[0][0]
    return person.model_copy(update=changes)


def _partners(
    base: Sequence[Person], others: Sequence[Person], rules: Sequence[Callable[[Person, Person], bool]]
) -> dict[int, int]:
    """Which person of another report is which of the base, by the first of the rules that leaves no doubt. Persons of
    whom the base tells the same are interchangeable."""
    partners: dict[int, int] = {}
    for sure in rules:
        for there, other in enumerate(others):
            if there in partners.values():
                continue
            here = [n for n, one in enumerate(base) if n not in partners and sure(one, other)]
            rivals = [
                m for m, one in enumerate(others) if m not in partners.values() and here and sure(base[here[0]], one)
            ]
            alike = all(base[n] == base[here[0]] for n in here) and all(others[m] == other for m in rivals)
            if here and alike:
                partners[here[0]] = there
    return partners


def _same_age(one: Person, other: Person) -> bool:
    return one.age is not None and one.age == other.age and _may_be_one(one, other)


def _may_be_one(one: Person, other: Person) -> bool:
    sexes, ages = {one.sex, other.sex} - {"unreported"}, {one.age, other.age} - {None}
    return len(sexes) <= 1 and len(ages) <= 1


SAFE = (_same_age, _may_be_one)
"""To put together what reports tell of a person: by the same age, then by sex and age as the only one it can be."""


def _alike(one: Person, other: Person, least: int) -> bool:
    """Whether nothing told of the two speaks against one person, and at least so much for it."""
    pairs = ((one.sex, other.sex), (one.age, other.age), (_became(one), _became(other)))
    common = sum(a == b and a not in EMPTY for a, b in pairs)
    sexes = {one.sex, other.sex} - {"unreported"}
    near = one.age is None or other.age is None or abs(one.age - other.age) <= 1
    return len(sexes) <= 1 and near and common >= least


def _became(person: Person) -> str:
    return person.outcome if isinstance(person, Victim) else person.status
