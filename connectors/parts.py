"""Where one message may hold several requests: it is cut at sentence ends and at words such as "und" and "also".

What the pieces mean, and whether they are requests of their own, the bot decides (`bot/parts.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backoffice import identifiers, sickness
from backoffice.day_words import only_days
from connectors.masking import MARKS, mask

MOST_PIECES = 5  # a longer message tells a story: it is heard as a whole
MOST_CHARACTERS = 600
LEAST_WORDS = 2  # of at least three letters: "und Klebeband", "und am 5." go on with what came before
WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Piece:
    """One piece of a message: where it stands there, what Rasa may see of it, and of what stands before it."""

    start: int
    end: int
    text: str
    joint: str


@cache
def _marks() -> tuple[re.Pattern[str], frozenset[str]]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "parts.yml").read_text(encoding="utf-8"))
    begins = sorted({word for words in content["begins"].values() for word in words}, key=len, reverse=True)
    words = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in begins)
    ends = r"(?:[.!?…;]+[)\"”’']*|[ \t]*\n)\s*"
    mark = rf"{ends}(?:(?:{words})\b[\s,:]*)*|(?:\s*[,–-])?\s+(?:{words})\b[\s,:]+"
    return re.compile(mark, re.IGNORECASE), frozenset(content["short"])


def pieces_of(text: str) -> list[Piece]:
    """The pieces, in order; empty where nothing in the text may begin a second request."""
    if len(text) > MOST_CHARACTERS:
        return []
    spans = _spans(text)
    if not 2 <= len(spans) <= MOST_PIECES:
        return []
    before = [0, *(end for _, end in spans)]
    return [
        Piece(start, end, mask(text[start:end]), _joint(text[before[at] : start]))
        for at, (start, end) in enumerate(spans)
    ]


def is_private(text: str) -> bool:
    """Whether all of it must be forgotten, or numbers in it hidden, when one of its requests is done.

    Another one, whose words are needed longer, is not begun then.
    """
    return sickness.says_illness(text) or identifiers.replaced(text, MARKS) != text


def _joint(between: str) -> str:
    return between if not between or between.strip() else " "


def _spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each piece without the marks; what says too little alone belongs to its neighbour."""
    mark, short = _marks()
    spans: list[tuple[int, int]] = []
    start = 0
    for found in mark.finditer(text):
        kept = _kept(found[0])
        if _ends_nothing(text, found, short) and not re.search(r"\w", found[0]):
            continue
        spans.append((start, found.start() + kept))
        start = found.end()
    spans.append((start, len(text)))
    joined: list[tuple[int, int]] = []
    for begin, end in spans:
        if joined and (_says_little(text[begin:end]) or _says_little(text[slice(*joined[-1])])):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def _ends_nothing(text: str, found: re.Match[str], short: frozenset[str]) -> bool:
    """ "am 3. Dezember", "z. B.", "example.com": a full stop that ends no sentence."""
    if not found[0].startswith("."):
        return False
    behind, ahead = text[: found.start()], text[found.start() + 1 : found.start() + 2]
    word = re.search(r"[^\W_]*$", behind)
    last = word[0].lower() if word else ""
    return last.isdigit() or last in short or (bool(ahead) and not re.match(r"[\s.!?…)\"”’']", ahead))


def _kept(mark: str) -> int:
    """How much of a mark belongs to the piece before it: what ends its sentence."""
    ends = re.match(r"[.!?…]+", mark)
    return len(ends[0]) if ends else 0


def _says_little(piece: str) -> bool:
    return len(WORD.findall(piece)) < LEAST_WORDS or only_days(piece)
