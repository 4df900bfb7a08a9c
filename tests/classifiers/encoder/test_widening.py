"""What ships as 8-bit numbers, as weights again: under the names PyTorch has for them, as near as half a step."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from classifiers.encoder.encoder import FOLDER
from classifiers.encoder.narrowing import WEIGHTS, narrowed
from classifiers.encoder.widening import widened, write

PIECES, WIDTH, OUT = 1_500, 16, 40
LAYER = "encoder.layer.0.intermediate.dense"
TABLE = "embeddings.word_embeddings.weight"


@pytest.fixture
def weights() -> dict[str, NDArray[np.float32]]:
    chance = np.random.default_rng(1)
    return {
        TABLE: chance.normal(size=(PIECES, WIDTH)).astype(np.float32),
        f"{LAYER}.weight": chance.normal(size=(OUT, WIDTH)).astype(np.float32),
        f"{LAYER}.bias": chance.normal(size=OUT).astype(np.float32),
    }


@pytest.fixture
def exported(weights: dict[str, NDArray[np.float32]]) -> onnx.ModelProto:
    """As an export has it: a product's matrix has lost its name and stands the other way round."""
    nodes = [
        helper.make_node("Gather", [f"encoder.{TABLE}", "ids"], ["words"]),
        helper.make_node("MatMul", ["words", "onnx::MatMul_7"], ["product"]),
        helper.make_node("Add", [f"encoder.{LAYER}.bias", "product"], ["states"]),
    ]
    tensors = [
        numpy_helper.from_array(weights[TABLE], f"encoder.{TABLE}"),
        numpy_helper.from_array(np.ascontiguousarray(weights[f"{LAYER}.weight"].T), "onnx::MatMul_7"),
        numpy_helper.from_array(weights[f"{LAYER}.bias"], f"encoder.{LAYER}.bias"),
    ]
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])
    states = helper.make_tensor_value_info("states", TensorProto.FLOAT, ["n", OUT])
    made = helper.make_graph(nodes, "tiny", [ids], [states], tensors)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def test_every_weight_comes_back_as_near_as_half_a_step(
    exported: onnx.ModelProto, weights: dict[str, NDArray[np.float32]]
) -> None:
    back = widened(narrowed(exported))
    assert back.keys() == weights.keys()
    assert np.array_equal(back[f"{LAYER}.bias"], weights[f"{LAYER}.bias"])
    for name, levels in ((TABLE, 127), (f"{LAYER}.weight", WEIGHTS)):
        half_a_step = np.abs(weights[name]).max(1, keepdims=True) / levels / 2
        assert (np.abs(back[name] - weights[name]) <= half_a_step + 1e-6).all(), name


def test_narrowing_what_was_widened_loses_nothing_more(exported: onnx.ModelProto) -> None:
    once = narrowed(exported)
    matrix = widened(once)[f"{LAYER}.weight"]
    again = np.abs(matrix).max(1, keepdims=True) / WEIGHTS
    assert np.allclose(np.round(matrix / again) * again, matrix, atol=1e-6)


def test_the_shipped_encoder_comes_back_whole(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"model_type": "bert", "vocab_size": 1}), encoding="utf-8")
    write(FOLDER, config, tmp_path / "before")
    weights = load_file(tmp_path / "before" / "encoder" / "model.safetensors")
    layers = {name.split(".")[2] for name in weights if name.startswith("encoder.layer.")}
    assert len(layers) == 12
    of_a_layer = [name for name in weights if name.startswith("encoder.layer.0.")]
    assert len(weights) == 12 * len(of_a_layer) + len([name for name in weights if name.startswith("embeddings.")])
    assert len(of_a_layer) == 16  # six products and two norms, each with a weight and a bias
    assert weights["encoder.layer.3.output.dense.weight"].shape == (384, 1536)
    shape = json.loads((tmp_path / "before" / "encoder" / "config.json").read_text(encoding="utf-8"))
    assert shape == {"model_type": "bert", "vocab_size": len(weights[TABLE])}
    for beside in ("heads.npz", "about.json"):
        assert (tmp_path / "before" / beside).read_bytes() == (FOLDER / beside).read_bytes()
