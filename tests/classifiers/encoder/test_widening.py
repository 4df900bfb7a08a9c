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
from classifiers.encoder.widening import config, widened, write

PIECES, WIDTH, OUT = 1_500, 16, 40
TABLE = "embeddings.word_embeddings.weight"
PRODUCTS = ("encoder.layer.0.attention.self.query", "encoder.layer.0.attention.self.key")


@pytest.fixture
def weights() -> dict[str, NDArray[np.float32]]:
    chance = np.random.default_rng(1)
    made = {TABLE: chance.normal(size=(PIECES, WIDTH))}
    for name in PRODUCTS:  # of one shape: nothing but its bias tells one matrix from the other
        made |= {f"{name}.weight": chance.normal(size=(OUT, WIDTH)), f"{name}.bias": chance.normal(size=OUT)}
    return {name: array.astype(np.float32) for name, array in made.items()}


def exported(weights: dict[str, NDArray[np.float32]]) -> onnx.ModelProto:
    """As an export has them: a product's matrix has lost its name and stands the other way round."""
    nodes = [helper.make_node("Gather", [f"encoder.{TABLE}", "ids"], ["words"])]
    tensors = [numpy_helper.from_array(weights[TABLE], f"encoder.{TABLE}")]
    for n, name in enumerate(PRODUCTS):
        nodes += [
            helper.make_node("MatMul", ["words", f"onnx::MatMul_{n}"], [f"product{n}"]),
            helper.make_node("Add", [f"encoder.{name}.bias", f"product{n}"], [f"states{n}"]),
        ]
        matrix = np.ascontiguousarray(weights[f"{name}.weight"].T)
        tensors += [
            numpy_helper.from_array(matrix, f"onnx::MatMul_{n}"),
            numpy_helper.from_array(weights[f"{name}.bias"], f"encoder.{name}.bias"),
        ]
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])
    states = [helper.make_tensor_value_info(f"states{n}", TensorProto.FLOAT, ["n", OUT]) for n in range(len(PRODUCTS))]
    made = helper.make_graph(nodes, "tiny", [ids], states, tensors)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def test_every_weight_comes_back_under_its_name_as_near_as_half_a_step(weights: dict[str, NDArray[np.float32]]) -> None:
    back = widened(narrowed(exported(weights)))
    assert back.keys() == weights.keys()
    for name, levels in {TABLE: 127, **{f"{product}.weight": WEIGHTS for product in PRODUCTS}}.items():
        half_a_step = np.abs(weights[name]).max(1, keepdims=True) / levels / 2
        assert (np.abs(back[name] - weights[name]) <= half_a_step + 1e-6).all(), name
    for product in PRODUCTS:
        assert np.array_equal(back[f"{product}.bias"], weights[f"{product}.bias"])


def test_to_narrow_again_loses_nothing_more(weights: dict[str, NDArray[np.float32]]) -> None:
    once = widened(narrowed(exported(weights)))
    again = widened(narrowed(exported(once)))
    for name, table in once.items():
        assert np.allclose(again[name], table, rtol=1e-5, atol=1e-6), name


def test_another_encoder_is_refused(weights: dict[str, NDArray[np.float32]]) -> None:
    with pytest.raises(SystemExit, match="fit from the base"):
        config(weights)


def test_the_shipped_encoder_comes_back_whole(tmp_path: Path) -> None:
    write(FOLDER, tmp_path / "before")
    weights = load_file(tmp_path / "before" / "encoder" / "model.safetensors")
    layers = {name.split(".")[2] for name in weights if name.startswith("encoder.layer.")}
    assert len(layers) == 12
    of_a_layer = [name for name in weights if name.startswith("encoder.layer.0.")]
    assert len(of_a_layer) == 16  # six products and two norms, each with a weight and a bias
    assert len(weights) == 12 * 16 + 5
    tables = ("word", "position", "token_type")
    assert {f"embeddings.{table}_embeddings.weight" for table in tables} <= weights.keys()
    assert {f"embeddings.LayerNorm.{part}" for part in ("weight", "bias")} <= weights.keys()
    assert weights["encoder.layer.3.output.dense.weight"].shape == (384, 1536)
    shape = json.loads((tmp_path / "before" / "encoder" / "config.json").read_text(encoding="utf-8"))
    assert (shape["vocab_size"], shape["num_hidden_layers"]) == (len(weights[TABLE]), 12)
    for beside in ("heads.npz", "about.json"):
        assert (tmp_path / "before" / beside).read_bytes() == (FOLDER / beside).read_bytes()
