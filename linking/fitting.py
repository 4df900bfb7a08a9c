"""Fits the weights of the features: a logistic regression whose weights keep their sign.

What speaks for one event must not come out against it because of an accident of the training articles, and the reverse.
The same examples give the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linking.features import AGAINST, FOR, Features

PENALTY = 1.0
"""L2, on all weights but the prior."""
SWEEPS, STEP, CLOSE = 300, 2.0, 1e-5
"""Rounds over all weights at most, the longest step of a weight in one, and the step at which all is said."""
FARTHEST = 30.0
"""Log-odds beyond which the exponential tells nothing."""

Vector = NDArray[np.float64]


def fitted(examples: Sequence[tuple[Features, bool]]) -> dict[str, float]:
    """The weights by feature, `prior` among them: cyclic coordinate descent by Newton steps within the signs."""
    names = sorted({name for told, _ in examples for name in told})
    truth = np.array([same for _, same in examples], dtype=np.float64)
    columns = [np.array([told.get(name, 0.0) for told, _ in examples]) for name in names]
    bounds = [(-np.inf, np.inf), *((0.0 if n in FOR else -np.inf, 0.0 if n in AGAINST else np.inf) for n in names)]
    values = _descended([np.ones(len(truth)), *columns], truth, bounds)
    return {name: round(float(value), 3) for name, value in zip(("prior", *names), values, strict=True)}


def _descended(columns: Sequence[Vector], truth: Vector, bounds: Sequence[tuple[float, float]]) -> list[float]:
    weights = [0.0] * len(columns)
    sums = np.zeros(len(truth))
    rows = [np.flatnonzero(column) for column in columns]
    for _ in range(SWEEPS):
        longest = 0.0
        for n, (column, (least, most)) in enumerate(zip(columns, bounds, strict=True)):
            here, penalty = rows[n], PENALTY if n else 0.0
            values = column[here]
            chance = 1 / (1 + np.exp(-np.clip(sums[here], -FARTHEST, FARTHEST)))
            slope = float(((chance - truth[here]) * values).sum()) + penalty * weights[n]
            bend = float((chance * (1 - chance) * values**2).sum()) + max(penalty, 1e-6)
            target = min(max(weights[n] - max(-STEP, min(STEP, slope / bend)), least), most)
            sums[here] += (target - weights[n]) * values
            longest, weights[n] = max(longest, abs(target - weights[n])), target
        if longest < CLOSE:
            break
    return weights
