"""Who took part: how many victims and perpetrators, of which sex and outcome, and the stretch that tells of each.

The counts are asked of the whole part, since one person is often told of in several places and some in none; the
stretches then say which words each person rests on, and the age.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product
from math import log

from spacy.tokens import Span

from classifiers.judges import Judge, Shares, likeliest
from classifiers.persons import MOST_COUNTED, NOBODY, PERPETRATOR, Named, named
from classifiers.pipelines import Stretch
from classifiers.questions import ALIVE, DEAD, MANY, counted
from classifiers.sexes import sex_features

OTHER = "other"
"""A victim neither killed nor injured: which outcome else, the stretches tell."""
_OUTCOMES = {"killed": "killed", "injured": "injured", OTHER: "other victims"}
_SEXES = {"female": "women", "male": "men", "unreported": "unmarked"}
BOLDNESS = 0.5
"""Log-probability that every person more is worth. Two people told of with doubt would else become none, since each
question alone finds one fewer likelier; .5 gave the best F1 of women and men that costs no exact number of killed or
injured, on the fifth held out."""
_GROUP_LEAST = 0.5
"""Share of a stretch's part in the event from which a large number it names is believed: the best of .4 to .6 on the
fifth held out."""
_SELDOM_SEEN = 3
"""A large number: of killed and of wounded, from where the heads have seen few examples."""
_GROUP_WEIGHT = 0.8
"""What such a number counts beside the heads, which have seen few events with many victims; .5 to .95 give the same."""
_MANY_OTHERS = 0.5
"""Probability of many unhurt victims below which no number is believed: of those in a house only some are victims."""
_LEAST_FIT = 0.02
"""Fit of a stretch below which it does not tell of a person: the words the judge marks are better evidence then."""
_USED = 0.3
"""What the fit of a stretch counts that already tells of another person."""
_LEAST = 1e-4
_TAIL = 0.6
"""How likely one person more is, of four and more: of the events of the training articles with as many killed, injured,
women or men."""

Chances = list[float]
"""The probability of every number of persons, from none to `MOST_COUNTED`."""


@dataclass(frozen=True, slots=True)
class Told:
    """A stretch with its roles (`NOBODY`, `PERPETRATOR`, or a victim's outcome) and sexes."""

    one: Named
    roles: Shares
    sexes: Shares


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the event: `role` is an outcome of a victim, or `perpetrator`; `told` is None where no stretch is
    about them."""

    role: str
    sex: str
    age: int | None
    confidence: float
    sex_confidence: float
    told: Told | None
    found: Stretch | None


def stretches(part: Span, judge: Judge) -> list[Told]:
    """Every person or counted group the part speaks of, as the judge sees it."""
    return [
        Told(
            one,
            judge.of_stretch("person", part, one.found, one.features),
            judge.of_stretch("sex", part, one.found, sex_features(one, part)),
        )
        for one in named(part)
    ]


def victims(part: Span, judge: Judge, told: Sequence[Told]) -> list[Person]:
    """The victims of the incident that `part` tells."""
    outcomes = {outcome: _spread(judge.of_part(question, part)) for outcome, question in _OUTCOMES.items()}
    sexes = {sex: _spread(judge.of_part(question, part)) for sex, question in _SEXES.items()}
    _believe_groups(outcomes, sexes, told)
    by_outcome, by_sex, sure = _counts(outcomes, sexes)
    people: list[Person] = []
    used: dict[int, int] = {}
    words = judge.words("victims", part) if sum(by_outcome.values()) else None
    while sum(by_outcome.values()) and sum(by_sex.values()):
        outcome, sex, best = _fittest(told, by_outcome, by_sex, used)
        by_outcome[outcome] -= 1
        by_sex[sex] -= 1
        people.append(_victim(told, outcome, sex, best, sure, words))
        if best is not None:
            used[best] = used.get(best, 0) + 1
    return people


def _spread(shares: Shares) -> Chances:
    """How likely each number of persons is, "so many or more" spread over the numbers from there on."""
    many = shares.get(counted(MANY), 0.0)
    return [shares.get(str(n), 0.0) for n in range(MANY)] + [
        many * share for share in _falling(MOST_COUNTED - MANY + 1)
    ]


def _falling(length: int) -> list[float]:
    """Shares of so many numbers in a row, each `_TAIL` times the one before."""
    odds = [_TAIL**n for n in range(length)]
    return [odd / sum(odds) for odd in odds]


def _believe_groups(outcomes: dict[str, Chances], sexes: dict[str, Chances], told: Sequence[Told]) -> None:
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
        if one.one.count >= _SELDOM_SEEN and _fit_of_outcome(one, outcome) >= _GROUP_LEAST:
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


def _counts(
    outcomes: Mapping[str, Chances], sexes: Mapping[str, Chances]
) -> tuple[dict[str, int], dict[str, int], float]:
    """The likeliest numbers by outcome and by sex that add up to the same, and how likely they are."""
    by_total = [_by_total(chances.values()) for chances in (outcomes, sexes)]
    scores = {
        total: score + by_total[1][total][0] + BOLDNESS * total
        for total, (score, _) in by_total[0].items()
        if total in by_total[1]
    }
    total = max(scores, key=lambda one: scores[one])
    by_outcome = dict(zip(outcomes, by_total[0][total][1], strict=True))
    by_sex = dict(zip(sexes, by_total[1][total][1], strict=True))
    sure = [
        *(outcomes[outcome][count] for outcome, count in by_outcome.items()),
        *(sexes[sex][count] for sex, count in by_sex.items()),
    ]
    return by_outcome, by_sex, min(sure)


def _by_total(questions: Iterable[Chances]) -> dict[int, tuple[float, tuple[int, ...]]]:
    """For each total the likeliest way to divide it among the questions."""
    likely: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for chances in questions:
        longer: dict[int, tuple[float, tuple[int, ...]]] = {}
        for (total, (score, counts)), (n, chance) in product(likely.items(), enumerate(chances)):
            found = (score + log(max(chance, _LEAST)), (*counts, n))
            if total + n not in longer or found > longer[total + n]:
                longer[total + n] = found
        likely = longer
    return likely


def _fit_of_outcome(one: Told, outcome: str) -> float:
    if outcome != OTHER:
        return one.roles.get(outcome, 0.0)
    return sum(share for role, share in one.roles.items() if role not in (NOBODY, PERPETRATOR, "killed", "injured"))


def _fittest(
    told: Sequence[Told], by_outcome: Mapping[str, int], by_sex: Mapping[str, int], used: Mapping[int, int]
) -> tuple[str, str, int | None]:
    """The outcome and sex still to be given that some stretch fits best, and that stretch."""
    fits = [
        (_fit_of_outcome(one, outcome) * one.sexes.get(sex, 0.0) * _freshness(one, used.get(n, 0)), outcome, sex, n)
        for n, one in enumerate(told)
        for outcome, left in by_outcome.items()
        for sex, free in by_sex.items()
        if left and free
    ]
    if fits:
        fit, outcome, sex, n = max(fits)
        if fit >= _LEAST_FIT:
            return outcome, sex, n
    outcome = next(outcome for outcome, left in by_outcome.items() if left)
    return outcome, next(sex for sex, free in by_sex.items() if free), None


def _freshness(one: Told, times: int) -> float:
    return 1.0 if times < one.one.count else _USED**2 if times > one.one.count else _USED


def _victim(
    told: Sequence[Told], outcome: str, sex: str, best: int | None, sure: float, words: Stretch | None
) -> Person:
    one = told[best] if best is not None else None
    if outcome == OTHER:
        others = {r: s for r, s in (one.roles if one else {}).items() if r not in (NOBODY, PERPETRATOR, *_OUTCOMES)}
        outcome = likeliest(others) if others else "threatened"
    age = one.one.age if one else None
    if one is not None and age is None and one.one.count == 1:
        age = _age_elsewhere(told, outcome, sex)
    return Person(outcome, sex, age, sure, sure, one, one.one.found if one else words)


def _age_elsewhere(told: Sequence[Told], role: str, sex: str) -> int | None:
    """The age another stretch gives a person of this role and sex, where only one age is given."""
    ages = {
        one.one.age
        for one in told
        if one.one.age is not None and one.roles.get(role, 0.0) > 0.5 and one.sexes.get(sex, 0.0) > 0.5
    }
    return ages.pop() if len(ages) == 1 else None


def survived(part: Span, judge: Judge, told: Sequence[Told]) -> bool:
    """Whether the one who turned a weapon on themselves lives: what the whole tells, and what all stretches do. Each
    alone is right of fewer, since a suicide is told in the same words where it failed (on the fifth held out 48 of 53
    together, 42 by the stretches alone)."""
    fate = judge.of_part("fate", part)
    return _told_as(ALIVE, told) * fate.get("alive", 0.5) > _told_as(DEAD, told) * fate.get("dead", 0.5)


def _told_as(outcomes: Set[str], told: Sequence[Told]) -> float:
    return 1.0 + sum(one.roles.get(outcome, 0.0) for one in told for outcome in outcomes)


def perpetrators(part: Span, judge: Judge, told: Sequence[Told]) -> list[Person]:
    """The perpetrators of the incident that `part` tells."""
    shares = judge.of_part("perpetrators", part)
    label = likeliest(shares)
    fitting = sorted(told, key=lambda one: -one.roles.get(PERPETRATOR, 0.0))
    number = MANY if label.endswith("+") else int(label)
    if number == MANY:
        groups = [one.one.count for one in fitting if one.roles.get(PERPETRATOR, 0.0) > 1 / 3]
        number = max([MANY, *groups])
    words = judge.words("perpetrators", part) if number else None
    people: list[Person] = []
    for one in _distinct(fitting, number):
        sex = likeliest(one.sexes) if one else "unreported"
        confidence = shares[label] * one.sexes[sex] if one else shares[label]
        found = one.one.found if one else words
        people.append(Person(PERPETRATOR, sex, one.one.age if one else None, shares[label], confidence, one, found))
    return people


def _distinct(fitting: Sequence[Told], number: int) -> list[Told | None]:
    """The stretches, best first, that can be about so many different persons; None where there are too few."""
    chosen: list[Told | None] = []
    for one in fitting:
        if one.roles.get(PERPETRATOR, 0.0) < 0.2 or len(chosen) >= number:
            break
        if not any(other is not None and _may_be_one(one, other) for other in chosen):
            chosen += [one] * min(one.one.count, number - len(chosen))
    spare = [one for one in fitting if one.roles.get(PERPETRATOR, 0.0) >= 0.2 and one not in chosen]
    chosen += spare[: number - len(chosen)]
    return [*chosen, *[chosen[-1] if chosen else None] * (number - len(chosen))]


def _may_be_one(a: Told, b: Told) -> bool:
    """Whether two stretches can be about one person: nothing they say of sex and age disagrees."""
    if {likeliest(a.sexes), likeliest(b.sexes)} == {"male", "female"}:
        return False
    return a.one.age is None or b.one.age is None or a.one.age == b.one.age
