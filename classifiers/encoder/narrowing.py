"""An ONNX graph with its weights in 8 bits.

The weights alone are narrowed, and made 32 bits wide again when the graph is loaded: docs/decisions/0004 says what it
costs to round the states between layers as well, as dynamic quantisation does.
"""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

_LEVELS = 127
"""Steps from zero to the farthest weight of a row or column."""
_MATRIX = {"MatMul": 1, "Gather": 0}
"""Which input of an operation is a matrix of weights, if it is one."""
_TABLE = 1_000
"""Rows from which a table that is looked up in is worth narrowing: the vocabulary's, not the positions'."""


def narrowed(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with its matrices in 8 bits: a scale for each output of a product, and for each row of a table."""
    graph = model.graph
    tables = {tensor.name: tensor for tensor in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        matrix = tables.get(node.input[_MATRIX[node.op_type]]) if node.op_type in _MATRIX else None
        if matrix is not None and node.op_type == "MatMul":
            _narrow(graph, matrix, axis=0)
            nodes.append(helper.make_node("DequantizeLinear", _parts(matrix.name), [matrix.name], axis=1))
            nodes.append(node)
        elif matrix is not None and len(matrix.dims) == 2 and matrix.dims[0] >= _TABLE:
            _narrow(graph, matrix, axis=1)
            nodes += _looked_up(matrix.name, node.input[1], node.output[0])
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def _parts(name: str) -> list[str]:
    return [f"{name}.steps", f"{name}.scale"]


def _narrow(graph: onnx.GraphProto, matrix: onnx.TensorProto, axis: int) -> None:
    """Replace a matrix by its whole numbers of steps and the size of a step along the other axis."""
    values: NDArray[np.float32] = numpy_helper.to_array(matrix)
    scale = np.abs(values).max(axis, keepdims=True) / _LEVELS
    steps = np.round(values / np.where(scale == 0, 1, scale)).astype(np.int8)
    graph.initializer.remove(matrix)
    arrays = (steps, scale if axis else scale[0])
    graph.initializer.extend(
        numpy_helper.from_array(array, name) for array, name in zip(arrays, _parts(matrix.name), strict=True)
    )


def _looked_up(name: str, rows: str, out: str) -> list[onnx.NodeProto]:
    """The rows of a narrowed table, widened after they are looked up: the whole table stays small in memory."""
    steps, scale = _parts(name)
    return [
        helper.make_node("Gather", [steps, rows], [f"{out}.steps"]),
        helper.make_node("Cast", [f"{out}.steps"], [f"{out}.wide"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [scale, rows], [f"{out}.scale"]),
        helper.make_node("Mul", [f"{out}.wide", f"{out}.scale"], [out]),
    ]
