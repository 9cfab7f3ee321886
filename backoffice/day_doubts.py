"""What makes a careful person ask back although days are named: "irgendwann nächste Woche", "a few days from the 7th",
"next week wdnsdy". Pure.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from backoffice.day_pieces import Piece
from backoffice.day_slips import resembles_a_name
from backoffice.day_tables import every_word, pattern, table

COUNT = r"(?:\d{1,3}(?:[.,]5)?|<numbers>)"
SPAN = r"(?:tagen?|days?|wochen?|weeks?)"
HOURS = rf"\b{COUNT}\s?(?:stunden?|std|hours?|h)\b"
NEAR = r"[^,;!?#§]{0,20}"
"""So near to a day, and in the same clause, a word says something about it."""
FORMS = (
    rf"\b<unsure>\b{NEAR}[#§]",  # irgendwann nächste Woche
    rf"[#§]{NEAR}\b<unsure>\b",
    r"\b<somewhere_in>\b(?:\s|-|of|the|der|des|dieser)*§",  # early next week
    r"\b<until>(?:\s<filler>\b)*\s(?!<filler>\b)[a-z]+\s[#§]",  # until roughly Friday
    r"\b<about>\s(?:the\s|den\s|dem\s)?[#§]",  # around the 7th
    r"#\s?<late>\b|\b<late>\s(?:of|vom)\s(?:the\s)?#",  # Thursday evening
    rf"\b{COUNT}\s?(?:-|bis|to|oder|or)\s?{COUNT}\s(?:arbeits|working\s)?{SPAN}\b",
    rf"\b(?:plus|und|and)\s(?:die\s|the\s)?{COUNT}\s{SPAN}\b",
    rf"\bvor\s{COUNT}\s(?:wochen?|monate?n?)\b",  # vor zwei Wochen Mittwoch
    rf"\b{COUNT}\s(?:weeks?|months?)\sago\b",
    r"#\s(?:ab|from|von|bis|to|until|till)\s\d{1,2}\b(?![.,:/]|\s?(?:arbeits|working|tage?n?|days?|woche|week|monat|month))",
    r"\b(?:von|from)\s\d{1,2}\s?(?:bis|to|-)\s?\d{1,2}\s(?:am|on)\s(?:the\s)?#",
    r"#\s(?:nach|vor|after|before)\s(?:dem\s|den\s|the\s)?#",
    r"[#§][\s.,-]{0,3}(?:the\s|den\s|der\s|dem\s)?\d{1,2}(?:\.(?!\d)|(?:st|nd|rd|th)\b)|\b\d{1,2}(?:\.|st|nd|rd|th)\s?[#§]",
    r"[#§]\s?/|/\s?[#§]|#\s?<months>\b|\b<months>\.?\s#",
    r"\b(?:every|jede[nrs]?|alle\s(?:zwei|drei|\d))\s(?:\w+\s){0,2}[#§]",
    rf"\b(?:keine?n?|no)\s(?:urlaub|frei|leave|vacation|holiday|pto)\b{NEAR}[#§]",
    r"#\sauf\s(?:den\s|dem\s)?#",  # von Dienstag auf Mittwoch
    r"[#§](?:\s?,)?\s\d{1,2}(?:[:.]\d\d)?\s?(?:uhr|h|pm|am)\b",
    r"[#§]\s(?:oder|or|und|and)\s(?:die\s|the\s)?(?:<beyond,next>)\s?(?:$|[,.;!?])",
    r"[#§][^#§a-z]{0,9}(?:[>/=|~]|\.\.)[^#§a-z]{0,9}[#§]",
)
MONTH = r"\b(?:<until,onward,somewhere_in>|to|von|im|in)\s(?:mid-?\s?)?(<months>)\b(?!\s(?:i|we)\b)"
BY_THE_HOUR = rf"{HOURS}{NEAR}[#§]|[#§]{NEAR}{HOURS}"
BETWEEN = r"\b(?:zwischen|between)(?:\s\w+)?\s?[#§]"


def doubtful(said: str, pieces: list[Piece], *, today: date, joined: bool) -> bool:
    """Whether something remains, in a text with these days, that leaves them open; `joined` is whether two of them
    make a range. What is said of days that are over opens no question."""
    rest = _marked(said, pieces, today)
    if any(pattern(form).search(rest) for form in FORMS):
        return True
    if re.search(r"stunde|std|hour|\dh", rest) and pattern(BY_THE_HOUR).search(rest):
        return True
    if not joined and re.search(BETWEEN, rest):
        return True
    months = {day.month for piece in pieces for day in (piece.first, piece.last)}
    if any(table("months")[name] not in months for name in pattern(MONTH).findall(rest)):
        return True
    between = re.findall(r"#\s([a-z]{1,5})\.?\s(?=#)", rest)
    if any(word not in _known() for word in between):
        return True
    beside = re.findall(r"[#§]\s?([a-z]{5,})|\b([a-z]{5,})\s?(?=[#§])", rest)
    return any(resembles_a_name(before or behind) for behind, before in beside)


def _marked(said: str, pieces: list[Piece], today: date) -> str:
    """With # for each named day, § for longer ones, % for those that are over."""
    for piece in pieces:
        mark = "%" if piece.last < today else "#" if piece.kind == "day" else "§"
        said = said[: piece.start] + mark * (piece.end - piece.start) + said[piece.end :]
    return said


@cache
def _known() -> frozenset[str]:
    return every_word() | {"plus", "sowie", "mit", "dann", "auch", "off", "frei", "with", "etwa", "dazu"}
