"""Fine-tunes an encoder with heads for all questions at once, on a graphics card where there is one.

Run as `python -m classifiers.encoder.fitting DATA BASE OUT`, where PyTorch and transformers are installed; it needs
nothing else of the product, so that it can run on another machine. DATA is what `classifiers.encoder.dataset` wrote,
BASE a folder or name that `AutoModel` loads, OUT a folder: `encoder/` (safetensors) and `heads.npz`. With `--onto` BASE
is such a folder, and its heads are gone on with, too: what it has learned already costs nothing, and a few epochs teach
it new articles.

A head looks at pooled states: of the whole text (mean, maximum, and a mean weighted by attention of its own) or of a
stretch (first piece, mean) with the whole beside it. Marks (which words a label rests on) are one yes or no a piece.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel

HEADS = "heads.npz"
UNASKED = -100
"""The answer to a question that a unit does not answer."""
SMOOTHING = 0.05
"""Share of every right answer given to the wrong ones: labels are right nine times in ten at best."""
STRETCH_WEIGHT, MARK_WEIGHT = 1.0, 5.0
WHOLE_WEIGHTS = {"relevance": 2.0, "reason": 1.0, "type": 2.0}
"""What a question's loss counts; others count half."""
BETWEEN = 384
"""Width of the layer between a stretch's states and its answers."""


@dataclass(frozen=True, slots=True)
class Printing:
    """One way a unit could have been printed: ids of its pieces, marked pieces (rows of field, first, one after the
    last) and stretches asked about (rows of question, first, one after the last, answer)."""

    ids: NDArray[np.int64]
    marked: NDArray[np.int64]
    asked: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Row:
    """A unit: its article, whether it is held out, its answers as a whole, its printings with the original first."""

    id: str
    held: bool
    answers: NDArray[np.int64]
    printings: Sequence[Printing]


@dataclass(frozen=True, slots=True)
class Data:
    """A data set: its questions with their answers, its units."""

    whole: Sequence[str]
    stretch: Sequence[str]
    marked: Sequence[str]
    answers: Mapping[str, Sequence[str]]
    rows: Sequence[Row]


