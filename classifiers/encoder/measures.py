"""What a fitted encoder reaches on the fifth held out, and what it says of each article there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from classifiers.encoder.batches import UNASKED, Batch, Data
from classifiers.encoder.halves import halved
from classifiers.encoder.heads import Heads


@torch.no_grad()
def report(encoder: nn.Module, heads: Heads, data: Data) -> dict[str, float]:
    """The share answered right of every question on the fifth held out, and how well relevance sorts (AUC)."""
    device = next(heads.parameters()).device.type
    rows = [row for row in data.rows if row.held]
    right: dict[str, list[bool]] = {question: [] for question in (*data.whole, *data.stretch)}
    told: list[tuple[float, bool]] = []
    nn.ModuleList([encoder, heads]).eval()
    first, second = (data.whole.index(question) for question in ("relevance", "reason"))
    yes, relevant = data.answers["relevance"].index("yes"), data.answers["reason"].index("relevant")
    for at in range(0, len(rows), 64):
        batch = Batch(data, rows[at : at + 64], device, None)
        with halved(device):
            states = encoder(input_ids=batch.ids, attention_mask=batch.mask.long()).last_hidden_state
        scores, mean = heads.of_whole(states, batch.mask)
        for n, question in enumerate(data.whole):
            asked = batch.answers[:, n] != UNASKED
            right[question] += (scores[:, n].argmax(1) == batch.answers[:, n])[asked].tolist()
        found = heads.of_stretches(states, mean, batch.asked).argmax(1) == batch.asked[:, 4]
        for n, is_right in zip(batch.asked[:, 0].tolist(), found.tolist(), strict=True):
            right[data.stretch[n]].append(is_right)
        odds = (_log_odds(scores[:, first])[:, yes] + _log_odds(scores[:, second])[:, relevant]) / 2
        asked = batch.answers[:, first] != UNASKED
        told += zip(odds[asked].tolist(), (batch.answers[:, first] == yes)[asked].tolist(), strict=True)
    shares = {question: sum(found) / len(found) for question, found in right.items() if found}
    held = {"auc": _auc(told), "precision at recall .97": _precision_at(told, 0.97), **shares}
    return {name: round(value, 4) for name, value in held.items()}


@torch.no_grad()
def held_shares(encoder: nn.Module, heads: Heads, data: Data) -> Iterator[dict[str, Any]]:
    """What the model says of each article held out, for `classifiers.encoder.calibration`."""
    device = next(heads.parameters()).device.type
    for row in data.rows:
        if row.held and row.answers[data.whole.index("relevance")] != UNASKED:
            batch = Batch(data, [row], device, None)
            states = encoder(input_ids=batch.ids, attention_mask=batch.mask.long()).last_hidden_state
            scores, _ = heads.of_whole(states, batch.mask)
            shares = {
                q: dict(zip(data.answers[q], scores[0, data.whole.index(q)].softmax(0).tolist(), strict=False))
                for q in data.whole
            }
            yield {"id": row.id, **shares}


def _log_odds(scores: Tensor) -> Tensor:
    return scores.softmax(-1).clamp(1e-6, 1 - 1e-6).logit()


def _auc(told: Sequence[tuple[float, bool]]) -> float:
    ranks = np.argsort(np.argsort([score for score, _ in told]))
    true = np.array([relevant for _, relevant in told])
    return float((ranks[true].sum() - true.sum() * (true.sum() - 1) / 2) / (true.sum() * (~true).sum()))


def _precision_at(told: Sequence[tuple[float, bool]], recall: float) -> float:
    scores = sorted(score for score, relevant in told if relevant)
    least = scores[int((1 - recall) * len(scores))]
    kept = [relevant for score, relevant in told if score >= least]
    return sum(kept) / len(kept)
