"""The encoder as it ships: an ONNX graph of 8-bit products, run on the processor, and heads in numpy."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from classifiers.encoder.inputs import Input
from classifiers.judges import Shares
from codebook.errors import BadInput, first_line

FOLDER = Path(str(files("classifiers"))) / "model" / "encoder"
FILES = ("encoder.onnx", "heads.npz", "about.json", "tokenizer.json")
"""What the folder of an encoder holds."""
Array = NDArray[np.float32]
_R = TypeVar("_R")
THREADS = 1
"""Threads one text is read on, by ONNX Runtime and by numpy. A second one takes the core from the process that reads
beside this one, and saves less than that loses: docs/decisions/0004."""


@dataclass(frozen=True, slots=True)
class _Heads:
    """What is asked of the whole, of a stretch and of each piece, the answers to each question, and the weights."""

    whole: Sequence[str]
    stretch: Sequence[str]
    marked: Sequence[str]
    answers: Mapping[str, Sequence[str]]
    weights: Mapping[str, Array]


class Encoder:
    """Turns a part of an article into states (pieces × width) and the states into answers."""

    def __init__(self, folder: Path) -> None:
        """Raises `BadInput` when the folder lacks a file or holds another program's."""
        graph, heads, about, words = (_content(folder / name) for name in FILES)
        self._session = _readable(folder / FILES[0], lambda: _session(graph))
        self._heads = _readable(folder / FILES[1], lambda: _heads(heads))
        self.about: Mapping[str, Any] = _readable(folder / FILES[2], lambda: dict(json.loads(about)))
        self.tokenizer: Tokenizer = _readable(folder / FILES[3], lambda: Tokenizer.from_str(words.decode()))
        self.digest = sha256(graph + heads + about).hexdigest()

    def states(self, given: Input) -> Array:
        """The states of a part's pieces."""
        ids = np.array([given.tokens.ids], np.int64)
        states: Array = self._session.run(None, {"ids": ids})[0][0]
        return states

    def of_whole(self, states: Array) -> dict[str, Shares]:
        """The answers to every question about the whole."""
        given = seen_whole(states, self._heads.weights["looks"])
        scores = np.einsum("qh,qah->qa", given, self._heads.weights["whole.weight"]) + self._heads.weights["whole.bias"]
        return {question: self._shares(question, scores[n]) for n, question in enumerate(self._heads.whole)}

    def stretch(self, states: Array, first: int, last: int) -> Array:
        """Pieces `first` to `last` as every question about them sees them."""
        seen = np.concatenate([states[first], states[first:last].mean(0), states.mean(0)])
        return _gelu(self._heads.weights["between.weight"] @ seen + self._heads.weights["between.bias"])

    def of_stretch(self, question: str, stretch: Array) -> Shares:
        """The answers to a question about a `stretch`; none to one that the heads were never asked."""
        if question not in self._heads.stretch:
            return {}
        n = self._heads.stretch.index(question)
        return self._shares(
            question, self._heads.weights["stretch.weight"][n] @ stretch + self._heads.weights["stretch.bias"][n]
        )

    def marks(self, field: str, states: Array) -> Array:
        """For each piece the probability that a field rests on it."""
        n = self._heads.marked.index(field)
        scores: Array = 1 / (
            1 + np.exp(-(states @ self._heads.weights["marks.weight"][n] + self._heads.weights["marks.bias"][n]))
        )
        return scores

    def _shares(self, question: str, scores: Array) -> Shares:
        answers = self._heads.answers[question]
        return dict(zip(answers, _softmax(scores[: len(answers)], axis=0).tolist(), strict=True))


def seen_whole(states: Array, looks: Array) -> Array:
    """The whole as each of some looks (questions × width) sees it: looked at, its mean and its maximum."""
    looked = _softmax(states @ looks.T, axis=0)
    seen = looked.T @ states
    beside = np.concatenate([states.mean(0), states.max(0)])
    whole: Array = np.concatenate([seen, np.broadcast_to(beside, (len(seen), len(beside)))], axis=1)
    return whole


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _bad(file, error.strerror or str(error)) from error


def _readable(file: Path, read: Callable[[], _R]) -> _R:
    try:
        return read()
    except Exception as error:  # ONNX Runtime and tokenizers raise what derives from nothing narrower
        raise _bad(file, first_line(error)) from error


def _bad(file: Path, why: str) -> BadInput:
    return BadInput(str(file), "", why, "train the encoder again: avmp train")


def _session(graph: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(graph, _options(), providers=["CPUExecutionProvider"])


def _heads(content: bytes) -> _Heads:
    with np.load(BytesIO(content), allow_pickle=False) as arrays:
        described = json.loads(arrays["described"].tobytes())
        weights = {name: arrays[name].astype(np.float32) for name in arrays.files if name != "described"}
    return _Heads(described["whole"], described["stretch"], described["marked"], described["answers"], weights)


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = THREADS
    return options


def _softmax(scores: Array, axis: int) -> Array:
    odds = np.exp(scores - scores.max(axis=axis, keepdims=True))
    shares: Array = odds / odds.sum(axis=axis, keepdims=True)
    return shares


def _gelu(x: Array) -> Array:
    smooth: Array = 0.5 * x * (1 + np.tanh(np.float32(0.7978845608) * (x + np.float32(0.044715) * x**3)))
    return smooth


@cache
def shipped_encoder() -> Encoder:
    """The encoder that ships with the package."""
    return Encoder(FOLDER)
