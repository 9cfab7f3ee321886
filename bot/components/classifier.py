"""Which intent a sentence means, with a confidence that can be believed; docs/decisions/0005 says why this model.

Kept on disk as arrays and JSON, no pickle.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.deciding import SETTINGS, Decider, more_outside
from components.features import ngram_matrix, ngrams, sentence_vector, sentence_vectors
from components.learning import Memory, softmax, temperature

LEFT_OUT = 5  # one of so many sentences is left out once, to see how sure the model may be
EVERYDAY = 40  # characters


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LikenessIntentClassifier(GraphComponent):
    """Compares with all sentences of training (`learning.Memory`); a temperature makes the scores chances."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._intents: list[str] = []
        self._memory: Memory | None = None
        self._temperature, self._more_outside = 1.0, 1.0

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """As in `deciding.Decider`; `refused`: the share of our own sentences, left out of training, to be refused."""
        lists = {"outside": ["out_of_scope"], "at_once": [], "read_back": []}
        return {**dict.fromkeys(SETTINGS, 0.0), **lists, "admit_below": 0.2, "refused": 0.09}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LikenessIntentClassifier:
        """A new one, to be trained."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all labelled sentences; how sure one may be comes from a fifth that is left out once."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        texts = [str(e.get(TEXT)) for e in examples]
        self._intents = sorted({str(e.get(INTENT)) for e in examples})
        labels = np.array([self._intents.index(str(e.get(INTENT))) for e in examples])
        order = np.random.default_rng(1).permutation(len(labels))
        texts, labels = [texts[n] for n in order], labels[order]
        left_out = len(labels) // LEFT_OUT
        grams, vectors = ngram_matrix(texts), sentence_vectors(texts)
        self._memory, scores = Memory.learn(grams, vectors, labels, len(self._intents), left_out=left_out)
        self._calibrate(scores, labels[len(labels) - left_out :])
        self._persist()
        return self._resource

    def _calibrate(self, scores: np.ndarray, labels: np.ndarray) -> None:
        """From scores of sentences as if they had not been learned from."""
        self._temperature = temperature(scores, labels)
        outside = np.isin(self._intents, self._config["outside"])
        chances, ours = softmax(scores / self._temperature), ~outside[labels]
        self._more_outside = more_outside(chances, outside, ours, share=self._config["refused"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking; `unsure` and `nlu_fallback` are decisions, see `deciding.py`."""
        for message in messages:
            text = str(message.get(TEXT) or "")
            # "ja", "danke" and the words of buttons come again and again; longer texts are not kept, not even here.
            best, ranking = (self._decide_again if len(text) <= EVERYDAY else self._decide)(text)
            message.set(INTENT, dict(best), add_to_output=True)
            message.set("intent_ranking", [dict(one) for one in ranking], add_to_output=True)
        return messages

    def _chances(self, text: str) -> np.ndarray:
        if self._memory is None:
            raise RuntimeError("asked before it was trained or loaded")
        scores = self._memory.scores(ngrams(text), sentence_vector(text))
        return np.asarray(softmax(scores[None] / self._temperature)[0])

    def _ready(self) -> None:
        settings = {name: self._config[name] for name in SETTINGS}
        decider = Decider(self._intents, **settings, more_outside=self._more_outside)
        self._decide = lambda text: decider.decide(self._chances(text))
        self._decide_again = lru_cache(maxsize=1024)(self._decide)

    def _persist(self) -> None:
        if self._memory is None:
            raise RuntimeError("nothing was learned")
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "memory.npz", **self._memory.arrays())
            about = {
                "intents": self._intents,
                "temperature": self._temperature,
                "more_outside": self._more_outside,
            }
            (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LikenessIntentClassifier:
        """The trained one; warms the encoder, whose first call takes a second."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            with np.load(folder / "memory.npz", allow_pickle=False) as arrays:
                classifier._memory = Memory(**arrays)
            about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        classifier._intents, classifier._temperature = about["intents"], about["temperature"]
        classifier._more_outside = about["more_outside"]
        classifier._ready()
        sentence_vectors(["Guten Morgen"])
        return classifier
