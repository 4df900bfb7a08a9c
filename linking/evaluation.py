"""Pairwise quality of a linking: of all pairs of mentions on one event, how many are together, and the reverse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PairwiseScores:
    """Counts of pairs and their ratios; a ratio without pairs is 1."""

    true_pairs: int
    predicted_pairs: int
    common_pairs: int

    @property
    def precision(self) -> float:
        return self.common_pairs / self.predicted_pairs if self.predicted_pairs else 1.0

    @property
    def recall(self) -> float:
        return self.common_pairs / self.true_pairs if self.true_pairs else 1.0

    @property
    def f1(self) -> float:
        total = self.true_pairs + self.predicted_pairs
        return 2 * self.common_pairs / total if total else 1.0


def pairwise(truth: Mapping[str, str], predicted: Mapping[str, str]) -> PairwiseScores:
    """Scores of `predicted` (mention id to group) against `truth` (mention id to event), over the ids in both."""
    ids = truth.keys() & predicted.keys()
    return PairwiseScores(
        _pairs(Counter(truth[i] for i in ids)),
        _pairs(Counter(predicted[i] for i in ids)),
        _pairs(Counter((truth[i], predicted[i]) for i in ids)),
    )


def _pairs(sizes: Counter[str] | Counter[tuple[str, str]]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes.values())
