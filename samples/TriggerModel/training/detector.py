"""A toy of the CMS endcap muon system: muons in, the 36 numbers that a level-1 track finder knows of a track out.

Tracks are carried from the vertex through twelve chamber planes in |z|. Both endcaps are folded onto +z, which the
solenoid's symmetry allows. Positions and slopes in the transverse plane are complex numbers, w = x + iy and
t = dx/dz + i dy/dz, so that a magnetic field along z only turns t.

Lengths are in metres, angles in radians, momenta in GeV/c, fields in tesla.

Positions, coverage and resolutions are round numbers of the size of CMS's (the detector is described in JINST 3 (2008)
S08004 and, for its Phase-2 muon upgrade, CMS-TDR-016). They are no calibration of the real detector: see README.md for
what the toy leaves out.

The features, all multiples of 2^-8 in [-2, 2), hence exactly representable as ap_fixed<10,2>:

======  =======================  ======================================================================
index   name                     meaning
======  =======================  ======================================================================
0-11    phi of station i         azimuth of the segment minus the reference segment's, in units of 1/8 rad
12-17   theta of segment j       polar angle of the segment's position seen from the origin, in units of 1/2 rad
18-23   bend of segment j        azimuthal slope r dphi/dz of the segment, in units of 1/8 rad
24-35   quality of station i     0: nothing found. Six-layer chambers: 0.5, 0.75, 1 for 4, 5, 6 layers hit. GEM:
                                 0.5, 1 for 1, 2 layers hit. RPC: 1 for a hit
======  =======================  ======================================================================

Station i counts through STATIONS, segment j through SEGMENT_STATIONS. Whatever wasn't measured is 0. The reference is
ME2's segment, or ME3's where ME2 found none: its own phi feature is 0. Subtracting it makes the features independent
of where in azimuth the track is. Values beyond the range saturate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Station:
    """A plane of chambers. Resolutions are those of a primitive with all layers hit; None: not measured."""

    name: str
    z: float
    eta_min: float
    eta_max: float
    layers: int
    min_layers: int
    sigma_phi: float
    sigma_theta: float | None = None
    sigma_bend: float | None = None


@dataclass(frozen=True)
class Absorber:
    """Material between two planes, its thickness along z in radiation lengths."""

    name: str
    z_begin: float
    z_end: float
    radiation_lengths: float


@dataclass(frozen=True)
class Muons:
    """True properties of muons at the vertex."""

    charge: Floats
    pt: Floats
    eta: Floats

    def __len__(self) -> int:
        return len(self.pt)

    def __getitem__(self, index: Bools | slice) -> Muons:
        return Muons(self.charge[index], self.pt[index], self.eta[index])


STATIONS = (
    Station("ME0", 5.40, 2.00, 2.80, 6, 4, 0.2e-3, 3e-3, 2e-3),
    Station("GE1/1", 5.67, 1.60, 2.15, 2, 1, 0.25e-3),
    Station("ME1/1", 6.00, 1.60, 2.40, 6, 4, 0.4e-3, 3e-3, 6e-3),
    Station("ME1/2", 7.00, 1.20, 1.60, 6, 4, 0.4e-3, 3e-3, 10e-3),
    Station("RE1", 7.05, 1.20, 1.60, 1, 1, 1.6e-3),
    Station("RE2", 7.90, 1.20, 1.60, 1, 1, 1.6e-3),
    Station("GE2/1", 7.95, 1.65, 2.40, 2, 1, 0.25e-3),
    Station("ME2", 8.28, 1.20, 2.40, 6, 4, 0.6e-3, 3e-3, 10e-3),
    Station("ME3", 9.35, 1.20, 2.40, 6, 4, 0.6e-3, 3e-3, 10e-3),
    Station("RE3", 9.75, 1.20, 2.40, 1, 1, 1.6e-3),
    Station("ME4", 10.24, 1.20, 2.40, 6, 4, 0.6e-3, 3e-3, 10e-3),
    Station("RE4", 10.60, 1.20, 2.40, 1, 1, 1.6e-3),
)
SEGMENT_STATIONS = tuple(i for i, station in enumerate(STATIONS) if station.sigma_bend is not None)
INNER = tuple(i for i, station in enumerate(STATIONS) if station.name in ("ME0", "ME1/1", "ME1/2"))
OUTER = tuple(i for i, station in enumerate(STATIONS) if station.name in ("ME2", "ME3", "ME4"))
REFERENCE, SECOND_REFERENCE = OUTER[:2]

# Steel: X0 = 1.757 cm (PDG). The calorimeter is about 25 X0 of electromagnetic and 9 interaction lengths of hadronic part.
ABSORBERS = (
    Absorber("calorimeters", 3.20, 5.20, 110.0),
    Absorber("YE1", 7.25, 7.85, 34.1),
    Absorber("YE2", 8.55, 9.15, 34.1),
    Absorber("YE3", 9.85, 10.10, 14.2),
)

FIELD = 3.8
FIELD_END_Z = 6.0
COIL_RADIUS = 2.95
BENDING = 0.299792458
"""p [GeV/c] = BENDING * B [T] * R [m] for unit charge."""

VERTEX_SIGMA_Z = 0.05
LAYER_EFFICIENCY = 0.95
CHAMBER_EFFICIENCY = 0.98
WRONG_SEGMENT_PROBABILITY = 0.01
WRONG_SEGMENT_RANGE = 0.03

PT_MIN, PT_MAX = 3.0, 150.0
ETA_MIN, ETA_MAX = 1.2, 2.4
SPECTRUM_POWER = 4.5

FEATURES = 2 * len(STATIONS) + 2 * len(SEGMENT_STATIONS)
FEATURE_STEP = 2.0**-8
FEATURE_LIMIT = 2.0
PHI_UNIT = BEND_UNIT = 1 / 8
THETA_UNIT = 1 / 2


def feature_names() -> list[str]:
    """The features' names in order."""
    stations = [station.name for station in STATIONS]
    segments = [stations[i] for i in SEGMENT_STATIONS]
    groups = (("phi", stations), ("theta", segments), ("bend", segments), ("quality", stations))
    return [f"{kind} {name}" for kind, names in groups for name in names]


