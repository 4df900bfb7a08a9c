"""How likely two mentions tell the same event."""

from __future__ import annotations

from linking.blocking import comparable
from linking.features import features
from linking.mentions import LinkableMention
from linking.weights import Weights, weights

__all__ = ["Scores", "comparable", "score"]


def score(a: LinkableMention, b: LinkableMention, by: Weights | None = None) -> float:
    """Log-odds that two mentions tell one event; symmetric. `by` are other weights than those that ship."""
    table, told = (by or weights()).evidence, features(a, b)
    # Rounded, so that a sum that is the threshold is not missed by the 16th digit.
    return round(table["prior"] + sum(table.get(name, 0.0) * told[name] for name in sorted(told)), 6)


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
