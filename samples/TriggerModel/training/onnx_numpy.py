"""A numpy evaluator of the few operators that the exported networks use: Gemm, Relu and QONNX's Quant.

It is the check that an exported file means what was trained, and no more than that.
"""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import DTypeLike, NDArray
from onnx import numpy_helper

QONNX_DOMAIN = "qonnx.custom_op.general"
_ROUNDING = {"ROUND": np.round, "FLOOR": np.floor, "CEIL": np.ceil}


def evaluate(model: onnx.ModelProto, x: NDArray[np.float32], dtype: DTypeLike = np.float32) -> NDArray[np.floating]:
    """The only output for input x, all arithmetic in dtype."""
    values = {tensor.name: numpy_helper.to_array(tensor).astype(dtype) for tensor in model.graph.initializer}
    values[model.graph.input[0].name] = x.astype(dtype)
    for node in model.graph.node:
        inputs = [values[name] for name in node.input]
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        values[node.output[0]] = _evaluate_node(node, inputs, attributes)
    return values[model.graph.output[0].name]


def _evaluate_node(node: onnx.NodeProto, inputs: list[NDArray], attributes: dict) -> NDArray:
    if (node.domain, node.op_type) == ("", "Gemm"):
        if attributes.get("transB") != 1 or attributes.get("alpha", 1.0) != 1.0 or attributes.get("beta", 1.0) != 1.0:
            raise ValueError(f"{node.name}: only transB = 1, alpha = beta = 1 is evaluated")
        a, b, c = inputs
        return a @ b.T + c
    if (node.domain, node.op_type) == ("", "Relu"):
        return np.maximum(inputs[0], 0)
    if (node.domain, node.op_type) == (QONNX_DOMAIN, "Quant"):
        return _quant(*inputs, bool(attributes["signed"]), bool(attributes["narrow"]), attributes["rounding_mode"].decode())
    raise ValueError(f"{node.name}: {node.domain}.{node.op_type} is not evaluated")


def _quant(
    x: NDArray, scale: NDArray, zeropt: NDArray, bitwidth: NDArray, signed: bool, narrow: bool, rounding_mode: str
) -> NDArray:
    """QONNX's definition of Quant: scale, clamp to the integers' range, round, scale back."""
    bits = int(bitwidth)
    smallest = -(2 ** (bits - 1)) + narrow if signed else 0
    largest = 2 ** (bits - 1) - 1 if signed else 2**bits - 1 - narrow
    integers = _ROUNDING[rounding_mode](np.clip(x / scale + zeropt, smallest, largest))
    return (integers - zeropt) * scale
