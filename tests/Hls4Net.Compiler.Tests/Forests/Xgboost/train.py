"""Writes the models of this folder, each with rows and what XGBoost predicts for them (name.csv: features, predictions).

Debian 12: apt-get install python3-xgboost (1.7.4); run as /usr/bin/python3 train.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xgboost

FOLDER = Path(__file__).resolve().parent
FEATURES, ROWS, COMPARED = 5, 2000, 60

# Name, parameters, rounds.
MODELS = (
    ("logistic.json", {"objective": "binary:logistic", "max_depth": 3, "base_score": 0.3}, 8),
    ("logistic.ubj", {"objective": "binary:logistic", "max_depth": 4, "grow_policy": "lossguide"}, 5),
    ("raw.json", {"objective": "binary:logitraw", "max_depth": 3, "base_score": 0.3}, 4),
    ("hinge.json", {"objective": "binary:hinge", "max_depth": 3}, 4),
    ("regression.ubj", {"objective": "reg:squarederror", "max_depth": 5, "base_score": 1.5}, 5),
    ("forest.json", {"objective": "reg:squarederror", "max_depth": 3, "num_parallel_tree": 4, "subsample": 0.5,
                     "learning_rate": 1}, 1),
    ("dart.json", {"objective": "reg:squarederror", "booster": "dart", "rate_drop": 0.5, "max_depth": 3}, 6),
    ("poisson.ubj", {"objective": "count:poisson", "max_depth": 3, "base_score": 2.0}, 5),
    ("softprob.json", {"objective": "multi:softprob", "num_class": 3, "max_depth": 2}, 4),
    ("softmax.ubj", {"objective": "multi:softmax", "num_class": 4, "max_depth": 2}, 4),
    ("histogram.json", {"objective": "reg:squarederror", "tree_method": "hist", "max_bin": 16, "max_depth": 4}, 5),
)


def target(objective: str, score: np.ndarray, classes: int) -> np.ndarray:
    """What a model is trained to give."""
    if objective.startswith("binary"):
        return (score > 0).astype(np.float32)
    if objective.startswith("multi"):
        return np.clip(np.floor(score + classes / 2), 0, classes - 1)
    if objective == "count:poisson":
        return np.floor(np.exp(score / 2))
    return score


def main() -> None:
    for seed, (name, parameters, rounds) in enumerate(MODELS):
        random = np.random.default_rng(seed)
        x = random.normal(size=(ROWS, FEATURES)).astype(np.float32)
        # A feature of whole numbers, and one of few values, at which thresholds are met exactly.
        x[:, 3] = np.round(3 * x[:, 3])
        x[:, 4] = np.round(4 * x[:, 4]) / 4
        score = x[:, 0] * x[:, 1] + np.sin(2 * x[:, 2]) + 0.2 * x[:, 3] + x[:, 4] + 0.1 * random.normal(size=ROWS)
        y = target(parameters["objective"], score, parameters.get("num_class", 1))
        booster = xgboost.train(parameters | {"seed": seed, "nthread": 1}, xgboost.DMatrix(x, y), rounds)
        booster.save_model(FOLDER / name)
        predictions = booster.predict(xgboost.DMatrix(x[:COMPARED])).reshape(COMPARED, -1)
        with open(FOLDER / f"{name}.csv", "w", encoding="ascii") as csv:
            for row in np.concatenate([x[:COMPARED], predictions], axis=1):
                csv.write(",".join(f"{value:.9g}" for value in row) + "\n")


if __name__ == "__main__":
    main()