def generate(count: int, rng: np.random.Generator) -> Muons:
    """Muons flat in log pT from PT_MIN to PT_MAX and flat in eta, as many of either charge.

    Flat in log pT fills every part of the turn-on curve; `spectrum_weights` turns it into a falling spectrum.
    """
    charge = rng.choice((-1.0, 1.0), count)
    pt = PT_MIN * (PT_MAX / PT_MIN) ** rng.random(count)
    eta = rng.uniform(ETA_MIN, ETA_MAX, count)
    return Muons(charge, pt, eta)


def spectrum_weights(pt: Floats) -> Floats:
    """Weights, 1 in sum, that turn `generate`'s dN/dpT ~ 1/pT into dN/dpT ~ pT^-SPECTRUM_POWER.

    The power is about that of muons from decays of b and c hadrons, which are most of what a muon trigger rejects.
    """
    weights = pt ** (1 - SPECTRUM_POWER)
    return weights / weights.sum()


def highland(momentum: Floats, radiation_lengths: Floats) -> Floats:
    """RMS of the projected multiple-scattering angle, Highland's formula as in the Review of Particle Physics.

    theta_0 = 13.6 MeV / (beta c p) * sqrt(x/X0) * (1 + 0.038 ln(x/X0)), with beta = 1.
    """
    return 13.6e-3 / momentum * np.sqrt(radiation_lengths) * (1 + 0.038 * np.log(radiation_lengths))


class _Track:
    """The state of all tracks at one |z|."""

    def __init__(self, muons: Muons, rng: np.random.Generator) -> None:
        count = len(muons)
        sinh_eta = np.sinh(muons.eta)
        self._rng = rng
        self._pz = muons.pt * sinh_eta
        self._turn_per_z = -muons.charge * BENDING * FIELD / self._pz
        self._field_end = np.minimum(FIELD_END_Z, COIL_RADIUS * sinh_eta)
        self.z: Floats = rng.normal(0.0, VERTEX_SIGMA_Z, count)
        self.w: Complexes = np.zeros(count, np.complex128)
        self.t: Complexes = np.exp(1j * rng.uniform(-np.pi, np.pi, count)) / sinh_eta

    def go_to(self, z: float) -> None:
        """Along a helix to the field's end, straight on from there."""
        in_field = np.clip(self._field_end - self.z, 0.0, z - self.z)
        # The integral of exp(i k z) from 0 to L is L exp(i k L / 2) sin(k L / 2) / (k L / 2); np.sinc has pi inside.
        half_turn = self._turn_per_z * in_field / 2
        self.w += self.t * in_field * np.exp(1j * half_turn) * np.sinc(half_turn / np.pi)
        self.t *= np.exp(2j * half_turn)
        self.w += self.t * (z - self.z - in_field)
        self.z = np.full_like(self.z, z)

    def scatter(self, absorber: Absorber) -> None:
        """Multiple scattering of the whole absorber, applied at its middle.

        The Review of Particle Physics gives angle z2 theta_0 and offset x theta_0 (z1 / sqrt(12) + z2 / 2) behind a
        thickness x, with independent normal z1, z2. A kink of z2 theta_0 in the middle is the offset's second term.
        """
        stretch = np.sqrt(1 + np.abs(self.t) ** 2)
        theta_0 = highland(self._pz * stretch, absorber.radiation_lengths * stretch)
        radial = self.t / np.abs(self.t)
        depth = (absorber.z_end - absorber.z_begin) / np.sqrt(12)

        def to_slope(normal: Floats) -> Complexes:
            return theta_0 * radial * (normal[0] * stretch**2 + 1j * normal[1] * stretch)

        self.w += depth * to_slope(self._rng.standard_normal((2, len(self.w))))
        self.t += to_slope(self._rng.standard_normal((2, len(self.w))))


