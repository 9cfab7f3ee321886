"""The pieces of a plain text that name a day or some days; `dates` says how they belong together. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from backoffice.day_tables import pattern, table
from backoffice.day_words import LINK, ORDINAL

Calendar = Callable[[date], bool]
UNITS = r"\s?(?:(?:uhr|tage?n?|days?|woche\w*|weeks?|stunde\w*|hours?|h|euro|eur|gb|mb)\b|[%€])"
NAMED = r"(?:<weekdays>,?\s(?:den\s|dem\s|der\s|the\s)?)?"
SOON = timedelta(days=184)
"""12/7 is the one of its two readings that lies so near."""
PAST_DAYS = 60
"""A date without its year may lie so far back; after the turn of the year only when one tells of what is over."""


class ImpossibleDate(ValueError):
    """A day that is in no calendar; `said` is how it was written."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said.strip()


class Unsure(ValueError):
    """A careful person would ask back: `said` can be read in more than one way, or not at all."""


@dataclass(frozen=True)
class Sent:
    """When a text was sent, in which language (""  when it is not known), by somebody who works on which days."""

    on: date
    language: str
    calendar: Calendar
    past: bool = False
    """It tells of what is over ("war", "since")."""


@dataclass(frozen=True)
class Piece:
    """Days that are named between two places of a text; `open` is what had to be guessed: a bare weekday's week, a
    "next" weekday's, a bare day's month, a date's year. `ends` is what ends with the last day, whichever that is."""

    start: int
    end: int
    first: date
    last: date
    kind: Literal["day", "week", "period"] = "day"
    open: Literal["nothing", "week", "next", "month", "year"] = "nothing"
    ends: Literal["", "week", "month", "year"] = ""


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


def coming(month: int, day: int, sent: Sent, said: str) -> date:
    """The day without its year: this year, or next year when it is more than two months past."""
    year = sent.on.year
    if (month, day) == (2, 29):
        return day_of(year + -year % 4, 2, 29, said)
    here = day_of(year, month, day, said)
    before = here.replace(year=year - 1)
    if sent.past and here > sent.on and (sent.on - before).days <= PAST_DAYS:
        return before
    return here if (sent.on - here).days <= PAST_DAYS else here.replace(year=year + 1)


