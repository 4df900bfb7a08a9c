"""Fine-tunes an encoder with heads for all questions at once, on a graphics card where there is one.

Run as `python -m classifiers.encoder.fitting DATA BASE OUT`, where PyTorch and transformers are installed; of the
product it needs only the modules beside it that need PyTorch, so that it can run on another machine. DATA is what
`classifiers.encoder.dataset` wrote, BASE a folder or name that `AutoModel` loads, OUT a folder: `encoder/`
(safetensors) and `heads.npz`. With `--onto` BASE is such a folder, and its heads are gone on with, too: what it has
learned already costs nothing, and one epoch teaches it new articles (docs/decisions/0011).

Every batch is read twice, and what the two readings of a text say under different dropout is drawn together
(docs/decisions/0009).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from transformers import AutoModel

from classifiers.encoder.batches import Batch, Data, batches, read
from classifiers.encoder.choosing import with_others
from classifiers.encoder.dropout import quicken
from classifiers.encoder.halves import halved
from classifiers.encoder.heads import Heads, described, load
from classifiers.encoder.losses import loss_of
from classifiers.encoder.measures import held_shares, report

HEADS = "heads.npz"
EPOCHS = 18
"""Times the articles are seen; with 12 the fifth held out is read less well in nearly every question."""


def fit(data: Data, base: str, options: argparse.Namespace) -> tuple[nn.Module, Heads]:
    """The encoder and its heads, fitted to the units chosen: the moving average of the weights over the steps."""
    device = _device()
    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)  # noqa: S311  an order, no secret
    encoder = _encoder(base, device, options)
    heads = Heads(data, encoder.config.hidden_size)
    if options.onto:
        load(heads, data, Path(base) / HEADS)
    heads.to(device)
    rows = [row for row in data.rows if options.all or not row.held]
    if options.new:
        rows = with_others(rows, options.new, options.beside, chance)
    steps = options.epochs * -(-len(rows) // options.batch)
    groups = [
        {"params": [p for p in encoder.parameters() if p.requires_grad], "lr": options.rate},
        {"params": heads.parameters(), "lr": options.rate * options.heads_rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        [g["lr"] for g in groups],
        total_steps=steps + 1,
        pct_start=0.1,
        cycle_momentum=not options.onto,  # one epoch has too few steps for it
    )
    average = torch.optim.swa_utils.AveragedModel(
        nn.ModuleList([encoder, heads]), multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(options.memory)
    )
    both = nn.ModuleList([encoder, heads])
    for epoch in range(options.epochs):
        both.train()
        losses = []
        for chosen in batches(rows, options.batch, chance):
            batch = Batch(data, chosen, device, chance).twice()
            with halved(device):
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


def _encoder(base: str, device: str, options: argparse.Namespace) -> nn.Module:
    """The encoder to begin with. The table of words stands; going on, all of the embeddings do. Only going on is made
    quick on a processor: a fit from the base is the one that was measured, wherever it runs."""
    folder = str(Path(base) / "encoder") if options.onto else base
    quick = options.onto and device == "cpu"
    changed = {"attention_probs_dropout_prob": 0.0} if quick else {}
    encoder = AutoModel.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="sdpa", add_pooling_layer=False, **changed
    ).to(device)
    table = encoder.embeddings if options.onto else encoder.embeddings.word_embeddings
    table.requires_grad_(requires_grad=False)
    if quick:
        quicken(encoder, options.seed)
    return encoder


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def save(encoder: nn.Module, heads: Heads, data: Data, out: Path, about: Mapping[str, Any]) -> None:
    """Writes `encoder/` and `heads.npz`."""
    encoder.half().cpu().save_pretrained(out / "encoder")
    for answers in (heads.whole, heads.stretch):  # what stands for no answer would take space
        answers.weight.data[answers.none] = 0
        answers.bias.data[answers.none] = 0
    arrays = {name: parameter.detach().cpu().half().numpy() for name, parameter in heads.named_parameters()}
    arrays["described"] = np.frombuffer(json.dumps(described(data)).encode(), np.uint8)
    np.savez_compressed(out / HEADS, **arrays)
    (out / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Fit and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("base")
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-4, help="the highest learning rate of the encoder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="fit to the held-out fifth, too")
    parser.add_argument("--onto", action="store_true", help="go on from what BASE, an earlier OUT, has learned")
    parser.add_argument(
        "--new", nargs="*", default=[], metavar="PREFIX", help="with --onto: of the ids of articles to teach"
    )
    parser.add_argument("--beside", type=int, default=2_200, help="other units seen beside new ones")
    parser.add_argument("--heads-rate", type=float, default=5, help="of the heads, as a multiple of the encoder's")
    parser.add_argument("--memory", type=float, default=0.995, help="of the moving average of the weights, a step")
    options = parser.parse_args()
    data = read(options.data)
    encoder, heads = fit(data, options.base, options)
    if not options.all:
        print(json.dumps({"held out": report(encoder, heads, data)}))  # noqa: T201
    about: dict[str, Any] = {name: getattr(options, name) for name in ("epochs", "batch", "rate", "seed")}
    if options.onto:
        before = json.loads((Path(options.base) / "about.json").read_text(encoding="utf-8"))
        about |= {name: getattr(options, name) for name in ("heads_rate", "memory", "new", "beside")}
        about |= {"device": _device(), "onto": before}
    options.out.mkdir(parents=True, exist_ok=True)
    if not options.all:
        lines = [json.dumps(shares) for shares in held_shares(encoder, heads, data)]
        (options.out / "held.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    save(encoder, heads, data, options.out, about)


if __name__ == "__main__":
    main()