def _quantize(values: Floats) -> Floats:
    """To the features' grid: nearest, ties to even, saturating, zero without a sign."""
    return np.clip(np.round(values / FEATURE_STEP) * FEATURE_STEP, -FEATURE_LIMIT, FEATURE_LIMIT - FEATURE_STEP) + 0.0


def simulate(muons: Muons, rng: np.random.Generator) -> tuple[NDArray[np.float32], Bools]:
    """The features [N, 36] of the muons, and which of them the track finder finds at all.

    Found are tracks with a segment in ME0, ME1/1 or ME1/2 and segments in two of ME2, ME3, ME4. Features of tracks
    that aren't found mean nothing.
    """
    count = len(muons)
    phi, theta, bend, quality = (np.zeros((count, len(STATIONS))) for _ in range(4))
    track = _Track(muons, rng)
    steps: list[tuple[float, Station | Absorber]] = [(station.z, station) for station in STATIONS]
    steps += [((absorber.z_begin + absorber.z_end) / 2, absorber) for absorber in ABSORBERS]
    column = 0
    for z, what in sorted(steps, key=lambda step: step[0]):
        track.go_to(z)
        if isinstance(what, Absorber):
            track.scatter(what)
            continue
        true_theta = np.arctan2(np.abs(track.w), z)
        eta = -np.log(np.tan(true_theta / 2))
        hits = rng.binomial(what.layers, LAYER_EFFICIENCY, count)
        found = (hits >= what.min_layers) & (rng.random(count) < CHAMBER_EFFICIENCY)
        found &= (eta >= what.eta_min) & (eta < what.eta_max)
        spread = np.sqrt(what.layers / np.maximum(hits, 1))
        wrong = rng.random(count) < WRONG_SEGMENT_PROBABILITY
        error = rng.normal(0.0, what.sigma_phi, count) * spread
        error += wrong * rng.uniform(-WRONG_SEGMENT_RANGE, WRONG_SEGMENT_RANGE, count)
        phi[:, column] = np.where(found, np.angle(track.w) + error, 0.0)
        if what.sigma_theta is not None and what.sigma_bend is not None:
            slope = (track.t * track.w.conj()).imag / np.abs(track.w)
            theta[:, column] = found * (true_theta + rng.normal(0.0, what.sigma_theta, count) * spread)
            bend[:, column] = found * (slope + rng.normal(0.0, what.sigma_bend, count) * spread)
        grade = (hits - 2) / 4 if what.layers == 6 else hits / what.layers
        quality[:, column] = found * grade
        column += 1

    seen = quality > 0
    reference = np.where(seen[:, REFERENCE], phi[:, REFERENCE], phi[:, SECOND_REFERENCE])
    difference = np.angle(np.exp(1j * (phi - reference[:, None])))
    segments = list(SEGMENT_STATIONS)
    features = np.concatenate(
        (
            seen * difference / PHI_UNIT,
            theta[:, segments] / THETA_UNIT,
            bend[:, segments] / BEND_UNIT,
            quality,
        ),
        axis=1,
    )
    found_track = seen[:, list(INNER)].any(axis=1) & (seen[:, list(OUTER)].sum(axis=1) >= 2)
    return _quantize(features).astype(np.float32), found_track


def sample(count: int, seed: int) -> tuple[NDArray[np.float32], Muons]:
    """Features and truth of exactly `count` found tracks."""
    rng = np.random.default_rng(seed)
    muons = generate(count + count // 4, rng)
    features, found = simulate(muons, rng)
    if np.count_nonzero(found) < count:
        raise RuntimeError(f"only {np.count_nonzero(found)} of {len(muons)} tracks found, {count} asked for")
    return features[found][:count], muons[found][:count]


def main() -> None:
    """Print what the toy gives: the track finder's efficiency and the features' ranges."""
    rng = np.random.default_rng(1)
    muons = generate(100_000, rng)
    features, found = simulate(muons, rng)
    print(f"tracks found: {found.mean():.1%} of {len(muons)} muons, {PT_MIN:g} to {PT_MAX:g} GeV, |eta| {ETA_MIN} to {ETA_MAX}")
    for low, high in ((3, 5), (5, 10), (10, 20), (20, 50), (50, 150)):
        in_bin = (muons.pt >= low) & (muons.pt < high)
        print(f"    {low:3d} to {high:3d} GeV: {found[in_bin].mean():.1%}")
    print("features of found tracks:")
    print("    index  name             not 0     mean      rms      min      max")
    for index, name in enumerate(feature_names()):
        f = features[found, index]
        print(f"    {index:5d}  {name:14s} {np.mean(f != 0):7.1%} {f.mean():8.3f} {f.std():8.3f} {f.min():8.3f} {f.max():8.3f}")


if __name__ == "__main__":
    main()
