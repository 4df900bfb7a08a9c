"""Which report's numbers count: those of the latest consistent story.

What is known of an event grows, and what was said in haste is corrected. So the newest report counts, unless it stands
alone: one outlet that tells of fewer than an earlier report may know only a part, and one outlet does not outweigh an
official report. Two that agree do both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

Order = Callable[[T, T], bool]
"""Whether the first of two is less than the second."""


def standing(newest_first: Sequence[tuple[T, bool]], less: Order[T], omits: Order[T]) -> T:
    """Of values, each with whether an official report tells it, the one that counts.

    `less` says whether a value is less than another, `omits` whether it only leaves out a part of the other: reports
    that do so correct nothing, however many they are. At least one value is needed.
    """
    values = [value for value, _ in newest_first]
    for n, (value, official) in enumerate(newest_first):
        before = newest_first[n + 1 :]
        if official:
            return value
        if any(omits(value, older) for older, _ in before):
            continue
        if values.count(value) > 1 or not any(sure or less(value, older) for older, sure in before):
            return value
    return values[-1]
