"""Linear models that learn from several kinds of features at once; NumPy and SciPy alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

Weights = list[np.ndarray]


def softmax(scores: np.ndarray) -> np.ndarray:
    """Rows of scores as rows of chances that sum to 1."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def balanced(labels: np.ndarray, *, power: float = 0.5) -> np.ndarray:
    """A weight per row, 1 on average: rare labels count more; `power` 1 makes all labels count the same."""
    weights = (1.0 / np.bincount(labels)[labels]) ** power
    return np.asarray(weights / weights.mean())


def regression(
    blocks: Sequence[Any],
    labels: np.ndarray,
    *,
    penalty: float,
    weights: np.ndarray | None = None,
    steps: int = 60,
    width: int | None = None,
) -> tuple[Weights, np.ndarray]:
    """Multinomial logistic regression over blocks of columns, dense or sparse: weights per block, and the bias.

    `labels` are 0 to n-1; `penalty` is that of the squared weights, for one row of average weight.
    """
    from scipy.optimize import minimize

    rows, classes = len(labels), width or int(labels.max()) + 1
    weights = np.ones(rows) if weights is None else weights
    sizes = [block.shape[1] for block in blocks]
    ends = np.cumsum([0, *sizes]) * classes
    wanted = np.zeros((rows, classes), dtype=np.float32)
    wanted[np.arange(rows), labels] = 1.0
    turned = [block.T.tocsr() if hasattr(block, "tocsr") else block.T for block in blocks]

    def parts(flat: np.ndarray) -> tuple[Weights, np.ndarray]:
        cut = [flat[a:b].reshape(-1, classes).astype(np.float32) for a, b in pairwise(ends)]
        return cut, flat[ends[-1] :].astype(np.float32)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        cut, bias = parts(flat)
        scores = np.tile(bias, (rows, 1))
        for block, part in zip(blocks, cut, strict=True):
            scores += block @ part
        chances = softmax(scores)
        missed = -np.log(np.maximum(chances[np.arange(rows), labels], 1e-12))
        off = ((chances - wanted) * (weights / rows)[:, None]).astype(np.float32)
        slopes = [np.asarray(block @ off).ravel() for block in turned]
        slope = np.concatenate([*slopes, off.sum(axis=0)]).astype(np.float64)
        slope[: ends[-1]] += penalty / rows * flat[: ends[-1]]
        return float((weights * missed).mean() + penalty / rows / 2 * (flat[: ends[-1]] ** 2).sum()), slope

    start = np.zeros(int(ends[-1]) + classes)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 6})
    return parts(found.x)


def temperature(scores: np.ndarray, labels: np.ndarray) -> float:
    """The one that makes the labels of sentences not learned from most likely (one-dimensional grid)."""
    grid = np.geomspace(0.2, 5.0, 120)
    rows = np.arange(len(labels))
    losses = [-np.log(np.maximum(softmax(scores / t)[rows, labels], 1e-12)).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])


def families(vectors: np.ndarray, *, alike: float, at_once: int = 1024) -> np.ndarray:
    """A number per row: rows that are alike (cosine), directly or through others, have the same."""
    parent = np.arange(len(vectors))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = int(parent[row])
        return row

    for start in range(0, len(vectors), at_once):
        near = vectors[start : start + at_once] @ vectors.T > alike
        for row, other in zip(*np.nonzero(near), strict=True):
            if row + start < other:
                parent[root(int(other))] = root(int(row + start))
    return np.array([root(row) for row in range(len(vectors))])


def folds(of_family: np.ndarray, how_many: int, *, seed: int = 1) -> np.ndarray:
    """A fold per row; a family is never torn apart, and the folds are about equally large."""
    names, sizes = np.unique(of_family, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-sizes[order], kind="stable")]
    filled = np.zeros(how_many, dtype=int)
    chosen: dict[int, int] = {}
    for one in order:
        fold = int(np.argmin(filled))
        filled[fold] += sizes[one]
        chosen[int(names[one])] = fold
    return np.array([chosen[int(name)] for name in of_family])
