"""A toy of what a level-1 track finder knows of its tracks: genuine ones, and fakes made of stubs that do not belong together.

Features, float32, all multiples of the step that a track word would have:

======  ===========  =====  =====================================================
index   name         step   meaning
======  ===========  =====  =====================================================
0       tan_lambda   2^-4   absolute tangent of the dip angle, up to 8
1       z0           2^-2   absolute longitudinal impact parameter in cm, up to 16
2       chi2_rphi    2^-3   per degree of freedom in the bending plane, up to 32
3       chi2_rz      2^-3   likewise along the beam
4       bend_chi2    2^-4   of the stubs' own bends, up to 8
5       stubs        1      4 to 6
6       gaps         1      layers without a stub between the first and the last
======  ===========  =====  =====================================================
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEATURES = 7
STEPS = np.array([2.0**-4, 2.0**-2, 2.0**-3, 2.0**-3, 2.0**-4, 1, 1])
LARGEST = np.array([8, 16, 32, 32, 8, 6, 3]) - STEPS * (np.arange(FEATURES) < 5)
GENUINE_FRACTION = 0.6


def sample(count: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Features [count, 7], and 1 for genuine tracks, else 0 [count]."""
    random = np.random.default_rng(seed)
    genuine = random.random(count) < GENUINE_FRACTION
    tan_lambda = np.abs(np.sinh(random.uniform(-2.4, 2.4, count)))
    # Fakes are more frequent where the tracker is crowded and stubs are coarse.
    tan_lambda = np.where(genuine, tan_lambda, np.abs(np.sinh(random.normal(0, 1.4, count))))
    z0 = np.abs(np.where(genuine, random.normal(0, 4, count), random.uniform(-18, 18, count)))
    stubs = np.where(genuine, random.choice([4, 5, 6], count, p=[0.15, 0.35, 0.5]), random.choice([4, 5, 6], count, p=[0.65, 0.28, 0.07]))
    freedom = 2 * stubs - 4
    # Multiple scattering widens what is measured at shallow angles.
    scatter = 1 + 0.15 * tan_lambda
    chi2_rphi = np.where(genuine, random.chisquare(freedom / 2) / (freedom / 2) * scatter, random.gamma(1.6, 3.0, count))
    chi2_rz = np.where(genuine, random.chisquare(freedom / 2) / (freedom / 2) * scatter, random.gamma(1.4, 2.2, count))
    bend_chi2 = np.where(genuine, random.chisquare(stubs) / stubs, random.gamma(2.0, 0.9, count))
    gaps = np.where(genuine, random.binomial(2, 0.12, count), random.binomial(3, 0.4, count))
    x = np.stack([tan_lambda, z0, chi2_rphi, chi2_rz, bend_chi2, stubs, gaps], axis=1)
    x = np.clip(np.floor(x / STEPS) * STEPS, 0, LARGEST)
    return x.astype(np.float32), genuine.astype(np.float32)
