"""From what ships back to weights that a fit goes on from: the other way of `narrowing`.

Run as `python -m classifiers.encoder.widening SHIPPED OUT`, where onnx is installed. SHIPPED is the folder of an
encoder fitted from multilingual-e5-small, OUT then a folder that `classifiers.encoder.fitting --onto` takes. What was
lost by rounding to 8 bits stays lost.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors.numpy import save_file

_PREFIX = "encoder."
"""What `export` puts before the names of the weights."""
_SMALL = (384, 12, 12 * 16 + 5)
"""Width, layers, tables: sixteen a layer, five of the embeddings."""
_BETWEEN = ("Mul", "Cast")
"""The operations that `narrowed` lays between a product of whole numbers and the sum with its bias."""


def widened(model: onnx.ModelProto) -> dict[str, NDArray[np.float32]]:
    """The weights of a narrowed graph under their names in PyTorch."""
    tables = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    plain = {name: table for name, table in tables.items() if name.endswith((".weight", ".bias"))}
    weights = {name.removeprefix(_PREFIX): table for name, table in plain.items()}
    for name in tables:
        if name.endswith(".weight.steps"):
            table = name.removesuffix(".steps")
            weights[table.removeprefix(_PREFIX)] = _of_steps(tables, table)
    for bias, matrix in _products(model.graph, tables).items():
        name = bias.removeprefix(_PREFIX).removesuffix("bias") + "weight"
        weights[name] = np.ascontiguousarray(_of_steps(tables, matrix).T)
    return weights


def _of_steps(tables: Mapping[str, NDArray[np.float32]], name: str) -> NDArray[np.float32]:
    return tables[f"{name}.steps"].astype(np.float32) * tables[f"{name}.scale"]


def _products(graph: onnx.GraphProto, tables: Mapping[str, NDArray[np.float32]]) -> dict[str, str]:
    """The bias that is added to a product → the matrix of the product, whose own name the export has lost."""
    makers = {output: node for node in graph.node for output in node.output}
    found = {}
    for node in graph.node:
        biases = [name for name in node.input if name.endswith(".bias") and name in tables]
        if node.op_type == "Add" and biases:
            product = _behind(makers, next(name for name in node.input if name not in tables))
            if product is not None:
                found[biases[0]] = product.input[1].removesuffix(".steps")
    return found


def _behind(makers: Mapping[str, onnx.NodeProto], name: str) -> onnx.NodeProto | None:
    node = makers.get(name)
    while node is not None and node.op_type in _BETWEEN:
        node = makers.get(node.input[0])
    return node if node is not None and node.op_type == "MatMulInteger" else None


def config(weights: Mapping[str, NDArray[np.float32]]) -> dict[str, Any]:
    """What `AutoModel` must know of the shape besides. Raises `SystemExit` for weights that are not those of
    multilingual-e5-small: nothing in them tells how another encoder divides its attention."""
    pieces, hidden = weights["embeddings.word_embeddings.weight"].shape
    layers = sum(name.endswith("output.dense.weight") and "attention" not in name for name in weights)
    if (hidden, layers, len(weights)) != _SMALL:
        raise SystemExit(
            f"{layers} layers of {hidden}, {len(weights)} tables: not multilingual-e5-small; fit from the base"
        )
    return {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "vocab_size": pieces,
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": 12,
        "intermediate_size": 4 * hidden,
        "max_position_embeddings": len(weights["embeddings.position_embeddings.weight"]),
        "type_vocab_size": len(weights["embeddings.token_type_embeddings.weight"]),
        "layer_norm_eps": 1e-12,
        "hidden_act": "gelu",
        "pad_token_id": 1,
    }


def write(shipped: Path, out: Path) -> None:
    """Writes the weights and heads of a shipped encoder as `classifiers.encoder.fitting` would have."""
    weights = widened(onnx.load(shipped / "encoder.onnx"))
    (out / "encoder").mkdir(parents=True, exist_ok=True)
    save_file(weights, out / "encoder" / "model.safetensors", {"format": "pt"})
    (out / "encoder" / "config.json").write_text(json.dumps(config(weights), indent=2), encoding="utf-8")
    for beside in ("heads.npz", "about.json"):
        shutil.copy(shipped / beside, out / beside)


def main() -> None:
    """Write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("shipped", "out"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    write(options.shipped, options.out)


if __name__ == "__main__":
    main()
