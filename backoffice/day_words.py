"""The pieces of what people type that name a day or some days, in German and English; `dates` says how they belong
together. Pure: no clock, no database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

LONGEST = 1000
"""Characters that are read: who writes more tells a story."""
LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "–": "-", "—": "-", "⁄": "/", "’": "'"})
ORDINAL = r"(?:\.|st\b|nd\b|rd\b|th\b|te[nrm]?\b)"
RANGE = r"(?:-|bis|to|until|till|through|thru)"
LINK = rf"\s?(?:{RANGE}|und|and|oder|or|sowie)\s?(?:(?:zum|am|der|den|dem|the)\s)?"
UNITS = r"\s?(?:(?:uhr|tage?n?|days?|woche\w*|weeks?|stunde\w*|hours?|h|euro|eur|gb|mb)\b|[%€])"
SOON = timedelta(days=184)
"""12/7 is the one of its two readings that lies so near."""


class ImpossibleDate(ValueError):
    """A day that is in no calendar; `said` is how it was written."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said.strip()


@dataclass(frozen=True)
class Piece:
    """Days that are named between two places of a text; `open` is what had to be guessed: a bare weekday's week, a
    "next" weekday's, a bare day's month, a date's year."""

    start: int
    end: int
    first: date
    last: date
    kind: Literal["day", "week", "period"] = "day"
    open: Literal["nothing", "week", "next", "month", "year"] = "nothing"


@cache
def table(name: str) -> dict[str, Any]:
    """A table of words of all languages at once: people mix them."""
    return {str(word): value for words in _tables()[name].values() for word, value in words.items()}


@cache
def _tables() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "dates.yml").read_text(encoding="utf-8"))
    return content


@cache
def words(*names: str) -> str:
    """The words of tables as alternatives of a pattern, the longest first."""
    return "|".join(sorted((re.escape(word) for name in names for word in table(name)), key=len, reverse=True))


def plain(text: str, *, language: str = "") -> str:
    """Lower case, umlauts and ordinals written out as figures, one blank between words."""
    said = unicodedata.normalize("NFKC", text[:LONGEST]).lower().translate(LETTERS)
    said = f" {' '.join(said.split())} "
    said = re.sub(rf"\b({words('rewritten')})\b", lambda m: table("rewritten")[m[1]], said)
    said = re.sub(
        rf"\b({words('weekdays', 'relative')})\s?(morgen|vormittag|nachmittag)s?\b",
        lambda m: f"{m[1]} {'vormittag' if m[2] == 'morgen' else m[2]}",
        said,
    )
    if language == "de":  # "do" and "so" are English words too
        said = re.sub(r"(\b(?:bis|und|am|woche)\s|-\s?)do\b", r"\1donnerstag", said)
        said = re.sub(r"\bdo(?=\s?(?:bis\b|und\b|-))", "donnerstag", said)
        said = re.sub(r"(\bbis\s|\w-)so(?=\s?(?:$|[,.!?]))", r"\1sonntag", said)
    return _figures(said)


def _figures(said: str) -> str:
    """ "am fünften Dezember" -> "am 5. dezember"; "am ersten Tag" stays."""
    german = "|".join(_tables()["ordinals"]["de"])
    word = rf"(?:(?:{german})(?:e[nrms]?)|{'|'.join(sorted(_tables()['ordinals']['en'], key=len, reverse=True))})"
    said = re.sub(rf"\b((?:{german})e[nrm]?)\s((?:{german})e[nrm]?)\b", lambda m: f"{_nth(m[1])}. {_nth(m[2])}.", said)
    said = re.sub(rf"\b({word})(?=\s(?:of\s)?(?:{words('months')})\b)", lambda m: f"{_nth(m[1])}.", said)
    said = re.sub(rf"\b({word})(?={LINK}\d)", lambda m: f"{_nth(m[1])}.", said)
    ahead = r"(?=\s?(?:$|[,;!?-]|(?:bis|und|to|and|until|till|through)\b))"
    return re.sub(rf"\b((?:am|der|den|dem|vom|zum|the)\s)({word}){ahead}", lambda m: f"{m[1]}{_nth(m[2])}.", said)


