"""The transformer by itself: the encoder's passes over articles as the cascade makes them, in ONNX as it ships and,
where the `train` extra is installed, with the same weights in PyTorch."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from avmp.bench import rates
from classifiers.encoder.encoder import FOLDER, Array, Encoder
from classifiers.encoder.inputs import Input
from classifiers.linear import shipped_model
from classifiers.reader import LearnedReader
from codebook.records import Article

NEEDED = ("torch", "onnx")
"""Packages of the `train` extra that the row in PyTorch takes."""

log = logging.getLogger(__name__)


class _Noting(Encoder):
    """The shipped encoder, which keeps what it is given."""

    def __init__(self) -> None:
        super().__init__(FOLDER)
        self.given: list[Input] = []

    def states(self, given: Input) -> Array:
        self.given.append(given)
        return super().states(given)


def forward_rates(articles: Sequence[Article]) -> dict[str, float]:
    """Articles a second of the encoder's forward passes alone, one text at a time on one thread: no gate, no linear
    heads, no cutting into pieces, no heads over the states. The row in PyTorch is left out, with a line in the log,
    where it is not to be had."""
    encoder = _Noting()
    reader = LearnedReader(shipped_model(), encoder)
    for article in articles:
        reader.read(article)
    given = list(encoder.given)
    measured = {
        "day_encoder_forward": rates.rate(len(articles), lambda: [Encoder.states(encoder, one) for one in given])
    }
    seconds = _pytorch_seconds([list(one.tokens.ids) for one in given])
    return measured if seconds is None else measured | {"day_encoder_forward_pytorch": len(articles) / seconds}


def _pytorch_seconds(texts: Sequence[Sequence[int]]) -> float | None:
    missing = [package for package in NEEDED if find_spec(package) is None]
    if missing:
        log.warning("the encoder in PyTorch is left out: not installed: %s (the train extra)", ", ".join(missing))
        return None
    command = [sys.executable, "-W", "ignore", "-m", "avmp.bench.pytorch"]
    try:
        finished = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)
    except subprocess.CalledProcessError as error:
        log.warning("the encoder in PyTorch is left out: it failed: %s", _reason(error.stderr))
        return None
    return float(finished.stdout)


def _reason(said: str) -> str:
    return (said.strip().splitlines() or ["it said nothing"])[-1]