def _iso(said: str, sent: Sent) -> Iterator[Piece]:
    for m in re.finditer(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", said):
        day = day_of(int(m[1]), int(m[2]), int(m[3]), m[0])
        yield Piece(m.start(), m.end(), day, day)


def _dotted(said: str, sent: Sent) -> Iterator[Piece]:
    """24.12., 24.12, 1.1.27, 23.-27.12., am 1. und 3.12."""
    if "." not in said:
        return
    before = rf"(?<![\w.,:/])(?<![a-z]-)(?P<more>(?:\d{{1,2}}\.?(?:,\s|{LINK}){NAMED})*)(?P<day>\d{{1,2}})\.\s?"
    for m in pattern(
        rf"{before}(?P<month>\d{{1,2}})(?P<dot>\.(?:\s?(?P<year>\d{{4}})|(?P<short>\d\d))?)?(?!\d|\.\d)"
    ).finditer(said):
        sure = m["dot"] is not None  # 12.30 is a time, 2.5 is a number
        if not sure and (
            not 1 <= int(m["month"]) <= 12
            or not 1 <= int(m["day"]) <= 31
            or re.match(UNITS, said[m.end() :])
            or pattern(r"\b<numbered>\s$").search(said[: m.start()])
        ):
            continue
        yield from _listed(m, m["more"], m["day"], int(m["month"]), m["year"] or m["short"], sent)


def _named(said: str, sent: Sent) -> Iterator[Piece]:
    """23. Dezember, 3rd of December 2026, 23 to 27 Dec; December 23, Dec 23 to 27."""
    named = table("months")
    if not re.search(r"\d", said) or not pattern(r"\b<months>\b").search(said):
        return
    before = (
        rf"(?<![\w.,:/])(?<![a-z]-)(?P<more>(?:\d{{1,2}}{ORDINAL}?(?:,\s|{LINK}){NAMED})*)(?P<day>\d{{1,2}}){ORDINAL}?"
    )
    year = r"(?:\.?,?\s?(?P<year>\d{4})\b|\.?\s?(?P<short>2\d)\b(?!{LINK}|[.:/]|\s<months>))?".replace("{LINK}", LINK)
    for m in pattern(rf"{before}\s?(?:of\s)?(?P<month><months>)\b\.?{year}").finditer(said):
        yield from _listed(m, m["more"], m["day"], named[m["month"]], m["year"] or m["short"], sent)
    day = rf"\d{{1,2}}{ORDINAL}(?!\d)|\d{{1,2}}\b(?!:|{UNITS})"
    after = rf"(?P<more>(?:{day})(?:(?:,\s|{LINK})(?:{day})(?!\s?(?:of\s)?<months>\b))*)(?:,?\s(?P<year>\d{{4}})\b)?"
    for m in pattern(rf"\b(?P<month><months>)\.?\s(?:the\s)?{after}").finditer(said):
        yield from _listed(m, m["more"], None, named[m["month"]], m["year"], sent)


def _listed(m: re.Match[str], more: str, day: str | None, month: int, year: str | None, sent: Sent) -> Iterator[Piece]:
    """Each day that stands with one month, as a piece of its own; what stands around counts to the outer ones."""
    days = [
        (m.start("more") + hit.start(), m.start("more") + hit.end(), hit[1])
        for hit in re.finditer(rf"(\d+){ORDINAL}?", more)
    ]
    if day:
        days.append((m.start("day"), m.end(), day))
    last = days[-1]
    for start, end, figures in days:
        number = int(figures)
        when = day_of(int(year), month, number, m[0]) if year else coming(month, number, sent, m[0])
        begin = m.start() if start == days[0][0] else start
        yield Piece(begin, m.end() if start == last[0] else end, when, when, open="nothing" if year else "year")


def _slashed(said: str, sent: Sent) -> Iterator[Piece]:
    """Day and month, unless all of them are sooner, or only possible, as month and day.

    In English, two readings that are near at hand are not decided (V22 of the trust page): 3/12.
    """
    if "/" not in said:
        return
    form = r"(?<![\d/.,])(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/])(?!\s?(?:tag|day))"
    hits = list(re.finditer(form, said))

    def read(m: re.Match[str], day: str, month: str) -> date:
        return day_of(int(m[3]), int(month), int(day), m[0]) if m[3] else coming(int(month), int(day), sent, m[0])

    def soon(day: int, month: int) -> bool:
        try:
            return all(sent.on <= read(m, m[day], m[month]) <= sent.on + SOON for m in hits)
        except ImpossibleDate:
            return False

    day_first, month_first = soon(1, 2), soon(2, 1)
    if sent.language == "en" and day_first and month_first and any(m[1] != m[2] for m in hits):
        raise Unsure(said)
    american = any(int(m[2]) > 12 for m in hits) or (not day_first and month_first)
    for m in hits:
        when = read(m, m[2], m[1]) if american and int(m[1]) <= 12 else read(m, m[1], m[2])
        yield Piece(m.start(), m.end(), when, when, open="nothing" if m[3] else "year")


def _bare(said: str, sent: Sent) -> Iterator[Piece]:
    """am 24., the 24th, vom 15. bis zum 17., 15th - 17th: the coming ones."""
    prefix = r"(?:der|den|am|dem|vom|zum|the)\s"
    named = r"(?!\w*mittag)\w*tag\b|<weekdays>\b|day|woche|week|monat|month|quart|half|haelfte|kw|kalender"
    noun = rf"(?!\w|\s?\d|\s(?:{named}))"
    for m in pattern(
        rf"(?<![\w.,:/])(?<![a-z]-)(?:{prefix}|(?<=\bbis\s)(?=\d)|(?=\d{{1,2}}{ORDINAL}{LINK}\d))\d{{1,2}}{ORDINAL}(?:{LINK}\d{{1,2}}{ORDINAL})*{noun}"
    ).finditer(said):
        for hit in re.finditer(rf"(?:{prefix})?(\d{{1,2}}){ORDINAL}", m[0]):
            day = next((day for day in days_from(sent.on, 62) if day.day == int(hit[1])), None)
            if day is None:
                raise ImpossibleDate(hit[0])
            yield Piece(m.start() + hit.start(), m.start() + hit.end(), day, day, open="month")


def last_of_month(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def days_from(day: date, count: int) -> Iterator[date]:
    """So many days in a row."""
    return (day + timedelta(days=ahead) for ahead in range(count))


def days_between(first: date, last: date) -> Iterator[date]:
    """The days behind the first and before the last."""
    return days_from(first + timedelta(days=1), min((last - first).days - 1, PAST_DAYS))


READERS = (_iso, _dotted, _named, _slashed, _bare)
"""The most exact first."""
