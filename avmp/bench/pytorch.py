"""The shipped encoder's weights in PyTorch, in a process of its own: `python -m avmp.bench.pytorch`, the pieces of
texts as JSON on standard input; prints the seconds of one pass over them, each by itself on as many threads as ship."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from transformers import AutoModel

from classifiers.encoder import widening
from classifiers.encoder.encoder import FOLDER, THREADS


def main() -> None:
    """Measure."""
    torch.set_num_threads(THREADS)
    texts = [torch.tensor([ids]) for ids in json.loads(sys.stdin.read())]
    with TemporaryDirectory(prefix="avmp-bench-") as folder:
        widening.write(FOLDER, Path(folder))
        encoder = AutoModel.from_pretrained(
            Path(folder) / "encoder", dtype=torch.float32, add_pooling_layer=False
        ).eval()
        with torch.inference_mode():
            for ids in texts[:3]:  # the first ones make room for the others
                encoder(input_ids=ids)
            begun = time.perf_counter()
            for ids in texts:
                encoder(input_ids=ids)
            sys.stdout.write(str(time.perf_counter() - begun))


if __name__ == "__main__":
    main()
