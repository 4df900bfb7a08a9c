"""The encoder as it ships: 8-bit ONNX weights, run on the processor, and heads in numpy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from classifiers.encoder.inputs import Input
from classifiers.judges import Shares
from codebook.errors import BadInput

FOLDER = Path(str(files("classifiers"))) / "model" / "encoder"
Array = NDArray[np.float32]


class Encoder:
    """Turns a part of an article into states (pieces × width) and the states into answers."""

    def __init__(self, folder: Path) -> None:
        """Raises `BadInput` when the folder lacks a file or holds another program's."""
        try:
            graph = (folder / "encoder.onnx").read_bytes()
            heads = (folder / "heads.npz").read_bytes()
            about = (folder / "about.json").read_bytes()
            self.about: Mapping[str, Any] = json.loads(about)
            self.tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
            self._session = onnxruntime.InferenceSession(graph, _options(), providers=["CPUExecutionProvider"])
            with np.load(folder / "heads.npz", allow_pickle=False) as arrays:
                described = json.loads(arrays["described"].tobytes())
                self._arrays: Mapping[str, Array] = {
                    name: arrays[name].astype(np.float32) for name in arrays.files if name != "described"
                }
        except (OSError, ValueError, KeyError) as error:
            raise BadInput(str(folder), "", str(error), "train the encoder again: avmp train") from error
        self._whole: Sequence[str] = described["whole"]
        self._stretch: Sequence[str] = described["stretch"]
        self._marked: Sequence[str] = described["marked"]
        self._answers: Mapping[str, Sequence[str]] = described["answers"]
        self.digest = sha256(graph + heads + about).hexdigest()

    def states(self, given: Input) -> Array:
        """The states of a part's pieces."""
        ids = np.array([given.tokens.ids], np.int64)
        states: Array = self._session.run(None, {"ids": ids})[0][0]
        return states

    def of_whole(self, states: Array) -> dict[str, Shares]:
        """The answers to every question about the whole."""
        looked = _softmax(states @ self._arrays["looks"].T, axis=0)
        seen = looked.T @ states
        beside = np.concatenate([states.mean(0), states.max(0)])
        given = np.concatenate([seen, np.broadcast_to(beside, (len(seen), len(beside)))], axis=1)
        scores = np.einsum("qh,qah->qa", given, self._arrays["whole.weight"]) + self._arrays["whole.bias"]
        return {question: self._shares(question, scores[n]) for n, question in enumerate(self._whole)}

    def of_stretch(self, question: str, states: Array, first: int, last: int) -> Shares:
        """The answers to a question about pieces `first` to `last`."""
        seen = np.concatenate([states[first], states[first:last].mean(0), states.mean(0)])
        between = _gelu(self._arrays["between.weight"] @ seen + self._arrays["between.bias"])
        n = self._stretch.index(question)
        return self._shares(question, self._arrays["stretch.weight"][n] @ between + self._arrays["stretch.bias"][n])

    def marks(self, field: str, states: Array) -> Array:
        """For each piece the probability that a field rests on it."""
        n = self._marked.index(field)
        scores: Array = 1 / (1 + np.exp(-(states @ self._arrays["marks.weight"][n] + self._arrays["marks.bias"][n])))
        return scores

    def _shares(self, question: str, scores: Array) -> Shares:
        answers = self._answers[question]
        return dict(zip(answers, _softmax(scores[: len(answers)], axis=0).tolist(), strict=True))


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
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