def _nth(word: str) -> int:
    nths = table("ordinals")
    return int(nths.get(word) or nths.get(re.sub(r"e[nrms]?$", "", word)) or 0)


def day_of(year: int, month: int, day: int, said: str) -> date:
    """Raises ImpossibleDate for what is in no calendar of this century."""
    if year < 100:
        year += 2000
    if not 2000 <= year <= 2100:
        raise ImpossibleDate(said)
    try:
        return date(year, month, day)
    except ValueError:
        raise ImpossibleDate(said) from None


def _coming(month: int, day: int, sent_on: date, said: str) -> date:
    """The day without its year: this year, or next year when it is more than two months past."""
    try:
        here = day_of(sent_on.year, month, day, said)
    except ImpossibleDate:
        if (month, day) != (2, 29):
            raise
        return day_of(sent_on.year + (4 - sent_on.year % 4), 2, 29, said)
    return here if (sent_on - here).days <= 60 else day_of(sent_on.year + 1, month, day, said)


def pieces_in(said: str, sent_on: date) -> list[Piece]:
    """All pieces of a plain text in their order; where two overlap, the more exact one. Raises ImpossibleDate."""
    found: list[Piece] = []
    for reader in (_iso, _dotted, _named, _slashed, _bare, _periods, _weeks, _relative, _weekdays):
        for piece in reader(said, sent_on):
            if all(piece.end <= known.start or known.end <= piece.start for known in found):
                found.append(piece)
    return sorted(found, key=lambda piece: piece.start)


