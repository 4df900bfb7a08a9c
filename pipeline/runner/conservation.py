"""What became of the messages a stage acknowledged: each is done, filtered or dead, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

DEAD = "dead"
"""The outcome of a message that became a dead letter; the others are the stage's (`Outcome`)."""


@dataclass
class Tally:
    """Counts of one runner since it was made. Messages are counted when they are acknowledged, so that one that comes
    again after a refused acknowledgement is not counted twice."""

    acknowledged: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, acknowledged: int, outcomes: Iterable[str]) -> None:
        """Count an acknowledged batch."""
        self.acknowledged += acknowledged
        self.outcomes.update(outcomes)
