"""Which classifier understands strangers best? `OPENBLAS_NUM_THREADS=2 .venv-bot/bin/python -m nlu_data.compare`

Every candidate learns from the same sentences and is asked two things: sentences of ours that it has not seen
(cross-validation; near-duplicates, also across languages, are in one fold), and `held_out`. Sentence vectors are kept
in `bot/models/vectors.npz`, by what was encoded. Writes a table for docs/decisions. Takes some minutes.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
import yaml

from connectors import scoring
from nlu_data import check

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bot"))

from components import deciding, features, learning  # noqa: E402

CACHE = ROOT / "bot" / "models" / "vectors.npz"
MORE, ASK = (0.25, 0.5, 1.0, 2.0, 4.0), (0.6, 0.7, 0.8, 0.9)  # what `thresholds` tries
FOLDS, ALIKE, FALSE_REJECTION = 2, 0.85, 0.03
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
    return {
        "ngrams": features.ngram_matrix(texts),
        "wide": features.ngram_matrix(texts, letters=(2, 3, 4, 5)),
        "vectors": _cached(texts),
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
    found: np.ndarray = known[key]
    return found


Scores = Callable[[Sentences], np.ndarray]
Learner = Callable[[Sentences, np.ndarray, int], Scores]


def vectors_machine(*blocks: str, neighbours: bool = False) -> Learner:
    """Linear support vectors, one against the rest."""

    def learn(known: Sentences, labels: np.ndarray, classes: int) -> Scores:
        from sklearn.svm import LinearSVC

        model = LinearSVC(C=1.5, class_weight="balanced", random_state=1, tol=0.01)
        near = nearest(known, labels, classes, own=True) if neighbours else None
        model.fit(_side_by_side(known, blocks, near), labels)

        def scores(asked: Sentences) -> np.ndarray:
            near = _near(asked, known, labels, classes) if neighbours else None
            return np.asarray(model.decision_function(_side_by_side(asked, blocks, near)) * 5)

        return scores

    return learn


def logistic(*blocks: str) -> Learner:
    """Multinomial logistic regression."""

    def learn(known: Sentences, labels: np.ndarray, classes: int) -> Scores:
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=30, class_weight="balanced", max_iter=50, multi_class="multinomial")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # fifty steps are enough, and not the end
            model.fit(_side_by_side(known, blocks, None), labels)
        return lambda asked: np.asarray(model.decision_function(_side_by_side(asked, blocks, None)))

    return learn


def network(known: Sentences, labels: np.ndarray, classes: int) -> Scores:
    """One hidden layer over sentence vectors."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        (256,), alpha=1e-3, learning_rate_init=2e-3, max_iter=25, early_stopping=False, random_state=1
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(known.blocks["vectors"] * 8, labels)
    return lambda asked: np.log(np.maximum(model.predict_proba(asked.blocks["vectors"] * 8), 1e-9))


def neighbours(known: Sentences, labels: np.ndarray, classes: int) -> Scores:
    """The mean of the three nearest sentences of each intent in the encoder's space."""
    return lambda asked: _near(asked, known, labels, classes) * 15


def kernel(ngrams: str | None = "ngrams", *, vectors: bool = True, steepness: float = learning.STEEP) -> Learner:
    """`components.learning`, with parts left out or changed."""

    def learn(known: Sentences, labels: np.ndarray, classes: int) -> Scores:
        def alike(asked: Sentences) -> np.ndarray:
            kinds = []
            if ngrams:
                kinds.append((asked.blocks[ngrams] @ known.blocks[ngrams].T).toarray())
            if vectors:
                kinds.append(asked.blocks["vectors"] @ known.blocks["vectors"].T)
            same = sum(kinds) / len(kinds)
            return np.asarray(np.exp(np.float32(steepness) * (same - 1)) + np.float32(learning.CONSTANT))

        votes = learning.solve(alike(known), labels, classes)[0]
        return lambda asked: np.asarray(alike(asked) @ votes * learning.SHARPNESS)

    return learn