def read(path: Path) -> Data:
    """The data set of a file that `classifiers.encoder.dataset` wrote."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        about = json.loads(next(file))
        return Data(
            about["whole"],
            about["stretch"],
            about["marked"],
            about["answers"],
            [_row(json.loads(line), about) for line in file],
        )


def _row(unit: Mapping[str, Any], about: Mapping[str, Any]) -> Row:
    answers: Mapping[str, list[str]] = about["answers"]
    told = [answers[q].index(unit["whole"][q]) if q in unit["whole"] else UNASKED for q in about["whole"]]
    return Row(unit["id"], unit["held"], np.array(told), [_printing(one, about) for one in unit["printings"]])


def _printing(printing: Mapping[str, Any], about: Mapping[str, Any]) -> Printing:
    marked = [(about["marked"].index(field), first, last) for field, first, last in printing["marked"]]
    asked = [
        (about["stretch"].index(question), first, last, about["answers"][question].index(answer))
        for question, answer, first, last in printing["asked"]
    ]
    return Printing(
        np.array(printing["ids"]),
        np.array(marked, np.int64).reshape(-1, 3),
        np.array(asked, np.int64).reshape(-1, 4),
    )


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


class Batch:
    """Some units in one of their printings, padded, on a device."""

    def __init__(self, data: Data, rows: Sequence[Row], device: str, chance: random.Random | None) -> None:
        printings = [chance.choice(_weighted(row.printings)) if chance else row.printings[0] for row in rows]
        width = max(len(printing.ids) for printing in printings)
        ids = np.ones((len(rows), width), np.int64)
        mask = np.zeros((len(rows), width), bool)
        marks = np.zeros((len(rows), width, len(data.marked)), np.float32)
        for n, printing in enumerate(printings):
            ids[n, : len(printing.ids)] = printing.ids
            mask[n, : len(printing.ids)] = True
            for field, first, last in printing.marked:
                marks[n, first:last, field] = 1
        text = np.repeat(np.arange(len(rows)), [len(printing.asked) for printing in printings])
        tells = np.array([len(printing.marked) > 0 for printing in printings])
        self.ids, self.mask, self.marks = _on(device, ids), _on(device, mask), _on(device, marks)
        self.answers = _on(device, np.stack([row.answers for row in rows]))
        self.asked = _on(device, np.insert(np.concatenate([p.asked for p in printings]), 1, text, axis=1))
        self.marked = self.mask & _on(device, tells).unsqueeze(1)


def _on(device: str, array: NDArray[Any]) -> Tensor:
    return torch.from_numpy(array).to(device, non_blocking=True)


def _weighted(printings: Sequence[Printing]) -> Sequence[Printing]:
    """The article as it was printed half of the time."""
    return [*printings[1:], *[printings[0]] * max(1, len(printings) - 1)]


def loss_of(heads: Heads, data: Data, batch: Batch, states: Tensor) -> Tensor:
    """The summed loss of all questions, each the mean over the things it was asked of."""
    scores, mean = heads.of_whole(states, batch.mask)
    asked = batch.answers != UNASKED
    weights = states.new_tensor([WHOLE_WEIGHTS.get(question, 0.5) for question in data.whole])
    losses = _cross_entropy(scores, batch.answers.clamp(min=0), heads.whole.none) * asked
    total = (losses.sum(0) / asked.sum(0).clamp(min=1) * weights).sum()
    if len(batch.asked):
        question, answer = batch.asked[:, 0], batch.asked[:, 4]
        losses = _cross_entropy(heads.of_stretches(states, mean, batch.asked), answer, heads.stretch.none[question])
        times = torch.bincount(question, minlength=heads.stretch.questions)
        total = total + STRETCH_WEIGHT * (losses / times[question]).sum()
    marks = functional.binary_cross_entropy_with_logits(heads.marks(states).float(), batch.marks, reduction="none")
    counted = batch.marked.unsqueeze(-1)
    return total + MARK_WEIGHT * (marks * counted).sum() / counted.sum().clamp(min=1)


def _cross_entropy(scores: Tensor, answers: Tensor, none: Tensor) -> Tensor:
    """With `SMOOTHING` of every right answer given to the others the question has."""
    logs = scores.log_softmax(-1)
    right = logs.gather(-1, answers.unsqueeze(-1)).squeeze(-1)
    others = logs.masked_fill(none, 0).sum(-1) / (~none).sum(-1)
    return -(1 - SMOOTHING) * right - SMOOTHING * others


def batches(rows: Sequence[Row], size: int, chance: random.Random) -> Iterator[list[Row]]:
    """The units in batches of like length, in an order of chance."""
    by_length = sorted(rows, key=lambda row: len(row.printings[0].ids) + chance.random() * 40)
    cut = [by_length[at : at + size] for at in range(0, len(by_length), size)]
    chance.shuffle(cut)
    yield from cut


def fit(data: Data, base: str, options: argparse.Namespace) -> tuple[nn.Module, Heads]:
    """The encoder and its heads, fitted to the units chosen: the moving average of the weights over the steps."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)  # noqa: S311  an order, no secret
    folder = str(Path(base) / "encoder") if options.onto else base
    encoder = AutoModel.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="sdpa", add_pooling_layer=False
    ).to(device)
    encoder.embeddings.word_embeddings.weight.requires_grad_(requires_grad=False)
    heads = Heads(data, encoder.config.hidden_size)
    if options.onto:
        load(heads, data, Path(base) / HEADS)
    heads.to(device)
    rows = [row for row in data.rows if options.all or not row.held]
    steps = options.epochs * -(-len(rows) // options.batch)
    groups = [
        {"params": [p for p in encoder.parameters() if p.requires_grad], "lr": options.rate},
        {"params": heads.parameters(), "lr": options.rate * 5},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [g["lr"] for g in groups], total_steps=steps + 1, pct_start=0.1
    )
    average = torch.optim.swa_utils.AveragedModel(
        nn.ModuleList([encoder, heads]), multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(options.memory)
    )
    both = nn.ModuleList([encoder, heads])
    for epoch in range(options.epochs):
        both.train()
        losses = []
        for chosen in batches(rows, options.batch, chance):
            batch = Batch(data, chosen, device, chance)
            with torch.autocast(device, torch.bfloat16):
                states = encoder(input_ids=batch.ids, attention_mask=batch.mask.long()).last_hidden_state
                loss = loss_of(heads, data, batch, states)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(both.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(both)
            losses.append(loss.detach())
        line = f"epoch {epoch + 1} of {options.epochs}: loss {torch.stack(losses).mean():.3f}"
        if not options.all and epoch % 3 == 2 and epoch + 1 < options.epochs:
            line += f", held out {json.dumps(report(*average.module, data))}"
        print(line, file=sys.stderr, flush=True)  # noqa: T201  progress
    encoder, heads = average.module
    return encoder.eval(), heads.eval()


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
        with torch.autocast(device, torch.bfloat16):
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


def load(heads: Heads, data: Data, file: Path) -> None:
    """The weights that `save` wrote, into heads for the same questions. Raises `SystemExit` where the answers differ:
    then a row of weights would stand for another answer."""
    with np.load(file) as arrays:
        if json.loads(arrays["described"].tobytes()) != _described(data):
            raise SystemExit(f"{file}: its questions or answers are not those of the data: fit from the base instead")
        weights = {name: torch.from_numpy(arrays[name].astype(np.float32)) for name, _ in heads.named_parameters()}
    heads.load_state_dict(weights)


def _described(data: Data) -> dict[str, Any]:
    return {"whole": data.whole, "stretch": data.stretch, "marked": data.marked, "answers": data.answers}


def save(encoder: nn.Module, heads: Heads, data: Data, out: Path, about: Mapping[str, Any]) -> None:
    """Writes `encoder/` and `heads.npz`."""
    encoder.half().cpu().save_pretrained(out / "encoder")
    for answers in (heads.whole, heads.stretch):  # what stands for no answer would take space
        answers.weight.data[answers.none] = 0
        answers.bias.data[answers.none] = 0
    arrays = {name: parameter.detach().cpu().half().numpy() for name, parameter in heads.named_parameters()}
    arrays["described"] = np.frombuffer(json.dumps(_described(data)).encode(), np.uint8)
    np.savez_compressed(out / HEADS, **arrays)
    (out / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Fit and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("base")
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-4, help="the highest learning rate of the encoder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="fit to the held-out fifth, too")
    parser.add_argument("--onto", action="store_true", help="go on from what BASE, an earlier OUT, has learned")
    parser.add_argument("--memory", type=float, default=0.995, help="of the moving average of the weights, a step")
    options = parser.parse_args()
    data = read(options.data)
    encoder, heads = fit(data, options.base, options)
    if not options.all:
        print(json.dumps({"held out": report(encoder, heads, data)}))  # noqa: T201
    about = {"epochs": options.epochs, "batch": options.batch, "rate": options.rate, "seed": options.seed}
    options.out.mkdir(parents=True, exist_ok=True)
    if not options.all:
        lines = [json.dumps(shares) for shares in held_shares(encoder, heads, data)]
        (options.out / "held.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    save(encoder, heads, data, options.out, about)


if __name__ == "__main__":
    main()
