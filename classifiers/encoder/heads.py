"""The heads over an encoder's states: one question each, all computed together.

A head looks at pooled states: of the whole text (mean, maximum, and a mean weighted by attention of its own) or of a
stretch (first piece, mean) with the whole beside it. Marks (which words a label rests on) are one yes or no a piece.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from classifiers.encoder.batches import Data

BETWEEN = 384
"""Width of the layer between a stretch's states and its answers."""


class Heads(nn.Module):
    """All heads over the states of one encoder, computed together: scores are padded to the most answers a question
    has, with minus infinity where it has none."""

    def __init__(self, data: Data, hidden: int) -> None:
        super().__init__()
        self.looks = nn.Parameter(torch.zeros(len(data.whole), hidden))
        self.whole = _Answers(data, data.whole, 3 * hidden)
        self.between = nn.Linear(3 * hidden, BETWEEN)
        self.stretch = _Answers(data, data.stretch, BETWEEN)
        self.marks = nn.Linear(hidden, len(data.marked))
        self.drop = nn.Dropout(0.1)

    def of_whole(self, states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """The scores of every question about the whole (texts × questions × answers), and the mean state of each."""
        there = mask.unsqueeze(-1)
        mean = (states * there).sum(1) / there.sum(1)
        most = states.masked_fill(~there, -1e4).max(1).values
        looked = (states @ self.looks.T).masked_fill(~there, -1e4).softmax(1)
        seen = torch.einsum("btq,bth->bqh", looked, states)
        beside = torch.cat([mean, most], -1).unsqueeze(1).expand(-1, seen.shape[1], -1)
        return self.whole(self.drop(torch.cat([seen, beside], -1))), mean

    def of_stretches(self, states: Tensor, mean: Tensor, asked: Tensor) -> Tensor:
        """The scores of stretches (rows of `asked`: question, text, first piece, one after the last): stretches ×
        answers."""
        question, text, first, last = asked[:, :4].unbind(1)
        sums = functional.pad(states.float().cumsum(1), (0, 0, 1, 0))
        inside = (sums[text, last] - sums[text, first]) / (last - first).unsqueeze(-1)
        seen = torch.cat([states[text, first], inside.to(states.dtype), mean[text]], -1)
        between = self.drop(functional.gelu(self.between(self.drop(seen)), approximate="tanh"))
        return self.stretch(between.unsqueeze(1).expand(-1, self.stretch.questions, -1))[
            torch.arange(len(asked), device=asked.device), question
        ]


class _Answers(nn.Module):
    """One linear layer a question, side by side."""

    def __init__(self, data: Data, questions: Sequence[str], width: int) -> None:
        super().__init__()
        self.questions = len(questions)
        most = max(len(data.answers[question]) for question in questions)
        self.weight = nn.Parameter(torch.randn(len(questions), most, width) * 0.02)
        self.bias = nn.Parameter(torch.zeros(len(questions), most))
        none = [[n >= len(data.answers[question]) for n in range(most)] for question in questions]
        self.register_buffer("none", torch.tensor(none), persistent=False)

    def forward(self, seen: Tensor) -> Tensor:
        """Things × questions × width in, things × questions × answers out."""
        scores = torch.einsum("bqh,qah->bqa", seen, self.weight.to(seen.dtype)) + self.bias
        return scores.float().masked_fill(self.none, -1e4)


def load(heads: Heads, data: Data, file: Path) -> None:
    """The weights that `save` wrote, into heads for the same questions. Raises `SystemExit` where the answers differ:
    then a row of weights would stand for another answer."""
    with np.load(file) as arrays:
        if json.loads(arrays["described"].tobytes()) != described(data):
            raise SystemExit(f"{file}: its questions or answers are not those of the data: fit from the base instead")
        weights = {name: torch.from_numpy(arrays[name].astype(np.float32)) for name, _ in heads.named_parameters()}
    heads.load_state_dict(weights)


def described(data: Data) -> dict[str, Any]:
    """The questions and answers that the rows of the weights stand for."""
    return {"whole": data.whole, "stretch": data.stretch, "marked": data.marked, "answers": data.answers}
