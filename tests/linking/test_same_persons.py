"""Which person of a report is which of those known of the event."""

from __future__ import annotations

from typing import Any

import pytest

from codebook.records import Perpetrator, Victim
from linking.persons import same_persons

MAN = Victim(sex="male", age=35, outcome="killed")
WOMAN = Victim(sex="female", age=30, outcome="injured")


@pytest.mark.parametrize(
    ("told", "which"),
    [
        ([WOMAN, MAN], {0: 1, 1: 0}),
        ([Victim(sex="female")], {0: 1}),
        ([Victim(outcome="killed")], {0: 0}),
        ([Victim(age=30)], {0: 1}),
        ([Victim(sex="male", age=36, outcome="injured")], {0: 0}),
        ([Victim(sex="male", age=70, outcome="killed")], {}),
        ([Victim(sex="male", age=20, outcome="injured"), MAN], {1: 0}),
        ([Victim()], {}),
        ([Victim(), MAN], {0: 1, 1: 0}),
    ],
)
def test_by_sex_age_and_outcome_or_as_the_only_one_left(told: list[Victim], which: dict[int, int]) -> None:
    assert same_persons([MAN, WOMAN], told) == which


def test_who_could_be_either_of_two_is_neither() -> None:
    men = [Victim(sex="male", age=35), Victim(sex="male", age=20)]
    assert same_persons(men, [Victim(sex="male", outcome="injured")]) == {}


def test_of_two_who_are_told_alike_each_is_one() -> None:
    boys = [Victim(sex="male", age=9), Victim(sex="male", age=9)]
    assert same_persons(boys, boys) == {0: 0, 1: 1}


@pytest.mark.parametrize("known", [[], [Perpetrator(sex="female", age=41)]])
def test_a_person_who_is_not_known_is_none(known: list[Any]) -> None:
    assert same_persons(known, [Perpetrator(sex="male", age=41)]) == {}


def test_what_became_of_a_perpetrator_tells_two_apart() -> None:
    known = [Perpetrator(sex="male", status="fled"), Perpetrator(sex="male", status="arrested")]
    assert same_persons(known, [Perpetrator(status="arrested")]) == {0: 1}
