"""What a fit makes small: wrong answers, and two answers to one text that differ."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from classifiers.encoder.batches import UNASKED, Batch, Data
from classifiers.encoder.heads import Heads

SMOOTHING = 0.05
"""Share of every right answer given to the wrong ones: labels are right nine times in ten at best."""
STRETCH_WEIGHT, MARK_WEIGHT = 1.0, 5.0
WHOLE_WEIGHTS = {"relevance": 2.0, "reason": 1.0, "type": 2.0}
"""What a question's loss counts; others count half."""
AGREEMENT = 1.0
"""What it counts that the two halves of a batch `twice` answer alike (R-Drop, Liang and others 2021). The usual weight;
none other was tried. What it brought: docs/decisions/0009."""


def loss_of(heads: Heads, data: Data, batch: Batch, states: Tensor) -> Tensor:
    """The summed loss of all questions, each the mean over the things it was asked of, of a batch that is there
    `twice`."""
    scores, mean = heads.of_whole(states, batch.mask)
    weights = states.new_tensor([WHOLE_WEIGHTS.get(question, 0.5) for question in data.whole])
    asked = batch.answers != UNASKED
    losses = _cross_entropy(scores, batch.answers.clamp(min=0), heads.whole.none) + AGREEMENT * _apart(scores)
    total = ((losses * asked).sum(0) / asked.sum(0).clamp(min=1) * weights).sum()
    if len(batch.asked):
        question, answer = batch.asked[:, 0], batch.asked[:, 4]
        scores = heads.of_stretches(states, mean, batch.asked)
        losses = _cross_entropy(scores, answer, heads.stretch.none[question]) + AGREEMENT * _apart(scores)
        times = torch.bincount(question, minlength=heads.stretch.questions)
        total = total + STRETCH_WEIGHT * (losses / times[question]).sum()
    marks = functional.binary_cross_entropy_with_logits(heads.marks(states).float(), batch.marks, reduction="none")
    counted = batch.marked.unsqueeze(-1)
    return total + MARK_WEIGHT * (marks * counted).sum() / counted.sum().clamp(min=1)


def _apart(scores: Tensor) -> Tensor:
    """How far the two halves' answers lie apart: the mean of the divergences either way, the same for both halves."""
    one, other = scores.log_softmax(-1).chunk(2)
    apart = ((one.exp() - other.exp()) * (one - other)).sum(-1) / 2
    return torch.cat([apart, apart])


def _cross_entropy(scores: Tensor, answers: Tensor, none: Tensor) -> Tensor:
    """With `SMOOTHING` of every right answer given to the others the question has."""
    logs = scores.log_softmax(-1)
    right = logs.gather(-1, answers.unsqueeze(-1)).squeeze(-1)
    others = logs.masked_fill(none, 0).sum(-1) / (~none).sum(-1)
    return -(1 - SMOOTHING) * right - SMOOTHING * others
