"""How a short message goes on from the answer before ("und in Leipzig?", "and next week?"), and when one is the same
question again. Pure; words of all languages count, people mix them.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backoffice.day_words import plain

LONGEST = 60  # characters; who writes more asks something of its own


@cache
def _tables() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "follow_words.yml").read_text(encoding="utf-8"))
    return content


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(str(word) for words in _tables()[name].values() for word in words)


@cache
def _first_words() -> frozenset[str]:
    return frozenset(opener.split()[0] for opener in _list("openers"))


@cache
def _opening() -> re.Pattern[str]:
    longest_first = sorted(_list("openers"), key=len, reverse=True)
    return re.compile(rf"\s*(?:{'|'.join(map(re.escape, longest_first))})\b[\s,]*")


def rest_of(text: str) -> str | None:
    """What is named instead; None when the message does not begin as one that goes on, or says more."""
    first = text[:LONGEST].split(maxsplit=1)
    if len(text) > LONGEST or not first or first[0].lower().strip(",") not in _first_words():
        return None
    said = plain(text)
    opening = _opening().match(said)
    return said[opening.end() :].strip() or None if opening else None


def words_of(rest: str) -> list[str]:
    """The words that name something, in their order."""
    return [word for word in re.findall(r"[a-z0-9][a-z0-9.-]*", rest) if word not in _list("beside")]


def told(words: list[str]) -> list[str]:
    """Those that are more than a call: "und jetzt?" names nothing."""
    return [word for word in words if word not in _list("calls")]


def year_in(text: str, *, today: date) -> int | None:
    """The year that a text names; None when it names none."""
    said = plain(text)
    for words in _tables()["years"].values():
        for phrase, ahead in words.items():
            if re.search(rf"\b{phrase}\b", said):
                return today.year + int(ahead)
    figures = re.search(r"(?<![\d.])\b(20\d\d)\b", said)
    return int(figures[1]) if figures else None


def names_only_a_year(rest: str, *, today: date) -> bool:
    """Whether nothing is named but a year."""
    if year_in(rest, today=today) is None:
        return False
    phrases = [re.escape(phrase) for words in _tables()["years"].values() for phrase in words]
    return not words_of(re.sub(rf"\b(?:{'|'.join(phrases)}|20\d\d)\b", " ", rest))


def same_question(one: str, other: str) -> bool:
    """Whether two messages ask the same in the same words, whatever is shouted around them."""
    return bool(_core(one)) and _core(one) == _core(other)


def _core(text: str) -> list[str]:
    words = re.findall(r"[a-z0-9]+", plain(text))
    return [once for word in words if (once := re.sub(r"(.)\1+", r"\1", word)) not in _once()]


@cache
def _once() -> frozenset[str]:
    """Stretched or not: "hallooo" calls like "hallo"."""
    return frozenset(re.sub(r"(.)\1+", r"\1", word) for word in _list("calls"))
