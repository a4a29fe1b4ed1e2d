"""Trains the track quality forest; writes models/track_quality.json, data/x.npy and data/truth.npy.

Columns of truth.npy, float32 [6000, 2], a row for each row of x.npy: 1 for a genuine track, and what XGBoost predicts.

Debian 12: apt-get install python3-xgboost (1.7.4); run from anywhere: /usr/bin/python3 training/train.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xgboost

import tracks

ROOT = Path(__file__).resolve().parent.parent
TRAINING_SEED, VECTOR_SEED = 1, 2
TRAINING_TRACKS, VECTORS = 100_000, 6_000
TREES, DEPTH = 60, 3


def main() -> None:
    x, genuine = tracks.sample(TRAINING_TRACKS, TRAINING_SEED)
    parameters = {"objective": "binary:logistic", "max_depth": DEPTH, "learning_rate": 0.3, "seed": 1, "nthread": 1}
    booster = xgboost.train(parameters, xgboost.DMatrix(x, genuine), TREES)
    booster.save_model(ROOT / "models" / "track_quality.json")

    x, genuine = tracks.sample(VECTORS, VECTOR_SEED)
    quality = booster.predict(xgboost.DMatrix(x))
    np.save(ROOT / "data" / "x.npy", x)
    np.save(ROOT / "data" / "truth.npy", np.stack([genuine, quality], axis=1).astype(np.float32))
    for cut in (0.3, 0.5, 0.7, 0.9):
        print(f"quality > {cut}: {np.mean(quality[genuine == 1] > cut):.1%} of genuine tracks, {np.mean(quality[genuine == 0] > cut):.1%} of fakes")


if __name__ == "__main__":
    main()
