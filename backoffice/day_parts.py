"""How much of the days people type: the half of a day, and how long it lasts. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import Literal

from backoffice.day_tables import pattern, table
from backoffice.day_words import number, plain

Part = Literal["full", "morning", "afternoon"]


@dataclass(frozen=True)
class Duration:
    """So many days that are worked, also half ones, or so many times seven days, or months."""

    working_days: float = 0
    weeks: int = 0
    months: int = 0
    start: int = 0
    end: int = 0
    """Where in the text it is said."""


def duration_in(rest: str) -> Duration | None:
    """How long, in a text whose named days are blanked with #."""
    count = r"(?<![\d.,/])(\d{1,3}(?:[.,]5)?|<numbers>)"
    left = r"\b(?!\s(?:uebrig|rest|left|remaining|offen|<compared>)\b)"
    if found := pattern(
        rf"(?<!half\s)\b{count}\s(?:arbeits|urlaubs|urlaub|werk|working\s|work\s)?(?:tage?|days?){left}"
    ).search(rest):
        return Duration(working_days=number(found[1]), start=found.start(), end=found.end())
    if found := pattern(rf"\b{count}\s(?:(?:ganze|volle|full|whole)\s)?(?:wochen?|weeks?){left}").search(rest):
        return Duration(weeks=ceil(number(found[1])), start=found.start(), end=found.end())
    if found := pattern(rf"\b{count}\s(?:(?:ganzen?|volle|full|whole)\s)?(?:monate?|months?){left}").search(rest):
        return Duration(months=ceil(number(found[1])), start=found.start(), end=found.end())
    if found := re.search(
        r"\b(?:woche|week)\s(?:of|ab|vom|from|starting|beginning|commencing)(?:\s(?:the|dem|on))?\s?(?=#)", rest
    ):
        return Duration(weeks=1, start=found.start(), end=found.end())
    return None


def half_in(said: str, half: Part) -> Part | None:
    """The half that is named before the one that "half" alone means here."""
    named = {table("parts")[word] for word in pattern(r"\b<parts>\b").findall(said)}
    exact: list[Part] = [part for part in ("morning", "afternoon", "full") if part in named]
    return exact[0] if exact else half if "half" in named else None


def edges_of(said: str) -> dict[str, Part]:
    """What is said of the first and of the last day by these words."""
    found: dict[str, Part] = {}
    for clause in re.split(r"[;,]|\bund\b|\band\b|\.\s", said):
        if edge := pattern(r"\b<edges>\b").search(clause):
            which = table("edges")[edge[0]]
            halved: Part = "afternoon" if which == "first" else "morning"
            part = half_in(clause, halved) or (halved if re.search(r"\b(?:halb\w*|half)\b", clause) else None)
            if part:
                found[which] = part
    return found


def part_in(text: str) -> Part | None:
    """The half of a day that a text names, or "full", or None; half a day without more: the afternoon is free."""
    return half_in(plain(text), "afternoon")


def edges_in(text: str, *, single: bool) -> tuple[Part | None, Part | None]:
    """What a text without days says of the first and the last day that were talked about; None for what it leaves."""
    said = plain(text)
    if single:
        return (half_in(said, "afternoon"),) * 2
    if edges := edges_of(said):
        return edges.get("first"), edges.get("last")
    part = half_in(said, "morning")
    return ("full", "full") if part == "full" else (None, part)
