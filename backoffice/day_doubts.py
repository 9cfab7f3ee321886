"""What makes a careful person ask back although days are named: "irgendwann nächste Woche", "a few days from the 7th",
"next week wdnsdy". Pure.
"""

from __future__ import annotations

import re
from functools import cache

from backoffice.day_tables import every_word, pattern, table

COUNT = r"(?:\d{1,3}(?:[.,]5)?|<numbers>)"
SPAN = r"(?:tagen?|days?|wochen?|weeks?)"
NEAR = r"[^,;!?#]{0,20}"
"""So near to a day, and in the same clause, a word says something about it."""
FORMS = (
    rf"\b<unsure>\b{NEAR}#",
    rf"#{NEAR}\b<unsure>\b",
    rf"\b{COUNT}\s?(?:-|bis|to|oder|or)\s?{COUNT}\s(?:arbeits|working\s)?{SPAN}\b",
    rf"\b(?:plus|und|and)\s(?:die\s|the\s)?{COUNT}\s{SPAN}\b",
    rf"\bvor\s{COUNT}\s(?:wochen?|monate?n?)\b",
    rf"\b{COUNT}\s(?:weeks?|months?)\sago\b",
    r"\b(?:<until>|<onward>|to|von|im|in|<unsure>)\s(?:mid-?\s?)?<months>\b(?!\s(?:i|we)\b)",
    r"\b(?:ab|from|von|bis|to|until|till)\s\d{1,2}\b(?![.,:/]|\s?(?:arbeits|working|tage?n?|days?|woche|week|monat|month))",
    r"#\sauf\s#",
)
BETWEEN = r"\b(?:zwischen|between)(?:\s\w+)?\s?#"


def doubtful(rest: str, *, joined: bool) -> bool:
    """Whether something remains, in a text whose named days are blanked with #, that leaves those days open; `joined`
    is whether two of them make a range."""
    if any(pattern(form).search(rest) for form in FORMS):
        return True
    if not joined and re.search(BETWEEN, rest):
        return True
    between = re.findall(r"#\s([a-z]{1,5})\s(?=#)", rest)
    if any(word not in _known() for word in between):
        return True
    return any(_bones(word) in _weekday_bones() for word in re.findall(r"\b[b-df-hj-np-tv-z]{4,}\b", rest))


@cache
def _known() -> frozenset[str]:
    return every_word() | {"plus", "sowie", "mit", "dann", "auch", "off", "frei", "with", "etwa", "dazu"}


@cache
def _weekday_bones() -> frozenset[str]:
    return frozenset(_bones(name) for name in table("weekdays") if len(name) > 5)


def _bones(word: str) -> str:
    """Without vowels and double letters: "wdnsdy" of "wednesday"."""
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiou]", "", word))
