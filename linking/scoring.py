"""How likely two mentions tell the same event."""

from __future__ import annotations

import math
from collections.abc import Mapping

from linking.blocking import comparable
from linking.features import Features, features
from linking.mentions import LinkableMention
from linking.weights import Weights, weights

__all__ = ["Scores", "comparable", "log_odds", "score"]


def score(a: LinkableMention, b: LinkableMention, by: Weights | None = None) -> float:
    """Log-odds that two mentions tell one event; symmetric. `by` are other weights than those that ship."""
    # Rounded, so that a sum that is the threshold is not missed by the 16th digit.
    return round(log_odds((by or weights()).evidence, features(a, b)), 6)


def log_odds(evidence: Mapping[str, float], told: Features) -> float:
    """Of a pair with these features by these weights, not rounded."""
    return evidence["prior"] + math.fsum(evidence.get(name, 0.0) * value for name, value in told.items())


class Scores:
    """The scores of pairs by some weights, those that ship if no others are given, each reckoned once.

    A mention is known by what it is in memory, for two readings of one have the same id.
    """

    def __init__(self, by: Weights | None = None) -> None:
        self.by = by or weights()
        self._known: dict[tuple[int, int], float] = {}
        self._told: dict[int, LinkableMention] = {}

    def score(self, a: LinkableMention, b: LinkableMention) -> float:
        """As the function of this name."""
        pair = (min(id(a), id(b)), max(id(a), id(b)))
        if (found := self._known.get(pair)) is None:
            self._told |= {id(a): a, id(b): b}  # held, lest another come to lie where one of them lay
            found = self._known[pair] = score(a, b, self.by)
        return found

    def likeness(self, a: LinkableMention, b: LinkableMention) -> float:
        """The score of a pair as it counts in a mean: no further from zero than the bound, and the bound against it
        for a pair that is not comparable."""
        bound = self.by.bound
        return max(-bound, min(bound, self.score(a, b))) if comparable(a, b) else -bound
