"""Exact confidence intervals of a proportion, after Clopper and Pearson (1934). Pure."""

from __future__ import annotations

import math
from collections.abc import Callable

STEPS = 60
"""Halvings of the interval from 0 to 1: more than a double can tell apart."""


def clopper_pearson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The bounds of the proportion of which `successes` among `trials` are known.

    The lower bound is the proportion at which so many or more would be seen with probability (1 - confidence) / 2, the
    upper that at which so many or fewer would be.
    """
    if not 0 <= successes <= trials or not trials:
        raise ValueError(f"{successes} of {trials} is no proportion")
    tail = (1 - confidence) / 2
    lower = 0.0 if successes == 0 else _where(lambda p: 1 - _at_most(successes - 1, trials, p) < tail)
    upper = 1.0 if successes == trials else _where(lambda p: _at_most(successes, trials, p) > tail)
    return lower, upper


def _where(below: Callable[[float], bool]) -> float:
    """Where a condition that holds from 0 on ends to hold."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2


def _at_most(successes: int, trials: int, p: float) -> float:
    """The probability of so many successes or fewer, each with probability `p`."""
    if p <= 0 or p >= 1:
        return 1.0 if p <= 0 or successes >= trials else 0.0
    terms = (
        math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * math.log(p)
        + (trials - k) * math.log1p(-p)
        for k in range(successes + 1)
    )  # fmt: skip
    return math.fsum(map(math.exp, terms))
