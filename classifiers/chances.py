"""How many persons took part: what the whole tells, and what the stretches about persons and groups add to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from math import log

from classifiers.judges import Shares, likeliest
from classifiers.persons import MOST_COUNTED, NOBODY
from classifiers.questions import MANY, counted
from classifiers.roles import OTHER, Told

_GROUP_LEAST = 0.5
"""Share of a stretch's part in the event from which a large number it names is believed: the best of .4 to .6 on the
fifth held out."""
_SELDOM_SEEN = 3
"""A large number: of killed and of wounded, from where the heads have seen few examples."""
_GROUP_WEIGHT = 0.8
"""What such a number counts beside the heads, which have seen few events with many victims; .5 to .95 give the same."""
_MANY_OTHERS = 0.5
"""Probability of many unhurt victims below which no number is believed: of those in a house only some are victims."""
_LEAST = 1e-4
_TAIL = 0.6
"""How likely one person more is, of four and more: of the events of the training articles with as many killed, injured,
women or men."""

Chances = list[float]
"""The probability of every number of persons, from none to `MOST_COUNTED`."""


def spread(shares: Shares) -> Chances:
    """How likely each number of persons is, "so many or more" spread over the numbers from there on."""
    many = shares.get(counted(MANY), 0.0)
    return [shares.get(str(n), 0.0) for n in range(MANY)] + [
        many * share for share in _falling(MOST_COUNTED - MANY + 1)
    ]


def _falling(length: int) -> list[float]:
    """Shares of so many numbers in a row, each `_TAIL` times the one before."""
    odds = [_TAIL**n for n in range(length)]
    return [odd / sum(odds) for odd in odds]


def believe_groups(outcomes: dict[str, Chances], sexes: dict[str, Chances], told: Sequence[Told]) -> None:
    """Shifts the chances of "how many" towards the persons that stretches name: "five wounded", "six men, six
    women"."""
    for outcome in outcomes:
        groups = _groups(outcome, told)
        if groups and (outcome != OTHER or sum(outcomes[outcome][MANY:]) >= _MANY_OTHERS):
            number = min(sum(groups.values()), MOST_COUNTED)
            outcomes[outcome] = _shifted(outcomes[outcome], number, [1.0])
            for sex, count in groups.items():
                sexes[sex] = _shifted(sexes[sex], count, _falling(MOST_COUNTED - count + 1))


def _groups(outcome: str, told: Sequence[Told]) -> dict[str, int]:
    """The largest group of this outcome, by its sex; beside one of men the largest of women: others may be a part of
    it ("five wounded, three of them badly")."""
    largest: dict[str, int] = {}
    for one in told:
        if one.one.count >= _SELDOM_SEEN and one.share_of(outcome) >= _GROUP_LEAST:
            sex = likeliest(one.sexes)
            largest[sex] = max(largest.get(sex, 0), min(one.one.count, MOST_COUNTED))
    if not largest:
        return {}
    most = max(largest, key=lambda sex: largest[sex])
    pair: dict[str, int] = {sex: largest[sex] for sex in ("female", "male") if sex in largest}
    return pair if most in pair else {most: largest[most]}


def _shifted(chances: Chances, number: int, believed: Sequence[float]) -> Chances:
    """The chances with `_GROUP_WEIGHT` given to what is believed of `number` and those behind it."""
    shifted = [(1 - _GROUP_WEIGHT) * chance for chance in chances]
    for n, share in enumerate(believed, number):
        shifted[n] += _GROUP_WEIGHT * share
    return shifted


def with_told(chances: Chances, shares: Iterable[float]) -> Chances:
    """The chances given that there are at least the persons that are told of one by one, each with its share of being
    one of those counted."""
    odds = [chance * enough for chance, enough in zip(chances, _at_most(shares), strict=True)]
    return [odd / sum(odds) for odd in odds] if sum(odds) else chances


def one_by_one(told: Sequence[Told]) -> list[Told]:
    """The stretches that tell of one person each, with an age; of those with one age, the one surest to have a part in
    the event."""
    by_age: dict[int, Told] = {}
    for one in told:
        age = one.one.age
        if age is not None and one.one.count == 1:
            other = by_age.get(age)
            if other is None or one.roles.get(NOBODY, 0.0) < other.roles.get(NOBODY, 0.0):
                by_age[age] = one
    return list(by_age.values())


def _at_most(shares: Iterable[float]) -> Chances:
    """The probability that no more than so many of some persons are meant, each with its share, for every number."""
    exactly = [1.0] + [0.0] * MOST_COUNTED
    for share in shares:
        more = [0.0, *exactly[:-1]]
        exactly = [(1 - share) * same + share * one_more for same, one_more in zip(exactly, more, strict=True)]
    return [sum(exactly[: n + 1]) for n in range(MOST_COUNTED + 1)]


def by_total(questions: Iterable[Chances]) -> dict[int, tuple[float, tuple[int, ...]]]:
    """For each total the likeliest way to divide it among the questions, and its log-probability."""
    likely: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for chances in questions:
        longer: dict[int, tuple[float, tuple[int, ...]]] = {}
        logs = [log(max(chance, _LEAST)) for chance in chances]
        for (total, (score, counts)), (n, more) in product(likely.items(), enumerate(logs)):
            found = (score + more, (*counts, n))
            if total + n not in longer or found > longer[total + n]:
                longer[total + n] = found
        likely = longer
    return likely
