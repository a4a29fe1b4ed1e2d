"""How good a network's pT is: resolution, turn-on and rate, as text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import detector
from network import CURVATURE_UNIT

THRESHOLD = 20.0
RESOLUTION_BINS = ((3, 5), (5, 10), (10, 20), (20, 30), (30, 50), (50, 150))
TURN_ON_POINTS = (10, 15, 20, 25, 40)
TURN_ON_HALF_WIDTH = 0.05
RATE_THRESHOLDS = (5, 10, 15, 20, 25, 30)


def resolution(y: NDArray[np.float32], muons: detector.Muons) -> float:
    """Half the central 68 % interval of pT(true) / pT(network), all pT together."""
    return _median_and_half_width(np.abs(y) / CURVATURE_UNIT * muons.pt)[1]


def print_report(title: str, y: NDArray[np.float32], muons: detector.Muons) -> None:
    """Print resolution, turn-on and rate of outputs y [N] for found tracks."""
    pt = muons.pt
    accepted = np.abs(y) <= CURVATURE_UNIT / THRESHOLD
    ratio = np.abs(y) / CURVATURE_UNIT * pt
    print(f"{title}: {len(y)} tracks")
    print("    true pT [GeV]   median of pT(true)/pT(network)   half of central 68 %   charge wrong")
    for low, high in RESOLUTION_BINS:
        chosen = (pt >= low) & (pt < high)
        median, width = _median_and_half_width(ratio[chosen])
        wrong = np.mean(np.sign(y[chosen]) != muons.charge[chosen])
        print(f"    {low:4d} to {high:4d}   {median:30.3f}   {width:20.1%}   {wrong:12.2%}")
    print(f"    all: {resolution(y, muons):.1%}")
    print(f"    efficiency at pT(network) >= {THRESHOLD:g} GeV, true pT within {TURN_ON_HALF_WIDTH:.0%} of")
    for point in TURN_ON_POINTS:
        chosen = np.abs(pt / point - 1) < TURN_ON_HALF_WIDTH
        print(f"        {point:3d} GeV  {accepted[chosen].mean():7.2%}")
    weights = detector.spectrum_weights(pt)
    print(f"    fraction of tracks kept, spectrum pT^-{detector.SPECTRUM_POWER:g} from {detector.PT_MIN:g} GeV, against pT(network)")
    for threshold in RATE_THRESHOLDS:
        passing = np.abs(y) <= CURVATURE_UNIT / threshold
        kept = weights[passing].sum()
        error = np.sqrt((weights[passing] ** 2).sum())
        ideal = weights[pt >= threshold].sum()
        print(f"        {threshold:3d} GeV  {kept:.5f} +- {error:.5f}: one in {1 / kept:.0f} (perfect pT: one in {1 / ideal:.0f})")


def _median_and_half_width(values: NDArray[np.float64]) -> tuple[float, float]:
    low, median, high = np.percentile(values, (16, 50, 84))
    return float(median), float(high - low) / 2
