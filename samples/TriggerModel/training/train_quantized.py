"""Trains the network of train.py at few bits and with most weights zero; writes models/muon_pt_quantized.onnx.

It starts from models/muon_pt.onnx, prunes weights by magnitude in growing numbers while it trains on, and quantizes
weights, biases and activations in the forward pass with a straight-through estimator behind them (Bengio et al.,
arXiv:1308.3432). The pruning schedule is that of Zhu and Gupta (arXiv:1710.01878). The file is QONNX: every quantizer
is a Quant node, and for every input the file's value is exactly that of the trained model.

Every scale is a power of two and one for its whole tensor. The input's quantizer is the features' own grid and loses
nothing.

Run from anywhere, after train.py: python3 training/train_quantized.py
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

import detector
import network
import onnx_numpy
import performance

MODELS = Path(__file__).resolve().parent.parent / "models"
INPUT_BITS = 10
WEIGHT_BITS = 6
BIAS_BITS = 8
ACTIVATION_BITS = 8
OUTPUT_BITS = 10
OUTPUT_SCALE = 2.0**-7
SPARSITY = 0.6
PRUNING_EPOCHS = 10
EPOCHS = 25
PEAK_LEARNING_RATE = 2e-3
CALIBRATION_TRACKS = 50_000
CALIBRATION_QUANTILE = 0.9995


class _StraightThrough(torch.autograd.Function):
    """Quantizes; its gradient is 1 where the value is in range and 0 where it saturates."""

    @staticmethod
    def forward(context, x: Tensor, scale: float, smallest: int, largest: int) -> Tensor:
        integers = x / scale
        context.save_for_backward((integers >= smallest) & (integers <= largest))
        return torch.round(integers.clamp(smallest, largest)) * scale

    @staticmethod
    def backward(context, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        (in_range,) = context.saved_tensors
        return gradient * in_range, None, None, None


@dataclass(frozen=True)
class Quantizer:
    """QONNX's Quant with zero-point 0, rounding to nearest with ties to even."""

    bits: int
    scale: float
    signed: bool = True
    narrow: bool = False

    @property
    def range(self) -> tuple[int, int]:
        """The smallest and largest integer."""
        if self.signed:
            return -(2 ** (self.bits - 1)) + self.narrow, 2 ** (self.bits - 1) - 1
        return 0, 2**self.bits - 1 - self.narrow

    def __call__(self, x: Tensor) -> Tensor:
        return _StraightThrough.apply(x, self.scale, *self.range)

    @staticmethod
    def covering(bits: int, largest: float, signed: bool, narrow: bool = False) -> Quantizer:
        """The quantizer of the smallest power-of-two scale that reaches `largest`."""
        unit = Quantizer(bits, 1.0, signed, narrow)
        return Quantizer(bits, 2.0 ** math.ceil(math.log2(largest / unit.range[1])), signed, narrow)


class QuantizedLayer(nn.Module):
    """A dense layer with quantized weights, some of them pruned, quantized biases, and a quantized result."""

    def __init__(self, weight: Tensor, bias: Tensor, rectified: bool, result: Quantizer) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(bias)
        self.rectified = rectified
        self.result = result
        self.weight_quantizer = Quantizer.covering(WEIGHT_BITS, weight.abs().max().item(), signed=True, narrow=True)
        self.bias_quantizer = Quantizer.covering(BIAS_BITS, bias.abs().max().item(), signed=True, narrow=True)
        self.kept = torch.ones_like(weight)

    def prune(self, sparsity: float) -> None:
        """Keep only the largest weights, and of those only what was kept before."""
        magnitude = (self.weight * self.kept).detach().abs()
        pruned = round(sparsity * magnitude.numel())
        self.kept = torch.ones_like(magnitude)
        self.kept.view(-1)[magnitude.view(-1).argsort(stable=True)[:pruned]] = 0.0

    def quantized_weight(self) -> Tensor:
        """The weights as the firmware has them."""
        return self.weight_quantizer(self.weight * self.kept)

    def quantized_bias(self) -> Tensor:
        """The biases as the firmware has them."""
        return self.bias_quantizer(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        y = nn.functional.linear(x, self.quantized_weight(), self.quantized_bias())
        return self.result(torch.relu(y) if self.rectified else y)


class QuantizedNetwork(nn.Module):
    """The input's quantizer and the layers."""

    def __init__(self, layers: list[QuantizedLayer]) -> None:
        super().__init__()
        self.input = Quantizer(INPUT_BITS, detector.FEATURE_STEP)
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        y = self.input(x)
        for layer in self.layers:
            y = layer(y)
        return y

    def prune(self, sparsity: float) -> None:
        """Prune each layer but the last, which has few weights and decides the output's resolution."""
        for layer in list(self.layers)[:-1]:
            layer.prune(sparsity)


def from_floating_point(model: onnx.ModelProto, x: Tensor) -> QuantizedNetwork:
    """A network with the weights of train.py's, its activations' scales fixed by its values for x."""
    tensors = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in model.graph.initializer}
    layers = []
    count = len(network.SIZES) - 1
    for i in range(1, count + 1):
        weight, bias = tensors[f"fc{i}.weight"], tensors[f"fc{i}.bias"]
        x = nn.functional.linear(x, weight, bias)
        if i == count:
            result = Quantizer(OUTPUT_BITS, OUTPUT_SCALE)
        else:
            x = torch.relu(x)
            largest = float(np.quantile(x.numpy(), CALIBRATION_QUANTILE))
            result = Quantizer.covering(ACTIVATION_BITS, largest, signed=False)
        layers.append(QuantizedLayer(weight, bias, i < count, result))
    return QuantizedNetwork(layers)


