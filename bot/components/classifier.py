"""Which intent a sentence means, with a confidence that can be believed: a linear model over both kinds of features.

Kept on disk as arrays and JSON, no pickle.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.features import BUCKETS, ngrams, sentence_vector, sentence_vectors

FALLBACK = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent):
    """Linear support vectors, one against the rest; a temperature makes their margins probabilities."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._intents: list[str] = []
        self._ngram_weights = np.zeros((BUCKETS, 0), dtype=np.float32)
        self._vector_weights = np.zeros((0, 0), dtype=np.float32)
        self._bias = np.zeros(0, dtype=np.float32)
        self._temperature = 1.0

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`admit_below`: the confidence under which we say that we did not understand."""
        return {"admit_below": 0.25, "regularisation": 1.5, "vector_weight": 0.8}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """A new one, to be trained."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all labelled sentences; the temperature comes from a fifth that is left out once."""
        from sklearn.model_selection import train_test_split

        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        texts = [str(e.get(TEXT)) for e in examples]
        labels = np.array([str(e.get(INTENT)) for e in examples])
        vectors = sentence_vectors(texts)
        features, width = _matrix(texts, vectors, self._config["vector_weight"])
        self._intents = sorted(set(labels))
        rows = np.arange(len(texts))
        seen, left_out = train_test_split(rows, test_size=0.2, stratify=labels, random_state=1)
        with ThreadPoolExecutor(2) as side_by_side:  # each runs without Python's lock
            trial = side_by_side.submit(self._fit, features[seen], labels[seen])
            weights, self._bias = self._fit(features, labels)
            margins = features[left_out] @ trial.result()[0].T + trial.result()[1]
        self._temperature = _temperature(margins, np.searchsorted(self._intents, labels[left_out]))
        self._ngram_weights = np.ascontiguousarray(weights[:, :BUCKETS].T, dtype=np.float32)
        self._vector_weights = np.ascontiguousarray(weights[:, BUCKETS : BUCKETS + width].T, dtype=np.float32)
        self._persist()
        return self._resource

    def _fit(self, features: Any, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        from sklearn.svm import LinearSVC

        model = LinearSVC(C=self._config["regularisation"], class_weight="balanced", random_state=1, tol=0.01)
        model.fit(features, labels)
        return model.coef_, model.intercept_

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking; below `admit_below` the intent is `nlu_fallback`."""
        for message in messages:
            ranking = self._ranking(str(message.get(TEXT) or ""))
            best = ranking[0]
            if best["confidence"] < self._config["admit_below"]:
                best = {"name": FALLBACK, "confidence": 1 - best["confidence"]}
            message.set(INTENT, best, add_to_output=True)
            message.set("intent_ranking", ranking[:5], add_to_output=True)
        return messages

    def _ranking(self, text: str) -> list[dict[str, Any]]:
        weights = ngrams(text)
        margins = self._bias + np.array(list(weights.values()), dtype=np.float32) @ self._ngram_weights[list(weights)]
        if len(self._vector_weights):
            vector = sentence_vector(text)
            if vector is not None:
                margins = margins + self._config["vector_weight"] * (vector @ self._vector_weights)
        chances = _softmax(margins[None] / self._temperature)[0]
        order = np.argsort(-chances)
        return [{"name": self._intents[i], "confidence": float(chances[i])} for i in order]

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "weights.npz", ngrams=self._ngram_weights, vectors=self._vector_weights, bias=self._bias)
            about = {"intents": self._intents, "temperature": self._temperature}
            (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """The trained one; warms the encoder, whose first call takes a second."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
                classifier._ngram_weights, classifier._vector_weights = arrays["ngrams"], arrays["vectors"]
                classifier._bias = arrays["bias"]
            about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        classifier._intents, classifier._temperature = about["intents"], about["temperature"]
        sentence_vectors(["Guten Morgen"])
        return classifier


def _matrix(texts: list[str], vectors: np.ndarray | None, vector_weight: float) -> tuple[Any, int]:
    """All texts as one sparse matrix (n-grams, then the vector), and how wide the vector is."""
    from scipy.sparse import csr_matrix, hstack

    rows = [ngrams(text) for text in texts]
    ends = np.cumsum([0, *(len(row) for row in rows)])
    buckets = np.concatenate([np.fromiter(row, dtype=np.int64) for row in rows])
    values = np.concatenate([np.fromiter(row.values(), dtype=np.float64) for row in rows])
    sparse = csr_matrix((values, buckets, ends), shape=(len(rows), BUCKETS))
    if vectors is None:
        return sparse, 0
    return hstack([sparse, csr_matrix(vector_weight * vectors)], format="csr"), vectors.shape[1]


def _softmax(margins: np.ndarray) -> np.ndarray:
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _temperature(margins: np.ndarray, truth: np.ndarray) -> float:
    """The one that makes the left-out sentences' true intents most likely (one-dimensional grid)."""
    grid = np.geomspace(0.03, 2.0, 60)
    rows = np.arange(len(truth))
    losses = [-np.log(np.maximum(_softmax(margins / t)[rows, truth], 1e-12)).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])
