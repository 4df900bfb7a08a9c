"""Confidence intervals against published figures."""

from __future__ import annotations

import pytest

from store.intervals import clopper_pearson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_the_figures_of_newcombe(successes: int, trials: int, low: float, high: float) -> None:
    """R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998),
    table I, method 5."""
    assert clopper_pearson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("trials", [1, 10, 300, 20_000])
def test_where_nothing_is_seen_the_bound_has_a_closed_form(trials: int) -> None:
    assert clopper_pearson(0, trials) == pytest.approx((0.0, 1 - 0.025 ** (1 / trials)), abs=1e-9)
    assert clopper_pearson(trials, trials) == pytest.approx((0.025 ** (1 / trials), 1.0), abs=1e-9)


def test_more_confidence_is_a_wider_interval() -> None:
    narrow, wide = clopper_pearson(3, 100, 0.8), clopper_pearson(3, 100, 0.99)
    assert wide[0] < narrow[0] < 0.03 < narrow[1] < wide[1]


def test_what_is_no_proportion_is_refused() -> None:
    with pytest.raises(ValueError, match="5 of 4"):
        clopper_pearson(5, 4)