def _iso(said: str, sent_on: date) -> Iterator[Piece]:
    for m in re.finditer(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", said):
        day = day_of(int(m[1]), int(m[2]), int(m[3]), m[0])
        yield Piece(m.start(), m.end(), day, day)


def _dotted(said: str, sent_on: date) -> Iterator[Piece]:
    """24.12., 24.12, 1.1.27, 23.-27.12., am 1. und 3.12."""
    before = rf"(?<![\w.,:/])(?<![a-z]-)(?P<more>(?:\d{{1,2}}\.?{LINK})*)(?P<day>\d{{1,2}})\.\s?"
    for m in re.finditer(
        rf"{before}(?P<month>\d{{1,2}})(?:(\.)(?:\s?(?P<year>\d{{4}})|(?P<short>\d\d))?)?(?!\d|\.\d)", said
    ):
        sure = m[4] is not None  # 12.30 is a time, 2.5 is a number
        if not sure and (
            not 1 <= int(m["month"]) <= 12 or not 1 <= int(m["day"]) <= 31 or re.match(UNITS, said[m.end() :])
        ):
            continue
        yield from _listed(m, m["more"], m["day"], int(m["month"]), m["year"] or m["short"], sent_on)


def _named(said: str, sent_on: date) -> Iterator[Piece]:
    """23. Dezember, 3rd of December 2026, 23 to 27 Dec; December 23, Dec 23 to 27."""
    months, named = words("months"), table("months")
    before = rf"(?<![\w.,:/])(?<![a-z]-)(?P<more>(?:\d{{1,2}}{ORDINAL}?(?:,\s|{LINK}))*)(?P<day>\d{{1,2}}){ORDINAL}?"
    for m in re.finditer(rf"{before}\s?(?:of\s)?(?P<month>{months})\b\.?(?:,?\s(?P<year>\d{{4}})\b)?", said):
        yield from _listed(m, m["more"], m["day"], named[m["month"]], m["year"], sent_on)
    day = rf"\d{{1,2}}\b(?!:|{UNITS})|\d{{1,2}}{ORDINAL}"
    after = rf"(?P<more>(?:{day})(?:{LINK}(?:{day}))*)(?:,?\s(?P<year>\d{{4}})\b)?"
    for m in re.finditer(rf"\b(?P<month>{months})\.?\s(?:the\s)?{after}", said):
        yield from _listed(m, m["more"], None, named[m["month"]], m["year"], sent_on)


def _listed(
    m: re.Match[str], more: str, day: str | None, month: int, year: str | None, sent_on: date
) -> Iterator[Piece]:
    """Each day that stands with one month, as a piece of its own; what stands around counts to the outer ones."""
    days = [(m.start("more") + hit.start(), m.start("more") + hit.end(), hit[0]) for hit in re.finditer(r"\d+", more)]
    if day:
        days.append((m.start("day"), m.end(), day))
    last = days[-1]
    for start, end, figures in days:
        number = int(figures)
        when = day_of(int(year), month, number, m[0]) if year else _coming(month, number, sent_on, m[0])
        begin = m.start() if start == days[0][0] else start
        yield Piece(begin, m.end() if start == last[0] else end, when, when, open="nothing" if year else "year")


def _slashed(said: str, sent_on: date) -> Iterator[Piece]:
    """Day and month, unless all of them are sooner, or only possible, as month and day."""
    pattern = r"(?<![\d/.,])(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/])(?!\s?(?:tag|day))"
    hits = list(re.finditer(pattern, said))

    def read(m: re.Match[str], day: str, month: str) -> date:
        return day_of(int(m[3]), int(month), int(day), m[0]) if m[3] else _coming(int(month), int(day), sent_on, m[0])

    def soon(day: int, month: int) -> bool:
        try:
            return all(sent_on <= read(m, m[day], m[month]) <= sent_on + SOON for m in hits)
        except ImpossibleDate:
            return False

    month_first = any(int(m[2]) > 12 for m in hits) or (not soon(1, 2) and soon(2, 1))
    for m in hits:
        when = read(m, m[2], m[1]) if month_first and int(m[1]) <= 12 else read(m, m[1], m[2])
        yield Piece(m.start(), m.end(), when, when, open="nothing" if m[3] else "year")


def _bare(said: str, sent_on: date) -> Iterator[Piece]:
    """am 24., the 24th, vom 15. bis zum 17., 15th - 17th: the coming ones."""
    prefix = r"(?:der|den|am|dem|vom|zum|the)\s"
    noun = r"(?!\w|\s?\d|\s(?:tag|day|woche|week|monat|month|quart|half|haelfte))"
    for m in re.finditer(
        rf"(?<![\w.,:/])(?<![a-z]-)(?:{prefix}|(?<=\bbis\s)(?=\d)|(?=\d{{1,2}}{ORDINAL}{LINK}\d))\d{{1,2}}{ORDINAL}(?:{LINK}\d{{1,2}}{ORDINAL})*{noun}",
        said,
    ):
        for hit in re.finditer(rf"(?:{prefix})?(\d{{1,2}}){ORDINAL}", m[0]):
            day = next((day for day in _from(sent_on, 62) if day.day == int(hit[1])), None)
            if day is None:
                raise ImpossibleDate(hit[0])
            yield Piece(m.start() + hit.start(), m.start() + hit.end(), day, day, open="month")


def _from(day: date, count: int) -> Iterator[date]:
    return (day + timedelta(days=ahead) for ahead in range(count))


def _periods(said: str, sent_on: date) -> Iterator[Piece]:
    for m in re.finditer(rf"\b({words('periods')})\b", said):
        (month, day), (last_month, last_day) = (map(int, edge.split("-")) for edge in table("periods")[m[1]])
        start = _coming(month, day, sent_on, m[0])
        end = day_of(start.year, last_month, last_day, m[0])
        yield Piece(m.start(), m.end(), start, end, "day" if start == end else "period", "year")


def _weeks(said: str, sent_on: date) -> Iterator[Piece]:
    monday = sent_on - timedelta(days=sent_on.weekday())
    of_month = rf"(?!\s(?:of|in|im|des|vom)\s(?:the\s|this\s)?(?:{words('months')}|month|monats?|year|jahr\w*)\b)"
    for m in re.finditer(rf"\b({words('weeks')})\b{of_month}", said):
        yield _week(m.start(), m.end(), monday + timedelta(weeks=table("weeks")[m[1]]))
    for m in re.finditer(rf"\bin\s(\d{{1,2}}|{words('numbers')})\s(?:wochen?|weeks?)\b", said):
        yield _week(m.start(), m.end(), monday + timedelta(weeks=int(number(m[1]))))
    for m in re.finditer(
        rf"\b(?:kw|cw|weeks?|kalenderwochen?)\s?\d{{1,2}}(?:{LINK}(?:kw\s?)?\d{{1,2}})*\b(?!\.)", said
    ):
        for hit in re.finditer(r"\d+", m[0]):
            start = m.start() if hit.start() < 15 and hit[0] == re.findall(r"\d+", m[0])[0] else m.start() + hit.start()
            yield _week(start, m.start() + hit.end(), _calendar_week(int(hit[0]), sent_on, m[0]))


def _week(start: int, end: int, monday: date) -> Piece:
    return Piece(start, end, monday, monday + timedelta(days=4), "week")


def _calendar_week(week: int, sent_on: date, said: str) -> date:
    """Its Monday, in this year or, when it is over, in the next."""
    try:
        monday = date.fromisocalendar(sent_on.year, week, 1)
    except ValueError:
        raise ImpossibleDate(said) from None
    if monday + timedelta(days=6) < sent_on:
        return date.fromisocalendar(sent_on.year + 1, min(week, 52), 1)
    return monday


def _relative(said: str, sent_on: date) -> Iterator[Piece]:
    for m in re.finditer(rf"\b({words('relative')})\b", said):
        day = sent_on + timedelta(days=table("relative")[m[1]])
        yield Piece(m.start(), m.end(), day, day)
    count = rf"(\d{{1,3}}|{words('numbers')})\s(?:tagen?|days?)"
    for m in re.finditer(rf"\b(?:(in|vor)\s{count}|{count}\s(ago))\b", said):
        ahead = int(number(m[2] or m[3])) * (1 if m[1] == "in" else -1)
        day = sent_on + timedelta(days=ahead)
        yield Piece(m.start(), m.end(), day, day)


def _weekdays(said: str, sent_on: date) -> Iterator[Piece]:
    which = rf"(?:({words('next')})|({words('this')})|({words('last')}))\s"
    for m in re.finditer(rf"\b(?:{which})?({words('weekdays')})\b", said):
        ahead = (table("weekdays")[m[4]] - sent_on.weekday()) % 7
        if m[1] and ahead < table("next")[m[1]]:
            ahead += 7
        if m[3]:
            ahead -= 7
        day = sent_on + timedelta(days=ahead)
        yield Piece(m.start(), m.end(), day, day, open="next" if m[1] else "nothing" if m[2] or m[3] else "week")


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
    if found := re.search(rf"\b({words('months_ago')})\b", said):
        there = today.year * 12 + today.month - 1 - int(table("months_ago")[found[1]])
        return there % 12 + 1, there // 12
    if found := re.search(rf"\b({words('months')})\b(?!\s(?:i|we)\b)\.?(?:\s(20\d\d))?", said):
        return int(table("months")[found[1]]), int(found[2]) if found[2] else None
    return None


@cache
def _words_of_days() -> frozenset[str]:
    names = (
        "weekdays",
        "months",
        "relative",
        "weeks",
        "next",
        "this",
        "last",
        "until",
        "periods",
        "parts",
        "edges",
        "numbers",
        "beside",
    )
    return frozenset(word for name in names for said in table(name) for word in re.findall("[a-z]+", said))


def only_days(text: str) -> bool:
    """Whether a text names days and says nothing else ("nein, vom 2. bis 4. Januar bitte")."""
    said = plain(text)
    named = set(re.findall("[a-z]+", said))
    names = named - table("beside").keys() or re.search(r"\d", said)
    return bool(names) and named <= _words_of_days()


def nearest_year(month: int, *, today: date) -> int:
    """The year of a month that is named alone: at most six months back, else ahead."""
    now, ago = today.year * 12 + today.month - 1, (today.month - month) % 12
    return (now - ago if ago <= 6 else now + 12 - ago) // 12