def sparsity_in(epoch: int) -> float:
    """Zhu and Gupta's cubic schedule, full in epoch PRUNING_EPOCHS."""
    return SPARSITY * (1 - (1 - min(epoch / PRUNING_EPOCHS, 1.0)) ** 3)


def train(model: QuantizedNetwork, x: Tensor, wanted: Tensor) -> None:
    """Adam with a one-cycle learning rate; pruning at the beginning of the first epochs."""
    optimizer = torch.optim.Adam(model.parameters())
    steps = EPOCHS * (len(x) // network.BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LEARNING_RATE, total_steps=steps)
    for epoch in range(1, EPOCHS + 1):
        if epoch <= PRUNING_EPOCHS:
            model.prune(sparsity_in(epoch))
        total = 0.0
        for x_batch, wanted_batch in network.batches(x, wanted):
            loss = network.relative_loss(model(x_batch), wanted_batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch:2d} of {EPOCHS}: pruned {sparsity_in(epoch):.1%}, loss {total * network.BATCH / len(x):.5f}", flush=True)


class _GraphWriter:
    """Collects nodes and constants of a QONNX graph."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def quant(self, name: str, source: str, output: str, quantizer: Quantizer) -> str:
        parameters = {"scale": quantizer.scale, "zeropt": 0.0, "bitwidth": quantizer.bits}
        inputs = [source] + [self.constant(f"{name}.{key}", np.array(value, np.float32)) for key, value in parameters.items()]
        attributes = {"signed": int(quantizer.signed), "narrow": int(quantizer.narrow), "rounding_mode": "ROUND"}
        self.nodes.append(
            helper.make_node("Quant", inputs, [output], name, domain=onnx_numpy.QONNX_DOMAIN, **attributes)
        )
        return output

    def standard(self, operator: str, name: str, inputs: list[str], **attributes: int) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [f"{name}_out"], name, **attributes))
        return f"{name}_out"


def export(model: QuantizedNetwork) -> onnx.ModelProto:
    """The network as QONNX: input x [batch, 36], output y [batch, 1]."""
    graph = _GraphWriter()
    y = graph.quant("x_quant", "x", "x_quant_out", model.input)
    for i, layer in enumerate(model.layers, start=1):
        parameters = []
        for kind, value, quantizer in (
            ("weight", layer.quantized_weight(), layer.weight_quantizer),
            ("bias", layer.quantized_bias(), layer.bias_quantizer),
        ):
            # Adding 0 takes the sign off zeros.
            stored = graph.constant(f"fc{i}.{kind}", value.detach().numpy() + np.float32(0))
            parameters.append(graph.quant(f"fc{i}_{kind}_quant", stored, f"fc{i}_{kind}_quant_out", quantizer))
        y = graph.standard("Gemm", f"fc{i}", [y, *parameters], transB=1)
        if layer.rectified:
            y = graph.standard("Relu", f"relu{i}", [y])
            y = graph.quant(f"relu{i}_quant", y, f"relu{i}_quant_out", layer.result)
        else:
            y = graph.quant("y_quant", y, "y", layer.result)
    exported = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "muon_pt_quantized",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", network.SIZES[0]])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", network.SIZES[-1]])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid(onnx_numpy.QONNX_DOMAIN, 1)],
        producer_name="train_quantized.py",
        ir_version=7,
    )
    onnx.checker.check_model(exported)
    return exported


def print_layers(model: QuantizedNetwork) -> None:
    """Print each layer's types and zeros."""
    print("    layer    shape   weights zero   weight step   bias step   result step   result bits")
    for i, layer in enumerate(model.layers, start=1):
        weight = layer.quantized_weight().detach()
        shape = "x".join(str(size) for size in weight.shape)
        exponents = (int(math.log2(q.scale)) for q in (layer.weight_quantizer, layer.bias_quantizer, layer.result))
        steps = "".join(f"{f'2^{exponent}':>13s}" for exponent in exponents)
        print(f"    fc{i}  {shape:>9s}  {(weight == 0).float().mean().item():13.1%} {steps}  {layer.result.bits:12d}")
    weights = torch.cat([layer.quantized_weight().detach().flatten() for layer in model.layers])
    print(f"    {int((weights != 0).sum())} of {len(weights)} weights are left, {(weights == 0).float().mean().item():.1%} are zero")


def main() -> None:
    """Train, check that the file equals the model, report, write."""
    network.make_reproducible()
    floating_point = onnx.load(str(MODELS / "muon_pt.onnx"))
    x, wanted = network.training_set()
    model = from_floating_point(floating_point, x[:CALIBRATION_TRACKS])
    train(model, x, wanted)

    test_x, muons = detector.sample(network.TEST_TRACKS, network.TEST_SEED)
    with torch.no_grad():
        y = model(torch.from_numpy(test_x)).numpy()
    exported = export(model)
    # Equality in double precision too shows that no float32 sum was rounded, hence that no order of summation matters.
    for dtype in (np.float32, np.float64):
        different = np.count_nonzero(y != onnx_numpy.evaluate(exported, test_x, dtype))
        if different:
            raise AssertionError(f"{different} of {len(y)} outputs of the ONNX graph differ in {dtype.__name__}")
    print(f"the ONNX graph equals the trained model for all {len(y)} test tracks, in float32 and in float64")
    print_layers(model)
    performance.print_report("quantized network", y[:, 0], muons)
    before = onnx_numpy.evaluate(floating_point, test_x)[:, 0]
    print(
        f"resolution, all pT: {performance.resolution(before, muons):.2%} in floating point, "
        f"{performance.resolution(y[:, 0], muons):.2%} quantized"
    )
    onnx.save(exported, str(MODELS / "muon_pt_quantized.onnx"))


if __name__ == "__main__":
    main()
