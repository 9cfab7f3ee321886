"""A kernel machine: a sentence is compared with every sentence of training, and each says what it stands for.

Kernel ridge regression with one column per label: the likeness of two sentences is the mean of the cosines of their
n-grams and of their sentence vectors, made steeper by an exponential. It is linear and nearest neighbour in one, is
solved at once (Cholesky), and knows what is unlike anything it has seen. Arrays only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

STEEP = 1.0  # of the exponential: 0 would be a linear model, 6 a nearest neighbour
RIDGE = 0.03
CONSTANT = 0.1  # in place of a bias
SHARPNESS = 8.0  # brings the scores near those of a logistic model, before the temperature
DIRECTIONS = 256  # of the vectors' 512: 94 % of their length is there, and comparing takes half the time
AT_ONCE = 1000

Ngrams = dict[int, float]


@dataclass(frozen=True)
class Memory:
    """What was learned: all sentences, and how much each of them speaks for each label.

    `starts`, `rows`, `values`: for each bucket of n-grams the sentences that have it, and how much. `vectors`: theirs,
    of length 1, along `directions`; nothing where there is no encoder. `votes`: a row per sentence, a column per label.
    """

    starts: np.ndarray
    rows: np.ndarray
    values: np.ndarray
    directions: np.ndarray
    vectors: np.ndarray
    votes: np.ndarray

    @classmethod
    def learn(
        cls, ngrams: Any, vectors: np.ndarray | None, labels: np.ndarray, classes: int, *, left_out: int = 0
    ) -> tuple[Memory, np.ndarray]:
        """From a sparse matrix of n-grams, sentence vectors, and labels from 0 to `classes` - 1.

        Also the scores of the last `left_out` sentences as they would be, had they not been learned from.
        """
        directions = np.zeros((0, 0), dtype=np.float32) if vectors is None else main_directions(vectors)
        along = None if vectors is None else turned(vectors, directions)
        votes, unlearned = solve(likeness(ngrams, along), labels, classes, left_out=left_out)
        columns = ngrams.tocsc()
        kept = np.zeros((len(labels), 0), dtype=np.float32) if along is None else along
        starts, rows = columns.indptr.astype(np.int32), columns.indices.astype(np.int32)
        memory = cls(starts, rows, columns.data.astype(np.float32), directions, kept, votes)
        return memory, unlearned * SHARPNESS

    def scores(self, ngrams: Ngrams, vector: np.ndarray | None) -> np.ndarray:
        """One score per label for one sentence."""
        buckets = np.fromiter(ngrams, dtype=np.int64)
        ends = list(zip(self.starts[buckets], self.starts[buckets + 1], strict=True))
        rows = np.concatenate([self.rows[a:b] for a, b in ends]) if ends else self.rows[:0]
        shares = [self.values[a:b] * weight for (a, b), weight in zip(ends, ngrams.values(), strict=True)]
        same = np.bincount(rows, weights=np.concatenate(shares) if shares else None, minlength=len(self.votes))
        if vector is not None and self.vectors.shape[1]:
            same = (same + self.vectors @ turned(vector[None], self.directions)[0]) / 2
        return np.asarray(steep(same.astype(np.float32)) @ self.votes * SHARPNESS)

    def arrays(self) -> dict[str, np.ndarray]:
        """To be kept on disk; `Memory(**arrays)` is the same again."""
        return dict(vars(self))


def main_directions(vectors: np.ndarray) -> np.ndarray:
    """Columns: the directions in which vectors differ most (principal components, without centring)."""
    _, found = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(found[:, ::-1][:, :DIRECTIONS], dtype=np.float32)


def turned(vectors: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Vectors along the directions, each of length 1 again."""
    along = vectors @ directions
    return np.asarray(along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def likeness(ngrams: Any, vectors: np.ndarray | None) -> np.ndarray:
    """How alike each two are, in blocks: the whole is as large as it gets. Right of the diagonal blocks it is empty."""
    columns = ngrams.T.tocsc()
    count = ngrams.shape[0]
    found = np.zeros((count, count), dtype=np.float32)
    for start in range(0, count, AT_ONCE):
        rows, before = slice(start, start + AT_ONCE), slice(0, start + AT_ONCE)
        same = (ngrams[rows] @ columns[:, before]).toarray()
        if vectors is not None:
            same = (same + vectors[rows] @ vectors[before].T) / 2
        found[rows, before] = steep(same)
    return found


def steep(same: np.ndarray) -> np.ndarray:
    """The kernel of a cosine."""
    return np.asarray(np.exp(np.float32(STEEP) * (same - np.float32(1))) + np.float32(CONSTANT))


def solve(alike: np.ndarray, labels: np.ndarray, classes: int, *, left_out: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Votes of sentences that are so alike (used up). Rare labels count more, by the root of how rare.

    Also what the last `left_out` would get from the votes of all others. The corner of the factor that is theirs is
    the factor of what the others leave unsaid (their Schur complement), so nothing is solved a second time.
    """
    from scipy.linalg import cho_factor, cho_solve

    wanted = np.full((len(labels), classes), -1, dtype=np.float32)
    wanted[np.arange(len(labels)), labels] = 1
    weights = np.sqrt(1 / np.bincount(labels)[labels])
    weights /= weights.mean()
    alike[np.diag_indices(len(labels))] += (RIDGE / weights).astype(np.float32)
    # Its columns are our rows: in this order nothing is copied, and it is as large as it gets.
    factor = cho_factor(alike.T, lower=False, overwrite_a=True, check_finite=False)
    votes = np.asarray(cho_solve(factor, wanted, check_finite=False), dtype=np.float32)
    last = slice(len(labels) - left_out, len(labels))
    corner = np.triu(factor[0][last, last])
    return votes, wanted[last] - corner.T @ (corner @ votes[last])


def softmax(scores: np.ndarray) -> np.ndarray:
    """Rows of scores as rows of chances that sum to 1."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def temperature(scores: np.ndarray, labels: np.ndarray) -> float:
    """The one that makes the labels of sentences not learned from most likely (one-dimensional grid)."""
    grid = np.geomspace(0.1, 5.0, 160)
    rows = np.arange(len(labels))
    losses = [-np.log(np.maximum(softmax(scores / t)[rows, labels], 1e-12)).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])
