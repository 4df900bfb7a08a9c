"""How likely two mentions tell the same event."""

from __future__ import annotations

from linking.blocking import comparable
from linking.features import features
from linking.mentions import LinkableMention
from linking.weights import Weights, weights

__all__ = ["comparable", "score"]


def score(a: LinkableMention, b: LinkableMention, by: Weights | None = None) -> float:
    """Log-odds that two mentions tell one event; symmetric. `by` are other weights than those that ship."""
    table, told = (by or weights()).evidence, features(a, b)
    # Rounded, so that a sum that is the threshold is not missed by the 16th digit.
    return round(table["prior"] + sum(table.get(name, 0.0) * told[name] for name in sorted(told)), 6)
