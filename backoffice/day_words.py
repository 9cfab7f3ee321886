"""What people type, made plain, and the months and numbers in it; German and English. Pure: no clock, no database."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache

from backoffice.day_slips import mended
from backoffice.day_tables import pattern, table, tables, words

LONGEST = 1000
"""Characters that are read: who writes more tells a story."""
LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "–": "-", "—": "-", "⁄": "/", "’": "'"})
ORDINAL = r"(?:\.|st\b|nd\b|rd\b|th\b|te[nrm]?\b)"
RANGE = r"(?:-|to|bis|until|untill|unitl|till?|through|thru)"
LINK = rf"\s?(?:{RANGE}|und|and|oder|or|sowie)\s?(?:(?:zum|am|der|den|dem|the)\s)?"
CLOCK = r"(\d{1,2})(?:[:.]([0-5]\d))?(?:\s?(uhr|h|pm|am(?!\s(?:\d|[a-z]+tag|mittwoch))|o'clock)\b)?"
ENDING = (
    r"(?:ende|end|rest)\s(?:of\s|der\s|des\s|dieser\s|dieses\s|the\s|this\s)*"
    r"(?:<weeks>|<months>|woche|week|monats|month|jahres|year)|monatsende|jahresende|wochenende|weekend"
)
MORNING_UNTIL_H, NOON_H, EVENING_H = (11, 14), (11, 16), (15, 20)
"""Hours by which a morning ends, an afternoon begins, and a working day ends."""


def plain(text: str, *, language: str = "") -> str:
    """Lower case, umlauts written out, ordinals in figures, one blank between words, slips of the keyboard mended."""
    said = unicodedata.normalize("NFKC", text[:LONGEST]).lower().translate(LETTERS)
    said = f" {' '.join(said.split())} "
    said = re.sub(r"[a-z]{4,}", lambda m: mended(m[0]), said)
    if language == "de" and ("do" in said or "so" in said):  # they are English words too
        said = re.sub(r"(?<!\bto[\s-])\bdo\b\.?(?!\s(?:you|i|we|not|it|the|this)\b)", "donnerstag", said)
        said = re.sub(r"(\bbis\s|\w-)so(?=\s?(?:$|[,.!?]))", r"\1sonntag", said)
    said = _spaced(said)
    said = pattern(r"\b<rewritten>\b").sub(lambda m: table("rewritten")[m[0]], said)
    if "morgen" in said or "mittag" in said:
        said = pattern(r"\b(<weekdays,relative>)\s?(morgen|vormittag|nachmittag)s?\b").sub(
            lambda m: f"{m[1]} {'vormittag' if m[2] == 'morgen' else m[2]}", said
        )
    return _figures(_clock(said))


def _spaced(said: str) -> str:
    """With the blanks and signs that were saved: "Mi/Do", "7.12.bis9.12.", "7dec-9dec", "Mo.", "24-12-2026"."""
    if re.search(r"\d[a-z]|[a-z]\d", said):
        said = pattern(r"(?<=\d)(?=<months>\b)").sub(" ", said)
        said = pattern(r"\b(<months>)(?=\d)").sub(r"\1 ", said)
    if re.search(r"\d", said):
        said = re.sub(r"(?<=[\d.])bis(?=[\s\d])|\bbis(?=\d)", " bis ", said)
        said = pattern(rf"\b(<weekdays>),?\s(?=\d{{1,2}}{ORDINAL}(?!\s?\d))").sub(r"\1 den ", said)
        if "," in said:
            said = re.sub(r"(?<=\d\.),(?=\d)|(?<=\d),(?=\d{1,2}\.\d)", ", ", said)
            said = pattern(r"\b(<months>\s\d{1,2}),(?=\d{1,2}\b)").sub(r"\1, ", said)
        if "-" in said:
            said = re.sub(r"\b(\d{1,2})-(\d{1,2})-(20\d\d)\b", r"\1.\2.\3", said)
            said = pattern(r"\b(<months>)\.?\s?-\s?(?=\d)").sub(r"\1 - ", said)
    if re.search(r"[&+/]", said):
        said = re.sub(r"(?<=[\w.])\s?[&+]\s?(?=\w)", " und ", said)
        said = re.sub(r"(\d\.)/(?=\d{1,2}\.)", r"\1 und ", said)
        said = pattern(r"\b(<weekdays>)\s?/\s?(?=<weekdays>\b)").sub(r"\1 und ", said)
    if "." in said:
        said = re.sub(r"\b(inkl|incl|einschl|zw|nachm|ca)\.", r"\1", said)
        said = re.sub(r"\b(mo|di|mi|do|fr|sa|so)\.,?(?=\s|,)", r"\1", said)
    if " am" in said:
        said = pattern(r"\b(<weekdays>)\s?am(?=\s?(?:$|[,.;!?]))").sub(r"\1 morning", said)
    if "week" in said or "woche" in said:
        said = pattern(r"\b(diese|<this,next,beyond>)\s(und|and)\s(?=<weeks>\b)").sub(
            lambda m: f"{m[1]} {'week' if m[2] == 'and' else 'woche'} {m[2]} ", said
        )
    return said


def _clock(said: str) -> str:
    """Times of day as the half that they leave: "ab 13 Uhr" is the afternoon, "von 10 bis 11 Uhr" neither half."""
    if not re.search(r"\d\s?(?:uhr|h|pm|am|o'clock)\b|\d:\d\d", said):
        return said
    said = re.sub(
        rf"\b(?:von|from|zwischen|between)\s{CLOCK}\s?(?:bis|to|until|till|und|and|-)\s?{CLOCK}(?![\d.])",
        lambda m: _half_between(_hour(m[1], m[3] or m[6]), _hour(m[4], m[6])),
        said,
    )
    said = re.sub(
        rf"\b(?:ab|from|after|nach)\s{CLOCK}(?![\d.])",
        lambda m: _half_after(_hour(m[1], m[3])) if m[2] or m[3] else m[0],
        said,
    )
    said = re.sub(rf"\b(?:um|gegen|at)\s{CLOCK}(?![\d.])", lambda m: "stundenweise" if m[2] or m[3] else m[0], said)
    return re.sub(
        rf"\b(?:bis|until|till|before|vor)\s{CLOCK}(?![\d.])",
        lambda m: _half_before(_hour(m[1], m[3])) if m[2] or m[3] else m[0],
        said,
    )


def _hour(figures: str, half: str | None) -> int:
    hour = int(figures)
    return hour + 12 if half == "pm" and hour < 12 else hour


def _half_between(first: int, last: int) -> str:
    if first < last <= MORNING_UNTIL_H[1] and last >= MORNING_UNTIL_H[0] and first <= 10:
        return "vormittag" if last - first >= 3 else "stundenweise"
    if NOON_H[0] <= first <= 14 and last >= EVENING_H[0]:
        return "nachmittag"
    return "ganztags" if first <= 10 and last >= EVENING_H[0] else "stundenweise"


def _half_after(hour: int) -> str:
    return "nachmittag" if NOON_H[0] < hour <= 15 else "stundenweise"


def _half_before(hour: int) -> str:
    return "vormittag" if MORNING_UNTIL_H[0] <= hour <= MORNING_UNTIL_H[1] else "stundenweise"


@cache
def _ordinal_forms() -> tuple[str, str]:
    german = "|".join(tables()["ordinals"]["de"])
    return (
        german,
        rf"(?:(?:{german})(?:e[nrms]?)|{'|'.join(sorted(tables()['ordinals']['en'], key=len, reverse=True))})",
    )


def _figures(said: str) -> str:
    """ "am fünften Dezember" -> "am 5. dezember"; "am ersten Tag" stays."""
    german, word = _ordinal_forms()
    said = pattern(rf"\b((?:{german})e[nrm]?)\s((?:{german})e[nrm]?)\b").sub(
        lambda m: f"{nth(m[1])}. {nth(m[2])}.", said
    )
    said = pattern(rf"\b({word})(?=\s(?:of\s)?<months>\b)").sub(lambda m: f"{nth(m[1])}.", said)
    said = pattern(rf"\b({word})(?={LINK}\d)").sub(lambda m: f"{nth(m[1])}.", said)
    ahead = r"(?=\s?(?:$|[,;!?-]|(?:bis|und|to|and|until|till|through)\b))"
    return pattern(rf"\b((?:am|der|den|dem|vom|zum|the)\s)({word}){ahead}").sub(lambda m: f"{m[1]}{nth(m[2])}.", said)


def nth(word: str) -> int:
    """3 of "3.", "3rd", "dritten", "third"; 0 of other words."""
    if figures := re.match(r"\d+", word):
        return int(figures[0])
    nths = table("ordinals")
    return int(nths.get(word) or nths.get(re.sub(r"e[nrms]?$", "", word)) or 0)


def number(said: str) -> float:
    """12, zwölf, 2,5, anderthalb."""
    return float(table("numbers").get(said) or said.replace(",", "."))


def month_in(text: str, *, today: date) -> tuple[int, int | None] | None:
    """The month that a text names and its year, None where it is not said; None when no month is named."""
    said = plain(text)
    if found := re.search(r"\b(0?[1-9]|1[0-2])\s?[./]\s?(20\d\d)\b", said):
        return int(found[1]), int(found[2])
    if found := re.search(r"\b(20\d\d)-(0[1-9]|1[0-2])\b", said):
        return int(found[2]), int(found[1])
    if found := pattern(r"\b<months_ago>\b").search(said):
        there = today.year * 12 + today.month - 1 - int(table("months_ago")[found[0]])
        return there % 12 + 1, there // 12
    if found := pattern(r"\b(<months>)\b(?!\s(?:i|we)\b)\.?(?:\s(20\d\d))?").search(said):
        return int(table("months")[found[1]]), int(found[2]) if found[2] else None
    return None


@cache
def _words_of_days() -> frozenset[str]:
    kinds = (
        "weekdays",
        "months",
        "relative",
        "weeks",
        "next",
        "beyond",
        "this",
        "last",
        "until",
        "parts",
        "edges",
        "numbers",
        "beside",
    )
    return frozenset(word for kind in kinds for said in table(kind) for word in re.findall("[a-z]+", said))


def only_days(text: str) -> bool:
    """Whether a text names days and says nothing else ("nein, vom 2. bis 4. Januar bitte")."""
    said = pattern(rf"\b(?:<feasts,bridge>|{ENDING})\b").sub("1", plain(text))
    named = set(re.findall("[a-z]+", said))
    days = named - table("beside").keys() or re.search(r"\d", said)
    return bool(days) and named <= _words_of_days()


def nearest_year(month: int, *, today: date) -> int:
    """The year of a month that is named alone: at most six months back, else ahead."""
    now, ago = today.year * 12 + today.month - 1, (today.month - month) % 12
    return (now - ago if ago <= 6 else now + 12 - ago) // 12


__all__ = ["month_in", "nearest_year", "nth", "number", "only_days", "plain", "words"]
