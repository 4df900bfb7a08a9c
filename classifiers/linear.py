"""Linear models over hashed features: scored with numpy alone, small enough to ship with the package.

A feature is a short string; its bucket is its CRC-32. A head turns the features of one thing (an article, a place
named in it) into probabilities over its labels. Weights are kept as 8-bit integers with one scale a label.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from lzma import LZMAError
from zipfile import ZIP_LZMA, BadZipFile, ZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from codebook.errors import BadInput

MODEL = files("classifiers") / "model" / "linear.npz"


@dataclass(frozen=True, slots=True)
class Head:
    """One softmax over `labels`; `weights` is buckets × labels."""

    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """The probability of each label."""
        return self.probabilities_at(buckets(features, len(self.weights)))

    def probabilities_at(self, at: NDArray[np.int64]) -> dict[str, float]:
        """The same, from the features' `buckets`."""
        scores = self.weights[at].sum(axis=0) / np.sqrt(np.float32(max(len(at), 1))) + self.bias
        odds = np.exp(scores - scores.max())
        return dict(zip(self.labels, (odds / odds.sum()).tolist(), strict=True))


def buckets(features: Iterable[str], size: int) -> NDArray[np.int64]:
    """The distinct buckets of some features, sorted."""
    return np.array(sorted({crc32(feature.encode()) % size for feature in features}), dtype=np.int64)


def packed(heads: Mapping[str, Head], about: Mapping[str, str]) -> bytes:
    """The model file of some heads; `about` says what they were trained on."""
    arrays: dict[str, NDArray[np.generic]] = {}
    shape = {}
    for name, head in heads.items():
        scale = np.maximum(np.abs(head.weights).max(axis=0), 1e-9) / 127
        arrays[f"{name}.weights"] = np.round(head.weights / scale).astype(np.int8)
        arrays[f"{name}.scale"] = scale.astype(np.float32)
        arrays[f"{name}.bias"] = head.bias.astype(np.float32)
        shape[name] = {"labels": head.labels}
    arrays["about"] = np.frombuffer(json.dumps({"about": dict(about), "heads": shape}).encode(), dtype=np.uint8)
    file = BytesIO()
    with ZipFile(file, "w", ZIP_LZMA) as members:  # a twelfth smaller than what NumPy writes, and NumPy reads it
        for name, array in arrays.items():
            with members.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, array)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class Model:
    """The trained heads by name, what they were trained on, and the SHA-256 of the file they came in."""

    heads: Mapping[str, Head]
    about: Mapping[str, str]
    digest: str


def unpacked(data: bytes, where: str) -> Model:
    """The model of a model file; `BadInput` that names `where` when it is none."""
    try:
        with np.load(BytesIO(data), allow_pickle=False) as arrays:
            described = json.loads(arrays["about"].tobytes())
            heads = {
                name: Head(
                    tuple(shape["labels"]),
                    arrays[f"{name}.weights"].astype(np.float32) * arrays[f"{name}.scale"],
                    arrays[f"{name}.bias"],
                )
                for name, shape in described["heads"].items()
            }
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, BadZipFile, LZMAError, zlib.error) as error:
        raise BadInput(where, "", str(error), "train the model again: avmp train") from error
    return Model(heads, described["about"], sha256(data).hexdigest())


@cache
def shipped_model() -> Model:
    """The model that ships with the package."""
    try:
        data = MODEL.read_bytes()
    except OSError as error:
        raise BadInput(str(MODEL), "", str(error), "train it: avmp train") from error
    return unpacked(data, str(MODEL))


def trained(
    examples: Sequence[NDArray[np.int64]],
    answers: Sequence[str],
    labels: Sequence[str],
    *,
    size: int,
    penalty: float,
    epochs: int,
    least: int = 3,
) -> Head:
    """A head fitted by full-batch Adam to the examples' `buckets` and answers; the same data give the same head.

    `penalty` is the L2 penalty on the summed loss; features of fewer than `least` examples are left out.
    """
    none = np.zeros(0, dtype=np.int64)
    frequent = np.bincount(np.concatenate([*examples, none]), minlength=size) >= least
    rows = [row[frequent[row]] for row in examples]
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    used, columns = np.unique(np.concatenate([*rows, none]), return_inverse=True)
    row_of = np.repeat(np.arange(len(rows)), lengths)
    values = (1 / np.sqrt(np.maximum(lengths, 1)))[row_of]
    target = np.zeros((len(rows), len(labels)))
    target[np.arange(len(rows)), [labels.index(answer) for answer in answers]] = 1

    theta, bias = np.zeros((len(used), len(labels))), np.zeros(len(labels))
    mean, square = np.zeros_like(theta), np.zeros_like(theta)
    gradient = np.zeros_like(theta)
    for step in range(1, epochs + 1):
        scores = np.stack(
            [np.bincount(row_of, theta[columns, k] * values, len(rows)) for k in range(len(labels))], axis=1
        )
        odds = np.exp(scores + bias - (scores + bias).max(axis=1, keepdims=True))
        error = odds / odds.sum(axis=1, keepdims=True) - target
        for k in range(len(labels)):
            gradient[:, k] = np.bincount(columns, error[row_of, k] * values, len(used)) + penalty * theta[:, k]
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        rate = 0.3 * (1 - 0.9 * step / epochs)
        theta -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-6)
        bias -= rate * error.sum(axis=0) / max(1, len(rows))

    full = np.zeros((size, len(labels)), dtype=np.float32)
    full[used] = theta
    return Head(tuple(labels), full, bias.astype(np.float32))
