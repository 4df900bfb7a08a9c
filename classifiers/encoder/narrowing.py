"""An ONNX graph whose products are taken of whole numbers of 8 bits.

Weights are narrowed once, a scale for each output of a product. States are narrowed as they come, a scale for each
piece of the text: one scale for all of them, as dynamic quantisation has it, is set by the one largest state of the
text, and leaves the other pieces a few steps. docs/decisions/0004 has the figures.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper, numpy_helper

STATES, WEIGHTS = 210, 78
"""The highest whole number of a state, from 0 on, and of a weight, to either side of 0. Processors without VNNI add two
products up in 16 bits before they widen them, and 2 x 210 x 78 = 32 760 just fits; with more, one text would be read
differently on two machines. Of the pairs that fit, this one keeps the last states nearest to those in 32 bits."""
MIDDLE, LOW = 105, 24
"""The state that stands for zero. Those that go into a narrower matrix come out of a GELU, which lets next to nothing
below zero through: most of the numbers are for what lies above."""
_LEAST = 1e-9
"""Least size of a piece, so that states of nothing but zeros are not divided by zero."""
_MATRIX = {"MatMul": 1, "Gather": 0}
"""Which input of an operation is a matrix of weights, if it is one."""
_TABLE = 1_000
"""Rows from which a table that is looked up in is worth narrowing: the vocabulary's, not the positions'."""
_TABLE_LEVELS = 127
"""Steps of a row of a table; nothing is multiplied with them in whole numbers."""


def narrowed(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with its weights in 8 bits, and every product with weights taken in 8 bits. It must be of opset 13
    to 17, in which the axes of `ReduceMax` are an attribute."""
    graph = model.graph
    tables = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    in_steps: set[str] = set()
    for node in graph.node:
        name = node.input[_MATRIX[node.op_type]] if node.op_type in _MATRIX else ""
        weights = tables.get(name)
        if weights is not None and node.op_type == "MatMul":
            states, zero = node.input[0], LOW if weights.shape[0] > weights.shape[1] else MIDDLE
            _narrow(graph, name, weights, axis=0, levels=WEIGHTS)
            if states not in in_steps:
                nodes += _in_steps(graph, states, zero)
                in_steps.add(states)
            nodes += _product(states, name, node.output[0])
        elif weights is not None and weights.ndim == 2 and len(weights) >= _TABLE:
            _narrow(graph, name, weights, axis=1, levels=_TABLE_LEVELS)
            nodes += _looked_up(name, node.input[1], node.output[0])
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def _hold(graph: onnx.GraphProto, values: Mapping[str, ArrayLike]) -> None:
    graph.initializer.extend(numpy_helper.from_array(np.asarray(value), name) for name, value in values.items())


def _narrow(graph: onnx.GraphProto, name: str, weights: NDArray[np.float32], axis: int, levels: int) -> None:
    """Replace a matrix by its whole numbers of steps and the size of a step along the other axis."""
    scale = np.abs(weights).max(axis, keepdims=True) / levels
    steps = np.round(weights / np.where(scale == 0, 1, scale)).astype(np.int8)
    graph.initializer.remove(next(tensor for tensor in graph.initializer if tensor.name == name))
    _hold(graph, {f"{name}.steps": steps, f"{name}.scale": scale if axis else scale[0]})


def _in_steps(graph: onnx.GraphProto, states: str, zero: int) -> list[onnx.NodeProto]:
    """States in whole numbers of steps from `zero`, and the size of a step for each piece: its largest state is the
    last step up, or its least the last one down."""
    constants: Mapping[str, ArrayLike] = {
        "zero": np.uint8(zero),
        "one": np.float32(1),
        "least": np.float32(_LEAST),
        "up": np.float32(1 / (STATES - zero)),
        "down": np.float32(-1 / zero),
    }
    _hold(graph, {f"{states}.{name}": value for name, value in constants.items()})
    return [
        helper.make_node("ReduceMax", [states], [f"{states}.highest"], axes=[-1], keepdims=1),
        helper.make_node("ReduceMin", [states], [f"{states}.lowest"], axes=[-1], keepdims=1),
        helper.make_node("Mul", [f"{states}.highest", f"{states}.up"], [f"{states}.high"]),
        helper.make_node("Mul", [f"{states}.lowest", f"{states}.down"], [f"{states}.low"]),
        helper.make_node("Max", [f"{states}.high", f"{states}.low", f"{states}.least"], [f"{states}.scale"]),
        helper.make_node("Div", [states, f"{states}.scale"], [f"{states}.divided"]),
        helper.make_node(
            "QuantizeLinear", [f"{states}.divided", f"{states}.one", f"{states}.zero"], [f"{states}.steps"]
        ),
    ]


def _product(states: str, matrix: str, out: str) -> list[onnx.NodeProto]:
    """The product of states in steps and weights in steps, made as large again as both were."""
    return [
        helper.make_node("MatMulInteger", [f"{states}.steps", f"{matrix}.steps", f"{states}.zero"], [f"{out}.whole"]),
        helper.make_node("Cast", [f"{out}.whole"], [f"{out}.wide"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{out}.wide", f"{matrix}.scale"], [f"{out}.share"]),
        helper.make_node("Mul", [f"{out}.share", f"{states}.scale"], [out]),
    ]


def _looked_up(name: str, rows: str, out: str) -> list[onnx.NodeProto]:
    """The rows of a narrowed table, widened after they are looked up: the whole table stays small in memory."""
    return [
        helper.make_node("Gather", [f"{name}.steps", rows], [f"{out}.row"]),
        helper.make_node("Cast", [f"{out}.row"], [f"{out}.wide_row"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [f"{name}.scale", rows], [f"{out}.of_row"]),
        helper.make_node("Mul", [f"{out}.wide_row", f"{out}.of_row"], [out]),
    ]
