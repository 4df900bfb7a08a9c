"""Pairwise quality of a linking: of all pairs of mentions on one event, how many are together, and the reverse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


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
        return self.f(1.0)

    def f(self, beta: float) -> float:
        """The F measure that weighs recall `beta` times as much as precision."""
        total = beta**2 * self.true_pairs + self.predicted_pairs
        return (1 + beta**2) * self.common_pairs / total if total else 1.0


@dataclass(frozen=True, slots=True)
class LinkingScores:
    """How well reports of one event came together.

    Attributes:
        pairs: all pairs.
        across: pairs of reports in two languages.
        missed_suggested: of the pairs of one event that did not come together, those a person is asked about.
    """

    pairs: PairwiseScores
    across: PairwiseScores
    missed_suggested: int


def scores(
    truth: Mapping[str, str],
    predicted: Mapping[str, str],
    languages: Mapping[str, str],
    suggested: Collection[frozenset[str]],
) -> LinkingScores:
    """The scores of `predicted` (id to group) against `truth` (id to event); `suggested` are pairs of groups."""
    pairs = list(combinations(sorted(truth.keys() & predicted.keys()), 2))
    missed = (frozenset((predicted[a], predicted[b])) for a, b in pairs if truth[a] == truth[b])
    return LinkingScores(
        _counted(pairs, truth, predicted),
        _counted([(a, b) for a, b in pairs if languages[a] != languages[b]], truth, predicted),
        sum(len(groups) == 2 and groups in suggested for groups in missed),
    )


def _counted(
    pairs: Sequence[tuple[str, str]], truth: Mapping[str, str], predicted: Mapping[str, str]
) -> PairwiseScores:
    true, together = ([table[a] == table[b] for a, b in pairs] for table in (truth, predicted))
    return PairwiseScores(sum(true), sum(together), sum(x and y for x, y in zip(true, together, strict=True)))


def pairwise(truth: Mapping[str, str], predicted: Mapping[str, str]) -> PairwiseScores:
    """Scores of `predicted` (mention id to group) against `truth` (mention id to event), over the ids in both."""
    ids = truth.keys() & predicted.keys()
    return PairwiseScores(
        _pairs(Counter(truth[i] for i in ids)),
        _pairs(Counter(predicted[i] for i in ids)),
        _pairs(Counter((truth[i], predicted[i]) for i in ids)),
    )


def summed(scores: Iterable[PairwiseScores]) -> PairwiseScores:
    """The scores of several sets of mentions together; pairs across sets do not count."""
    all_ = list(scores)
    return PairwiseScores(
        sum(one.true_pairs for one in all_),
        sum(one.predicted_pairs for one in all_),
        sum(one.common_pairs for one in all_),
    )


def _pairs(sizes: Counter[str] | Counter[tuple[str, str]]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes.values())
