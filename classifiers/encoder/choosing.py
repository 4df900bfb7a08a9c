"""Which units an epoch sees that teaches new articles."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

COPIES = 3
"""How often it sees a new article."""


class _OfArticle(Protocol):
    @property
    def id(self) -> str:
        """That of the article."""
        ...


_R = TypeVar("_R", bound=_OfArticle)


def with_others(rows: Sequence[_R], new: Sequence[str], beside: int, chance: random.Random) -> list[_R]:
    """The units of articles whose ids begin with one of `new`, `COPIES` times, and `beside` of the others, lest what
    was learned of them be forgotten; all of these where there are fewer."""
    taught = [row for row in rows if row.id.startswith(tuple(new))]
    others = [row for row in rows if not row.id.startswith(tuple(new))]
    return [*taught * COPIES, *chance.sample(others, min(beside, len(others)))]
