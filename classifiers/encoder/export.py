"""From fitted weights to what ships: an ONNX graph with products in 8 bits.

Run as `python -m classifiers.encoder.export FITTED TOKENIZER OUT`, where PyTorch, transformers and onnx are installed.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import torch
from torch import Tensor, nn
from transformers import AutoModel

from classifiers.encoder.narrowing import narrowed

_OPSET = 17
"""One that `narrowed` takes."""


class _States(nn.Module):
    """The last states alone; one text at a time needs no mask."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: Tensor) -> Tensor:
        states: Tensor = self.encoder(input_ids=ids).last_hidden_state
        return states


def export(fitted: Path, tokenizer: Path, out: Path) -> None:
    """Writes what `Encoder` reads into `out`, from the folder `classifiers.encoder.fitting` wrote and a tokenizer."""
    out.mkdir(parents=True, exist_ok=True)
    encoder = AutoModel.from_pretrained(
        fitted / "encoder", dtype=torch.float32, attn_implementation="eager", add_pooling_layer=False
    ).eval()
    with TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            _States(encoder),
            (torch.zeros(1, 8, dtype=torch.long),),
            str(plain),
            input_names=["ids"],
            output_names=["states"],
            dynamic_axes={"ids": {1: "pieces"}, "states": {1: "pieces"}},
            opset_version=_OPSET,
            dynamo=False,
        )
        onnx.save(narrowed(onnx.load(plain)), out / "encoder.onnx")
    shutil.copy(fitted / "heads.npz", out / "heads.npz")
    shutil.copy(tokenizer, out / "tokenizer.json")
    shutil.copy(fitted / "about.json", out / "about.json")


def main() -> None:
    """Export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fitted", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    export(options.fitted, options.tokenizer, options.out)


if __name__ == "__main__":
    main()
