"""Weights and products in 8 bits: what a narrowed graph answers, and how little it takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from classifiers.encoder.narrowing import STATES, WEIGHTS, narrowed

WORDS, WIDTH, ANSWERS = 2_000, 64, 32


@pytest.fixture(scope="module")
def graph() -> onnx.ModelProto:
    """Looks words up in a table, adds a small table's row, and multiplies by a matrix; weights of very unlike size."""
    chance = np.random.default_rng(1)
    size = chance.lognormal(0, 1, (WORDS, 1)).astype(np.float32)
    weights = {
        "words": chance.normal(size=(WORDS, WIDTH)).astype(np.float32) * size,
        "kinds": chance.normal(size=(2, WIDTH)).astype(np.float32),
        "matrix": chance.normal(size=(WIDTH, ANSWERS)).astype(np.float32),
        "wider": chance.normal(size=(ANSWERS, WIDTH)).astype(np.float32),
        "beside": chance.normal(size=(ANSWERS, WIDTH)).astype(np.float32),
    }
    weights["matrix"][:, 0] = 0
    nodes = [
        helper.make_node("Gather", ["words", "ids"], ["word"]),
        helper.make_node("Gather", ["kinds", "kind"], ["of_kind"]),
        helper.make_node("Add", ["word", "of_kind"], ["sum"]),
        helper.make_node("MatMul", ["sum", "matrix"], ["product"]),
        helper.make_node("MatMul", ["product", "wider"], ["widened"]),
        helper.make_node("MatMul", ["product", "beside"], ["widened_beside"]),
        helper.make_node("MatMul", ["product", "mirrored"], ["out"]),
        helper.make_node("Transpose", ["product"], ["mirrored"]),
    ]
    nodes[-2:] = reversed(nodes[-2:])
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["n"]) for name in ("ids", "kind")]
    output = helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", "n"])
    tensors = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    made = helper.make_graph(nodes, "tiny", inputs, [output], tensors)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def answers(model: onnx.ModelProto) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    ids = np.arange(0, WORDS, 40)
    told: NDArray[np.float32] = session.run(None, {"ids": ids, "kind": ids % 2})[0]
    return told


def test_a_narrowed_graph_answers_nearly_the_same_with_a_quarter_of_the_bytes(graph: onnx.ModelProto) -> None:
    plain, size = answers(graph), len(graph.SerializeToString())
    small = narrowed(onnx.ModelProto.FromString(graph.SerializeToString()))
    onnx.checker.check_model(small)
    assert len(small.SerializeToString()) < 0.3 * size
    told = answers(small)
    assert np.abs(told - plain).max() < 0.02 * np.abs(plain).max()
    assert np.corrcoef(told.ravel(), plain.ravel())[0, 1] > 0.9995


@pytest.mark.parametrize("name", ["product", "widened", "widened_beside"])
def test_every_product_is_nearly_the_same(graph: onnx.ModelProto, name: str) -> None:
    """Into a narrower matrix, into a wider one, and into a second one from the same states."""
    plain = looked_into(onnx.ModelProto.FromString(graph.SerializeToString()), name).astype(np.float32)
    told = looked_into(narrowed(onnx.ModelProto.FromString(graph.SerializeToString())), name).astype(np.float32)
    assert np.abs(told - plain).max() < 0.08 * np.abs(plain).max()
    assert np.corrcoef(told.ravel(), plain.ravel())[0, 1] > 0.999


def test_every_weight_is_as_near_as_half_a_step(graph: onnx.ModelProto) -> None:
    plain = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.graph.initializer}
    kept = weights_of(narrowed(onnx.ModelProto.FromString(graph.SerializeToString())))
    narrow = {"words", "matrix", "wider", "beside"}
    assert {"kinds", *(f"{name}.{part}" for name in narrow for part in ("steps", "scale"))} <= kept.keys()
    assert not narrow & kept.keys()
    for name in narrow:
        scale = kept[f"{name}.scale"]
        assert (np.abs(kept[f"{name}.steps"] * scale - plain[name]) <= scale / 2 + 1e-6).all()


def test_two_products_fit_16_bits_so_that_every_processor_adds_them_up_alike(graph: onnx.ModelProto) -> None:
    small = narrowed(onnx.ModelProto.FromString(graph.SerializeToString()))
    steps = weights_of(small)["matrix.steps"].astype(np.int64)
    states = looked_into(small, "sum.steps").astype(np.int64)
    assert np.abs(steps).max() == WEIGHTS
    assert 0 == states.min() < states.max() <= STATES
    assert 2 * STATES * WEIGHTS < 2**15


@given(st.integers(0, WORDS - 1), st.lists(st.integers(0, WORDS - 1), max_size=6))
def test_what_a_piece_becomes_does_not_depend_on_the_pieces_beside_it(
    product: onnxruntime.InferenceSession, piece: int, others: list[int]
) -> None:
    def become(ids: list[int]) -> NDArray[np.float32]:
        told: NDArray[np.float32] = product.run(["product"], {"ids": np.array(ids), "kind": np.zeros_like(ids)})[0]
        return told

    assert np.array_equal(become([piece, *others])[0], become([piece])[0])


def test_a_piece_of_zeros_becomes_zeros(graph: onnx.ModelProto) -> None:
    blank = onnx.ModelProto.FromString(graph.SerializeToString())
    for tensor in blank.graph.initializer:
        if tensor.name != "matrix":
            tensor.CopyFrom(numpy_helper.from_array(np.zeros(tensor.dims, np.float32), tensor.name))
    assert not looked_into(narrowed(blank), "product").any()


@pytest.fixture(scope="module")
def product(graph: onnx.ModelProto) -> onnxruntime.InferenceSession:
    """The narrowed graph, which tells its product with the matrix as well."""
    return telling(narrowed(onnx.ModelProto.FromString(graph.SerializeToString())), "product")


def weights_of(model: onnx.ModelProto) -> dict[str, NDArray[Any]]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def looked_into(model: onnx.ModelProto, name: str) -> NDArray[Any]:
    """What stands between the nodes of a graph."""
    ids = np.arange(0, WORDS, 40)
    told: NDArray[Any] = telling(model, name).run([name], {"ids": ids, "kind": ids % 2})[0]
    return told


def telling(model: onnx.ModelProto, name: str) -> onnxruntime.InferenceSession:
    model.graph.output.append(onnx.ValueInfoProto(name=name))
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
