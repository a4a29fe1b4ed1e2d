"""Trains the muon pT regression and writes models/muon_pt.onnx, data/x.npy and data/truth.npy.

Columns of truth.npy, float32 [6000, 5], a row for each row of x.npy:

    0  charge, +1 or -1
    1  pT in GeV
    2  |eta|
    3  weight that turns the sample's spectrum into the falling one, see detector.spectrum_weights; they sum to 1
    4  this network's own output y in floating point

Run from anywhere: python3 training/train.py
"""

from __future__ import annotations

import io
from collections import OrderedDict
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_linear_bn_eval

import detector
import network
import onnx_numpy
import performance

ROOT = Path(__file__).resolve().parent.parent
EPOCHS = 40
PEAK_LEARNING_RATE = 4e-3
VECTORS = 6000


def trainable_network() -> nn.Sequential:
    """Dense layers, batch-normalised and rectified but for the last."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    hidden = len(network.SIZES) - 2
    for i in range(1, hidden + 1):
        layers[f"fc{i}"] = nn.Linear(network.SIZES[i - 1], network.SIZES[i])
        layers[f"bn{i}"] = nn.BatchNorm1d(network.SIZES[i])
        layers[f"relu{i}"] = nn.ReLU()
    layers[f"fc{hidden + 1}"] = nn.Linear(network.SIZES[-2], network.SIZES[-1])
    return nn.Sequential(layers)


def train(model: nn.Sequential) -> None:
    """Adam with a one-cycle learning rate."""
    x, wanted = network.training_set()
    optimizer = torch.optim.Adam(model.parameters())
    steps = EPOCHS * (len(x) // network.BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LEARNING_RATE, total_steps=steps)
    for epoch in range(1, EPOCHS + 1):
        total = 0.0
        for x_batch, wanted_batch in network.batches(x, wanted):
            loss = network.relative_loss(model(x_batch), wanted_batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch:2d} of {EPOCHS}: loss {total * network.BATCH / len(x):.5f}", flush=True)


def without_batch_normalization(model: nn.Sequential) -> nn.Sequential:
    """The same function for inference, each batch normalisation folded into the dense layer before it."""
    model.eval()
    layers = OrderedDict(model.named_children())
    for i in range(1, len(network.SIZES) - 1):
        layers[f"fc{i}"] = fuse_linear_bn_eval(layers[f"fc{i}"], layers.pop(f"bn{i}"))
    return nn.Sequential(layers).eval()


def export(model: nn.Sequential) -> onnx.ModelProto:
    """The network as ONNX: input x [batch, 36], output y [batch, 1], nodes named after the layers."""
    buffer = io.BytesIO()
    torch.onnx.export(
        model,
        torch.zeros(1, detector.FEATURES),
        buffer,
        opset_version=13,
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}},
    )
    exported = onnx.load_from_string(buffer.getvalue())
    renamed = {}
    for node in exported.graph.node:
        # The exporter names a node /layer/Operator and its output /layer/Operator_output_0.
        node.name = node.name.strip("/").split("/")[0]
        for i, output in enumerate(node.output):
            if output != "y":
                renamed[output] = f"{node.name}_out"
            node.output[i] = renamed.get(output, output)
        for i, source in enumerate(node.input):
            node.input[i] = renamed.get(source, source)
    exported.graph.name = "muon_pt"
    onnx.checker.check_model(exported)
    return exported


def outputs(model: nn.Module, x: np.ndarray) -> np.ndarray:
    """The model's y [N] for features x [N, 36]."""
    with torch.no_grad():
        return model(torch.from_numpy(x)).numpy()[:, 0]


def main() -> None:
    """Train, report, write."""
    network.make_reproducible()
    trained = trainable_network()
    train(trained)
    model = without_batch_normalization(trained)

    x, muons = detector.sample(network.TEST_TRACKS, network.TEST_SEED)
    y = outputs(model, x)
    exported = export(model)
    print(f"largest difference by folding batch normalisation: {np.abs(y - outputs(trained, x)).max():.1e}")
    print(f"largest difference of the ONNX graph in numpy:     {np.abs(y - onnx_numpy.evaluate(exported, x)[:, 0]).max():.1e}")
    performance.print_report("floating-point network", y, muons)

    (ROOT / "models").mkdir(exist_ok=True)
    (ROOT / "data").mkdir(exist_ok=True)
    onnx.save(exported, str(ROOT / "models" / "muon_pt.onnx"))
    x, muons = detector.sample(VECTORS, network.VECTOR_SEED)
    truth = (muons.charge, muons.pt, muons.eta, detector.spectrum_weights(muons.pt), outputs(model, x))
    np.save(ROOT / "data" / "x.npy", x)
    np.save(ROOT / "data" / "truth.npy", np.stack(truth, axis=1).astype(np.float32))


if __name__ == "__main__":
    main()
