"""Which classifier understands strangers best? `OPENBLAS_NUM_THREADS=2 .venv-bot/bin/python -m nlu_data.compare`

Every candidate learns from the same sentences and is asked two things: sentences of ours that it has not seen
(cross-validation; near-duplicates, also across languages, are in one fold), and `held_out`. Sentence vectors are kept
in `bot/models/vectors.npz`, by what was encoded. Writes a table for docs/decisions. Takes some minutes.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from nlu_data import check

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bot"))

from components import features, learning  # noqa: E402

CACHE = ROOT / "bot" / "models" / "vectors.npz"
FOLDS, ALIKE, FALSE_REJECTION = 3, 0.85, 0.03
CONTRACT = yaml.safe_load((check.HERE / "intents.yml").read_text(encoding="utf-8"))
PRINTED = {name: about["prints_as"] for name, about in CONTRACT["technical"].items()}
Block = Any  # a dense or sparse matrix, one row per sentence


@dataclass(frozen=True)
class Sentences:
    """Sentences as numbers, of one or both languages."""

    texts: list[str]
    intents: np.ndarray
    languages: np.ndarray
    topics: np.ndarray
    blocks: dict[str, Block]

    @classmethod
    def read(cls, below: Path) -> Sentences:
        """All languages of a folder."""
        found = [(language, one) for language in check.languages() for one in check.sentences(below / language)]
        texts = [one.text for _, one in found]
        return cls(
            texts,
            np.array([one.intent for _, one in found]),
            np.array([language for language, _ in found]),
            np.array([one.topic for _, one in found]),
            blocks_of(texts),
        )

    def at(self, rows: np.ndarray) -> Sentences:
        """Some of them."""
        return replace(
            self,
            texts=[self.texts[row] for row in rows],
            intents=self.intents[rows],
            languages=self.languages[rows],
            topics=self.topics[rows],
            blocks={name: block[rows] for name, block in self.blocks.items()},
        )


def blocks_of(texts: list[str]) -> dict[str, Block]:
    """Every kind of feature that a candidate may use."""
    vectors = _cached(texts)
    return {
        "ngrams": features.ngram_matrix(texts),
        "wide": features.ngram_matrix(texts, letters=(2, 3, 4, 5)),
        **{name: vectors[:, part] for name, part in features.PARTS.items()},
    }


def _cached(texts: list[str]) -> np.ndarray:
    key = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    known = dict(np.load(CACHE)) if CACHE.exists() else {}
    if key not in known:
        vectors = features.sentence_vectors(texts)
        if vectors is None:
            raise SystemExit("the sentence encoder is not installed")
        known[key] = vectors
        CACHE.parent.mkdir(exist_ok=True)
        np.savez(CACHE, **known)
    return known[key]
