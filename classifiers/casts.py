"""Who took part: how many victims and perpetrators, of which sex and outcome, and the stretch that tells of each.

The counts are asked of the whole part, since one person is often told of in several places and some in none; the
stretches then say which words each person rests on, and the age.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from spacy.tokens import Span

from classifiers.chances import Chances, believe_groups, by_total, one_by_one, spread, with_told
from classifiers.judges import Judge, likeliest
from classifiers.persons import NOBODY, PERPETRATOR
from classifiers.pipelines import Stretch
from classifiers.questions import ALIVE, DEAD, MANY
from classifiers.roles import OTHER, Told

_OUTCOMES = {"killed": "killed", "injured": "injured", OTHER: "other victims"}
_SEXES = {"female": "women", "male": "men", "unreported": "unmarked"}
BOLDNESS = 0.3
"""Log-probability that every person more is worth. Two people told of with doubt would else become none, since each
question alone finds one fewer likelier; of 0 to .7 the best F1 of women and men together on the hard and the plain
articles, with the most exact numbers of injured."""
_LEAST_FIT = 0.02
"""Fit of a stretch below which it does not tell of a person: the words the judge marks are better evidence then."""
_USED = 0.3
"""What the fit of a stretch counts that already tells of another person."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the event: `role` is an outcome of a victim, or `perpetrator`; `told` is None where no stretch is
    about them. `age_lent` is the stretch that tells the age where it is another than the one about them."""

    role: str
    sex: str
    age: int | None
    confidence: float
    sex_confidence: float
    told: Told | None
    found: Stretch | None
    age_lent: Stretch | None = None

    @property
    def age_found(self) -> Stretch | None:
        """The stretch that tells the age."""
        return self.age_lent or (self.found if self.age is not None else None)


def victims(part: Span, judge: Judge, told: Sequence[Told]) -> list[Person]:
    """The victims of the incident that `part` tells."""
    outcomes = {outcome: spread(judge.of_part(question, part)) for outcome, question in _OUTCOMES.items()}
    sexes = {sex: spread(judge.of_part(question, part)) for sex, question in _SEXES.items()}
    single = one_by_one(told)
    outcomes = {role: with_told(chances, [one.share_of(role) for one in single]) for role, chances in outcomes.items()}
    sexes = {sex: with_told(chances, [one.share_of_victim(sex) for one in single]) for sex, chances in sexes.items()}
    believe_groups(outcomes, sexes, told)
    by_outcome, by_sex, sure = _counts(outcomes, sexes)
    people: list[Person] = []
    used: dict[int, int] = {}
    words = judge.words("victims", part) if sum(by_outcome.values()) else None
    while sum(by_outcome.values()) and sum(by_sex.values()):
        outcome, sex, best = _fittest(told, by_outcome, by_sex, used)
        by_outcome[outcome] -= 1
        by_sex[sex] -= 1
        one = told[best] if best is not None else None
        again = best is not None and used.get(best, 0) >= told[best].one.count
        people.append(_victim(outcome, sex, one, sure, words, again=again))
        if best is not None:
            used[best] = used.get(best, 0) + 1
    return _with_ages_elsewhere(people, told)


def _counts(
    outcomes: Mapping[str, Chances], sexes: Mapping[str, Chances]
) -> tuple[dict[str, int], dict[str, int], float]:
    """The likeliest numbers by outcome and by sex that add up to the same, and how likely they are."""
    divided, of_sexes = by_total(outcomes.values()), by_total(sexes.values())
    scores = {
        total: score + of_sexes[total][0] + BOLDNESS * total
        for total, (score, _) in divided.items()
        if total in of_sexes
    }
    total = max(scores, key=lambda one: scores[one])
    by_outcome = dict(zip(outcomes, divided[total][1], strict=True))
    by_sex = dict(zip(sexes, of_sexes[total][1], strict=True))
    sure = [
        *(outcomes[outcome][count] for outcome, count in by_outcome.items()),
        *(sexes[sex][count] for sex, count in by_sex.items()),
    ]
    return by_outcome, by_sex, min(sure)


def _fittest(
    told: Sequence[Told], by_outcome: Mapping[str, int], by_sex: Mapping[str, int], used: Mapping[int, int]
) -> tuple[str, str, int | None]:
    """The outcome and sex still to be given that some stretch fits best, and that stretch."""
    fits = [
        (one.share_of(outcome) * one.sexes.get(sex, 0.0) * _freshness(one, used.get(n, 0)), outcome, sex, n)
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


def _victim(outcome: str, sex: str, one: Told | None, sure: float, words: Stretch | None, *, again: bool) -> Person:
    """A victim as the stretch `one` tells of them; `again` where it tells of others already, whose age it gives."""
    if outcome == OTHER:
        others = one.others() if one else {}
        outcome = likeliest(others) if others else "threatened"
    age = one.one.age if one and not again else None
    return Person(outcome, sex, age, sure, sure, one, one.one.found if one else words)


def _with_ages_elsewhere(people: Sequence[Person], told: Sequence[Told]) -> list[Person]:
    """The victims; of those told of one by one who have no age, one has the only age that another stretch gives a
    person of their outcome and sex, unless a victim has it already."""
    aged: list[Person] = []
    for n, one in enumerate(people):
        borne = {other.age for other in (*aged, *people[n:])}
        again = any(other.told is one.told for other in aged)
        if one.age is None and one.told is not None and one.told.one.count == 1 and not again:
            ages = _ages_of(one.role, one.sex, told)
            one = _aged(one, *ages.popitem()) if len(ages) == 1 and not ages.keys() & borne else one
        aged.append(one)
    return aged


def _aged(person: Person, age: int, found: Stretch) -> Person:
    return replace(person, age=age, age_lent=found)


def _ages_of(role: str, sex: str, told: Sequence[Told]) -> dict[int, Stretch]:
    """The ages of stretches that tell of a person of this role and sex, each with the last of them."""
    return {
        one.one.age: one.one.found
        for one in told
        if one.one.age is not None and one.roles.get(role, 0.0) > 0.5 and one.sexes.get(sex, 0.0) > 0.5
    }


def with_age_left(people: Sequence[Person], told: Sequence[Told]) -> list[Person]:
    """The victims and perpetrators; the only one without an age has the only age that is told of one person, rather of
    somebody in the event than of nobody, and that none of them has."""
    borne = {one.age for one in people}
    left = [one for one in one_by_one(told) if one.one.age not in borne and one.share_of(NOBODY) < 0.5]
    ageless = [one for one in people if one.age is None]
    if len(left) != 1 or len(ageless) != 1 or not _may_be(left[0], ageless[0]):
        return list(people)
    age, found = left[0].one.age, left[0].one.found
    return [_aged(one, age, found) if one is ageless[0] and age is not None else one for one in people]


def _may_be(told: Told, person: Person) -> bool:
    """Whether a stretch tells of somebody of a person's sex, and rather of one on their side than on the other."""
    of_victims = told.share_of_victim(person.sex) > told.share_of(PERPETRATOR) * told.sexes.get(person.sex, 0.0)
    return likeliest(told.sexes) == person.sex and of_victims == (person.role != PERPETRATOR)


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
    chances = with_told(
        spread(judge.of_part("perpetrators", part)), [one.share_of(PERPETRATOR) for one in one_by_one(told)]
    )
    shares = [*chances[:MANY], sum(chances[MANY:])]
    number = max(range(MANY + 1), key=lambda n: shares[n])
    sure = shares[number]
    fitting = sorted(told, key=lambda one: -one.share_of(PERPETRATOR))
    if number == MANY:
        groups = [one.one.count for one in fitting if one.roles.get(PERPETRATOR, 0.0) > 1 / 3]
        number = max([MANY, *groups])
    words = judge.words("perpetrators", part) if number else None
    people: list[Person] = []
    chosen = _distinct(fitting, number)
    for n, one in enumerate(chosen):
        sex = likeliest(one.sexes) if one else "unreported"
        confidence = sure * one.sexes[sex] if one else sure
        age = one.one.age if one and chosen[:n].count(one) < one.one.count else None
        people.append(Person(PERPETRATOR, sex, age, sure, confidence, one, one.one.found if one else words))
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
