"""What the bot is to hear of a sentence in a language that Kontor does not speak: its words that we know, in German.

The encoder alone understands too little of what is typed without accents (docs/decisions/0007-several-requests.md).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import yaml

LETTERS = str.maketrans({"ł": "l", "ı": "i", "ё": "е"})  # those that no accent makes
WORD = re.compile(r"[^\W\d_]+\d*|\d[\d.:x-]*")


@cache
def _words() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = yaml.safe_load(
        (Path(__file__).parent / "glossary.yml").read_text(encoding="utf-8")
    )
    return content


def languages() -> frozenset[str]:
    """The languages of the glossary."""
    return frozenset(_words())


def plain(text: str) -> str:
    """Lower case, without accents; Turkish and Polish as they are typed on a foreign keyboard."""
    decomposed = unicodedata.normalize("NFKD", text.replace("İ", "i").lower().translate(LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).replace("й", "и")


def _meaning(word: str, known: dict[str, str]) -> str | None:
    """In German; empty where it only tells the language, None where it is not known."""
    if f"{word}=" in known:
        return known[f"{word}="]
    return next((known[word[:end]] for end in range(len(word), 1, -1) if word[:end] in known), None)


def hits(words: list[str], language: str) -> int:
    """How many of the words speak for the language: known ones, but for those that German and English write alike."""
    known = _folded(language)
    meanings = [(word, _meaning(word, known)) for word in map(plain, words)]
    return sum(meaning is not None and word[:4] != plain(meaning)[:4] for word, meaning in meanings)


def gloss(text: str, language: str) -> str:
    """The known words in German, in their order, with numbers; empty when none is known."""
    known = _folded(language)
    words = [word if word[0].isdigit() else _meaning(word, known) for word in WORD.findall(plain(text))]
    said = " ".join(word for word in words if word)
    mark = "?" if text.rstrip().endswith("?") else ""
    return said + mark if re.search(r"[^\W\d_]", said) else ""


def with_gloss(text: str, language: str | None) -> str:
    """The text, and behind it what of it we know, where the language is one of the glossary."""
    return f"{text} {gloss(text, language)}".rstrip() if language and language in languages() else text


@cache
def _folded(language: str) -> dict[str, str]:
    return {plain(word): str(meaning) for word, meaning in _words()[language].items()}