def noisy(learner: Learner, share: float = 0.3) -> Learner:
    """The same, with copies of some sentences as hurried people would type them."""

    def learn(known: Sentences, labels: np.ndarray, classes: int) -> Scores:
        chance = random.Random(1)
        rows = np.array(chance.sample(range(len(labels)), int(share * len(labels))))
        texts = [_hurried(known.texts[row], chance) for row in rows]
        copies = {"ngrams": features.ngram_matrix(texts), "vectors": _cached(texts)}
        blocks = {
            "ngrams": scipy.sparse.vstack([known.blocks["ngrams"], copies["ngrams"]], format="csr"),
            "vectors": np.vstack([known.blocks["vectors"], copies["vectors"]]),
        }
        more = replace(known, texts=known.texts + texts, blocks=blocks)
        return learner(more, np.concatenate([labels, labels[rows]]), classes)

    return learn


def both(one: Learner, other: Learner) -> Learner:
    """The mean of two."""

    def learn(known: Sentences, labels: np.ndarray, classes: int) -> Scores:
        first, second = one(known, labels, classes), other(known, labels, classes)
        return lambda asked: np.asarray((first(asked) + second(asked)) / 2)

    return learn


def _hurried(text: str, chance: random.Random) -> str:
    text = text.lower().replace("ä", "a").replace("ö", "o").replace("ü", "u").replace("ß", "s")
    letters = list(text)
    for _ in range(1 + len(letters) // 30):
        at = chance.randrange(len(letters))
        letters[at] = chance.choice(["", letters[at] * 2, letters[max(at - 1, 0)]])
    return "".join(letters) or text


def nearest(known: Sentences, labels: np.ndarray, classes: int, *, own: bool) -> np.ndarray:
    """Of each sentence that is known, how near each intent's others are."""
    return _near(known, known, labels, classes, own=own)


def _near(asked: Sentences, known: Sentences, labels: np.ndarray, classes: int, *, own: bool = False) -> np.ndarray:
    near = asked.blocks["vectors"] @ known.blocks["vectors"].T
    if own:
        np.fill_diagonal(near, -1)
    columns = [np.sort(near[:, labels == label], axis=1)[:, -3:].mean(axis=1) for label in range(classes)]
    return np.stack(columns, axis=1)


def _side_by_side(sentences: Sentences, blocks: tuple[str, ...], near: np.ndarray | None) -> Any:
    parts = [sentences.blocks[name] for name in blocks if name != "vectors"]
    if "vectors" in blocks:
        parts.append(scipy.sparse.csr_matrix(0.8 * sentences.blocks["vectors"]))
    if near is not None:
        parts.append(scipy.sparse.csr_matrix(near))
    return scipy.sparse.hstack(parts, format="csr")


CANDIDATES: dict[str, Learner] = {
    "n-grams, linear SVM": vectors_machine("ngrams"),
    "encoder, linear SVM": vectors_machine("vectors"),
    "both, linear SVM (0.1)": vectors_machine("ngrams", "vectors"),
    "both and neighbours, linear SVM": vectors_machine("ngrams", "vectors", neighbours=True),
    "both, multinomial logistic": logistic("ngrams", "vectors"),
    "encoder, hidden layer of 256": network,
    "encoder, nearest neighbours": neighbours,
    "n-grams, kernel": kernel(vectors=False),
    "encoder, kernel": kernel(None),
    "**both, kernel (chosen)**": kernel(),
    "both, linear kernel": kernel(steepness=0.1),
    "both, steep kernel (4)": kernel(steepness=4.0),
    "wide n-grams (2–5) and encoder, kernel": kernel("wide"),
    "both, kernel, noisy copies": noisy(kernel()),
    "both, kernel and linear SVM": both(kernel(), vectors_machine("ngrams", "vectors")),
}


def measured(learner: Learner, known: Sentences, held_out: Sentences, in_fold: np.ndarray) -> list[str]:
    """One row of the table."""
    names = sorted(set(known.intents))
    labels = np.searchsorted(names, known.intents)
    unseen = np.zeros((len(labels), len(names)), dtype=np.float32)
    for fold in range(FOLDS):
        seen, asked = np.flatnonzero(in_fold != fold), np.flatnonzero(in_fold == fold)
        unseen[asked] = learner(known.at(seen), labels[seen], len(names))(known.at(asked))
    heat = learning.temperature(unseen, labels)
    began = time.monotonic()
    scores = learner(known, labels, len(names))
    took_s = time.monotonic() - began
    right, _, _ = _judged(learning.softmax(unseen / heat), names, known)
    chances = learning.softmax(scores(held_out) / heat)
    there, confidence, inside = _judged(chances, names, held_out)
    cells = [f"{100 * right.mean():.1f}"]
    for language in check.languages():
        of = held_out.languages == language
        cells.append(f"{100 * there[of].mean():.1f} / {100 * _macro_f1(chances, names, held_out, of):.1f}")
    outside = _printed(held_out.intents) == scoring.OUT_OF_SCOPE
    limit = np.quantile(inside[~outside], FALSE_REJECTION)
    rejected = [100 * (inside[which] <= limit).mean() for which in _kinds(held_out, outside)]
    cells += [f"{_auroc(inside, outside):.3f}", " / ".join(f"{share:.0f}" for share in rejected)]
    error = [scoring.Answer("", "", "y", "y" if r else "n", float(c)) for r, c in zip(there, confidence, strict=True)]
    return [*cells, f"{scoring.calibration_error(error):.3f}", f"{took_s:.0f}"]


def _kinds(sentences: Sentences, outside: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return outside, sentences.topics == "near", sentences.topics == "far"


def _printed(intents: Any) -> np.ndarray:
    return np.array([PRINTED.get(intent, intent) for intent in intents])


def _folded(chances: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]]:
    """Chances of the names that are printed."""
    printed = _printed(names)
    shown = sorted(set(printed))
    return np.stack([chances[:, printed == name].sum(axis=1) for name in shown], axis=1), shown


def _judged(chances: np.ndarray, names: list[str], of: Sentences) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether the likeliest is right, how likely it is, and how likely it is one of ours."""
    folded, shown = _folded(chances, names)
    heard = np.array(shown)[folded.argmax(axis=1)]
    return heard == _printed(of.intents), folded.max(axis=1), 1 - folded[:, shown.index(scoring.OUT_OF_SCOPE)]


def _macro_f1(chances: np.ndarray, names: list[str], of: Sentences, which: np.ndarray) -> float:
    folded, shown = _folded(chances[which], names)
    heard = np.array(shown)[folded.argmax(axis=1)]
    pairs = zip(_printed(of.intents[which]), heard, strict=True)
    return scoring.macro_f1([scoring.Answer("", "", str(meant), str(got), 1.0) for meant, got in pairs]) or 0.0


def _auroc(inside: np.ndarray, outside: np.ndarray) -> float:
    order = np.argsort(-inside, kind="stable")
    rank = np.empty(len(order))
    rank[order] = np.arange(1, len(order) + 1)
    many = int(outside.sum())
    return float((rank[outside].sum() - many * (many + 1) / 2) / (many * (len(order) - many)))


def thresholds(known: Sentences, held_out: Sentences) -> None:
    """What `more_outside` (of `refused`) and `ask_below` of bot/config.yml do to held_out."""
    config = yaml.safe_load((ROOT / "bot" / "config.yml").read_text(encoding="utf-8"))["pipeline"][0]
    names = sorted(set(known.intents))
    labels = np.searchsorted(names, known.intents)
    cut = np.random.default_rng(1).permutation(len(labels))
    asked, seen = cut[: len(cut) // 5], cut[len(cut) // 5 :]
    unseen = kernel()(known.at(seen), labels[seen], len(names))(known.at(asked))
    heat = learning.temperature(unseen, labels[asked])
    outside = np.isin(names, config["outside"])
    ours = ~outside[labels[asked]]
    usual = deciding.more_outside(learning.softmax(unseen / heat), outside, ours, share=config["refused"])
    chances = learning.softmax(kernel()(known, labels, len(names))(held_out) / heat)
    print("| more_outside | ask_below | | accuracy | rejection | false | asked | misled | ECE |")
    print("|---|---|---|---|---|---|---|---|---|")
    for more_outside, ask_below in [*((more, config["ask_below"]) for more in MORE), *((None, ask) for ask in ASK)]:
        chosen = {name: config[name] for name in deciding.SETTINGS if name != "ask_below"}
        more = round(usual, 2) if more_outside is None else more_outside
        decider = deciding.Decider(names, **chosen, more_outside=more, ask_below=ask_below)
        answers = [_answer(decider, *one) for one in zip(held_out.languages, held_out.intents, chances, strict=True)]
        for language in check.languages():
            found = scoring.figures([one for one in answers if one.language == language])
            keys = ("accuracy", "rejection", "false_rejection", "asked", "misled")
            shares = " | ".join(f"{100 * found[key]:.1f}" for key in keys)
            print(f"| {more} | {ask_below} | {language} | {shares} | {found['ece']:.3f} |", flush=True)


def _answer(decider: deciding.Decider, language: str, meant: str, chances: np.ndarray) -> scoring.Answer:
    best, ranking = decider.decide(chances)
    asks = best["name"] == deciding.UNSURE
    heard = ranking[0] if asks else best
    intent = PRINTED.get(heard["name"], heard["name"])
    return scoring.Answer("", language, PRINTED.get(meant, meant), intent, heard["confidence"], asked=asks)


def main() -> None:
    """Print the table, a row as soon as it is there; names on the command line choose candidates, or `thresholds`."""
    known, held_out = Sentences.read(check.HERE), Sentences.read(check.HERE / "held_out")
    if sys.argv[1:] == ["thresholds"]:
        thresholds(known, held_out)
        return
    vectors = known.blocks["vectors"]
    in_fold = folds(families(vectors, alike=ALIKE), FOLDS)
    print("| | CV | de: accuracy / F1 | en: accuracy / F1 | AUROC | rejected: all / near / far | ECE | s |")
    print("|---|---|---|---|---|---|---|---|")
    for name, learner in CANDIDATES.items():
        if not sys.argv[1:] or any(wanted in name for wanted in sys.argv[1:]):
            print(f"| {name} | " + " | ".join(measured(learner, known, held_out, in_fold)) + " |", flush=True)


def families(vectors: np.ndarray, *, alike: float, at_once: int = 1024) -> np.ndarray:
    """A number per row: rows that are alike (cosine), directly or through others, have the same."""
    parent = np.arange(len(vectors))

    def root(row: int) -> int:
        while parent[row] != row:
            row = int(parent[row])
        return row

    for start in range(0, len(vectors), at_once):
        for row, other in zip(*np.nonzero(vectors[start : start + at_once] @ vectors.T > alike), strict=True):
            if row + start < other:
                parent[root(int(other))] = root(int(row + start))
    return np.array([root(row) for row in range(len(vectors))])


def folds(of_family: np.ndarray, how_many: int) -> np.ndarray:
    """A fold per row; a family is never torn apart, and the folds are about equally large."""
    names, sizes = np.unique(of_family, return_counts=True)
    order = np.random.default_rng(1).permutation(len(names))
    filled, chosen = np.zeros(how_many, dtype=int), {}
    for one in order[np.argsort(-sizes[order], kind="stable")]:
        fold = int(np.argmin(filled))
        filled[fold] += sizes[one]
        chosen[int(names[one])] = fold
    return np.array([chosen[int(name)] for name in of_family])


if __name__ == "__main__":
    main()
