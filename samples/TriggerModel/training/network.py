"""What both trainings share: the network's shape, what it is trained to give, its data, and its loss.

The output is y = q * 10 GeV / pT, the signed curvature in units that make it of order 1: within +-3.4 for the simulated
muons, +-0.5 at 20 GeV. pT is 10 GeV / |y| and the charge is y's sign. Bending, and with it every phi and bend feature, is
nearly proportional to q/pT, so this is the target that asks least of a small network, and its error is nearly Gaussian.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

import detector

SIZES = (detector.FEATURES, 30, 25, 20, 1)
CURVATURE_UNIT = 10.0
"""GeV; |y| = CURVATURE_UNIT / pT."""

TRAINING_SEED, TEST_SEED, VECTOR_SEED = 1, 2, 3
TRAINING_TRACKS, TEST_TRACKS = 400_000, 200_000
BATCH = 1024


def make_reproducible() -> None:
    """Fix torch's seed, and one thread, so that sums are taken in the same order every time."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(TRAINING_SEED)


def target(muons: detector.Muons) -> NDArray[np.float32]:
    """The y that the network is to give, [N, 1]."""
    return (muons.charge * CURVATURE_UNIT / muons.pt).astype(np.float32)[:, None]


def training_set() -> tuple[Tensor, Tensor]:
    """Features and targets to train on."""
    features, muons = detector.sample(TRAINING_TRACKS, TRAINING_SEED)
    return torch.from_numpy(features), torch.from_numpy(target(muons))


def batches(x: Tensor, wanted: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch in random order; an incomplete last batch is left out."""
    order = torch.randperm(len(x))
    for chosen in order[: len(x) // BATCH * BATCH].split(BATCH):
        yield x[chosen], wanted[chosen]


def relative_loss(y: Tensor, wanted: Tensor) -> Tensor:
    """Smooth L1 loss of the error relative to |y|.

    Relative, since multiple scattering makes the error grow with curvature; 0.1 keeps it finite beyond 100 GeV, where
    the chambers' resolution is the limit. Linear in the tails, since wrong segments shouldn't steer the fit.
    """
    relative = (y - wanted) / (wanted.abs() + 0.1)
    return nn.functional.smooth_l1_loss(relative, torch.zeros_like(relative), beta=0.2)
