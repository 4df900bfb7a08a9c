"""The laws of "how many": shares add up, and persons told one by one never make fewer of them likelier."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.chances import by_total, spread, with_told
from classifiers.persons import MOST_COUNTED
from classifiers.questions import MANY, counted

CHANCES = st.lists(st.floats(0.01, 1), min_size=MANY + 1, max_size=MANY + 1).map(
    lambda odds: spread({counted(n): odd / sum(odds) for n, odd in enumerate(odds)})
)
SHARES = st.lists(st.floats(0, 0.95), max_size=6)


@given(CHANCES)
def test_many_or_more_is_spread_over_the_numbers_from_there_on(chances: list[float]) -> None:
    assert len(chances) == MOST_COUNTED + 1
    assert sum(chances) == pytest.approx(1)


@given(CHANCES, SHARES)
def test_persons_told_one_by_one_only_shift_the_number_up(chances: list[float], shares: list[float]) -> None:
    told = with_told(chances, shares)
    assert sum(told) == pytest.approx(1)
    pairs = zip(accumulate(told), accumulate(chances), strict=True)
    assert all(no_more <= before + 1e-9 for no_more, before in pairs)


@given(CHANCES, st.permutations([0.1, 0.5, 0.9, 0.3]))
def test_the_order_in_which_persons_are_told_does_not_matter(chances: list[float], shares: list[float]) -> None:
    assert with_told(chances, shares) == pytest.approx(with_told(chances, sorted(shares)))


@given(CHANCES, st.integers(1, 4))
def test_who_is_told_for_certain_is_there(chances: list[float], number: int) -> None:
    assert sum(with_told(chances, [1.0] * number)[:number]) == pytest.approx(0)


@given(CHANCES)
def test_nobody_told_changes_nothing(chances: list[float]) -> None:
    assert with_told(chances, []) == pytest.approx(chances)
    assert with_told(chances, [0.0, 0.0]) == pytest.approx(chances)


@given(CHANCES, CHANCES)
def test_a_total_is_divided_among_the_questions(first: list[float], second: list[float]) -> None:
    divided = by_total([first, second])
    assert set(divided) == set(range(2 * MOST_COUNTED + 1))
    assert all(sum(counts) == total for total, (_, counts) in divided.items())
