"""The words by which people name days (dates.yml), and what they say without naming one: a month, half a day."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Part = Literal["full", "morning", "afternoon"]
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "–": "-", "—": "-"})


@cache
def _words() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "dates.yml").read_text(encoding="utf-8"))
    return content


def alternatives(table: str) -> dict[str, Any]:
    """A table of words of all languages at once: people mix them."""
    return {str(word): value for words in _words()[table].values() for word, value in words.items()}


def pattern(table: str) -> str:
    """Its words as a regular expression, the longest first."""
    return "|".join(sorted(map(re.escape, alternatives(table)), key=len, reverse=True))


def part_in(text: str) -> Part | None:
    """The half of a day that a text names, or "full", or None; half a day without more: the afternoon is free."""
    hit = re.search(rf"\b({pattern('parts')})\b", text.lower().translate(UMLAUTS))
    return alternatives("parts")[hit[1]] if hit else None


def month_in(text: str, *, today: date) -> tuple[int, int | None] | None:
    """The month that a text names and its year, None where it is not said; None when no month is named."""
    plain = text.lower().translate(UMLAUTS)
    if found := re.search(r"\b(0?[1-9]|1[0-2])\s?[./]\s?(20\d\d)\b", plain):
        return int(found[1]), int(found[2])
    if found := re.search(r"\b(20\d\d)-(0[1-9]|1[0-2])\b", plain):
        return int(found[2]), int(found[1])
    if found := re.search(rf"\b({pattern('months_ago')})\b", plain):
        there = today.year * 12 + today.month - 1 - int(alternatives("months_ago")[found[1]])
        return there % 12 + 1, there // 12
    if found := re.search(rf"\b({pattern('months')})\b(?!\s(?:i|we)\b)\.?(?:\s(20\d\d))?", plain):
        return int(alternatives("months")[found[1]]), int(found[2]) if found[2] else None
    return None


def nearest_year(month: int, *, today: date) -> int:
    """The year of a month that is named alone: at most six months back, else ahead."""
    now, ago = today.year * 12 + today.month - 1, (today.month - month) % 12
    return (now - ago if ago <= 6 else now + 12 - ago) // 12


@cache
def _words_of_days() -> frozenset[str]:
    tables = (
        "weekdays",
        "months",
        "relative",
        "weeks",
        "next",
        "last",
        "until",
        "periods",
        "parts",
        "numbers",
        "beside",
    )
    return frozenset(word for table in tables for said in alternatives(table) for word in re.findall("[a-z]+", said))


def only_days(text: str) -> bool:
    """Whether a text names days and says nothing else ("nein, vom 2. bis 4. Januar bitte")."""
    plain = text.lower().translate(UMLAUTS)
    words = set(re.findall("[a-z]+", plain))
    names = words - alternatives("beside").keys() or re.search(r"\d", plain)
    return bool(names) and words <= _words_of_days()
