"""Reads days out of what people type, in German and English. Pure: no clock, no database.

"vom 23.12. bis 3.1.", "nächste Woche Mi", "next Friday", "Dec 23 to 27", "KW 51", "zwischen den Jahren".
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from backoffice.day_words import UMLAUTS, Part, alternatives, part_in, pattern

BARE_DAY = r"\b(?:der|den|am|dem|vom|zum|bis|und|the|and|to)\s(\d{1,2})(?:\.|st|nd|rd|th)(?!\s?\d)"


class ImpossibleDate(ValueError):
    """A day that is in no calendar; `said` is how it was written."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class ReversedRange(ValueError):
    """The end lies before the beginning."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"{first} to {last}")
        self.first, self.last = first, last


@dataclass(frozen=True)
class Candidate:
    """Inclusive days; `precise` is False for weeks and months, which should be read back with extra care."""

    first: date
    last: date
    first_part: Part = "full"
    last_part: Part = "full"
    days: int | None = None
    precise: bool = True


@dataclass(frozen=True)
class _Found:
    start: int
    end: int
    candidate: Candidate
    has_year: bool = True


def parse(
    text: str, *, language: str, sent_on: date, calendar: Callable[[date], bool], near: date | None = None
) -> list[Candidate]:
    """What days are meant, best guess first; [] when none. Raises ImpossibleDate, ReversedRange.

    `near` is a day that was talked about before: a bare weekday is then that of its week, "the 24th" that of its month.
    """
    plain = " " + text.lower().translate(UMLAUTS)[:500] + " "
    found = _find(plain, language, sent_on)
    if not found:
        return []
    if near:
        found = [_moved(plain, hit, near, sent_on, alone=len(found) == 1) for hit in found]
    first = found[0]
    candidate = first.candidate
    if len(found) > 1:
        candidate = _join(plain, found[0], found[1], sent_on)
    elif _is_end(plain, first):
        candidate = replace(candidate, first=near if near and near <= candidate.last else sent_on)
    if days := _duration(plain):
        candidate = replace(candidate, last=_after(candidate.first, days, calendar), days=days)
    return [_with_part(plain, candidate)]


def _is_end(plain: str, hit: _Found) -> bool:
    """ "bis Mittwoch", "until the 16th"."""
    until, said = rf"\b({pattern('until')})", plain[hit.start : hit.end]
    return bool(re.search(rf"{until}\s*$", plain[: hit.start].rstrip()) or re.match(rf"{until}\b", said.lstrip()))


def _moved(plain: str, hit: _Found, near: date, sent_on: date, *, alone: bool) -> _Found:
    """What is said without week or month, beside the day that was talked about; never into the past."""
    said, day = plain[hit.start : hit.end], hit.candidate.first
    if alone and re.fullmatch(pattern("weekdays"), said):
        day = near + timedelta(days=day.weekday() - near.weekday())
    elif re.fullmatch(BARE_DAY, said) and day.day <= monthrange(near.year, near.month)[1]:
        day = near.replace(day=day.day)
    else:
        return hit
    return replace(hit, candidate=Candidate(day, day)) if day >= sent_on else hit


def _join(plain: str, one: _Found, other: _Found, sent_on: date) -> Candidate:
    first, last = one.candidate.first, other.candidate.last
    between = plain[one.end : other.start]
    if re.search(r"doch|sondern|i mean|rather|instead|lieber", between):
        return other.candidate
    if last < first:
        if one.has_year and other.has_year:
            raise ReversedRange(first, last)
        last = _year_after(last, first)
    return Candidate(first, last, precise=one.candidate.precise and other.candidate.precise)


def _year_after(day: date, not_before: date) -> date:
    rolled = _day(day.year + 1, day.month, day.day, str(day))
    if (rolled - not_before).days > 200:
        raise ReversedRange(not_before, day)
    return rolled


def _find(plain: str, language: str, sent_on: date) -> list[_Found]:
    found: list[_Found] = []
    for reader in (_iso, _spans, _numeric, _named_months, _periods, _weeks, _relative, _weekdays, _bare_days):
        for hit in reader(plain, language, sent_on):
            if all(hit.end <= known.start or known.end <= hit.start for known in found):
                found.append(hit)
    found = _inside_week(plain, sorted(found, key=lambda hit: hit.start))
    return [hit for hit, later in zip(found, [*found[1:], None]) if later is None or not _names(plain, hit, later)]


def _inside_week(plain: str, found: list[_Found]) -> list[_Found]:
    """ "next week, Wednesday to Friday": the days are those of the week that is named with them."""
    weeks = [hit for hit in found if not hit.candidate.precise and (hit.candidate.last - hit.candidate.first).days == 4]
    days = [hit for hit in found if re.fullmatch(pattern("weekdays"), plain[hit.start : hit.end])]
    if len(weeks) != 1 or not days:
        return found
    monday = weeks[0].candidate.first
    moved = {hit.start: monday + timedelta(days=hit.candidate.first.weekday()) for hit in days}
    return [
        replace(hit, candidate=Candidate(moved[hit.start], moved[hit.start])) if hit.start in moved else hit
        for hit in found
        if hit is not weeks[0]
    ]


def _names(plain: str, weekday: _Found, day: _Found) -> bool:
    """Whether a weekday only introduces the date behind it: "Wednesday, 2 December"."""
    is_weekday = re.fullmatch(pattern("weekdays"), plain[weekday.start : weekday.end])
    between = plain[weekday.end : day.start].strip(" ,")
    return (
        bool(is_weekday) and between in ("", "den", "der", "dem", "the") and day.candidate.first == day.candidate.last
    )


def _day(year: int, month: int, day: int, said: str) -> date:
    if year < 100:
        year += 2000
    if not 2000 <= year <= 2100:
        raise ImpossibleDate(said.strip())
    try:
        return date(year, month, day)
    except ValueError:
        raise ImpossibleDate(said.strip()) from None


def _coming(month: int, day: int, sent_on: date, said: str) -> date:
    """The day without its year: this year, or next year when it is more than two months past."""
    try:
        here = _day(sent_on.year, month, day, said)
    except ImpossibleDate:
        if (month, day) != (2, 29):
            raise
        return _day(sent_on.year + (4 - sent_on.year % 4), 2, 29, said)
    return here if (sent_on - here).days <= 60 else _day(sent_on.year + 1, month, day, said)


def _single(match: re.Match[str], day: date, *, has_year: bool = True) -> _Found:
    return _Found(match.start(), match.end(), Candidate(day, day), has_year)


def _iso(plain: str, language: str, sent_on: date) -> list[_Found]:
    hits = re.finditer(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", plain)
    return [_single(m, _day(int(m[1]), int(m[2]), int(m[3]), m[0])) for m in hits]


def _spans(plain: str, language: str, sent_on: date) -> list[_Found]:
    """23.-27.12., 23. bis 27. Dezember, December 23 to 27."""
    months, sep = pattern("months"), r"\.?\s*(?:-|bis|to|until|through|und|and)\s*"
    found = []
    ordinal, named = r"(?:st|nd|rd|th)?", rf"(?:st|nd|rd|th|\.)?\s?(?:of\s)?({months})\b"
    for m in re.finditer(
        rf"(?<![\d.])(\d{{1,2}}){ordinal}{sep}(\d{{1,2}})(?:\.\s?(\d{{1,2}})\.|{named})\s?(\d{{4}})?", plain
    ):
        month = int(m[3]) if m[3] else alternatives("months")[m[4]]
        found.append(_span(m, int(m[1]), int(m[2]), month, m[5], sent_on))
    for m in re.finditer(rf"\b({months})\.?\s(\d{{1,2}})(?:st|nd|rd|th)?{sep}(\d{{1,2}})(?:st|nd|rd|th)?\b", plain):
        found.append(_span(m, int(m[2]), int(m[3]), alternatives("months")[m[1]], None, sent_on))
    return found


def _span(m: re.Match[str], one: int, other: int, month: int, year: str | None, sent_on: date) -> _Found:
    first = _day(int(year), month, one, m[0]) if year else _coming(month, one, sent_on, m[0])
    last = _day(first.year, month, other, m[0])
    if last < first:
        raise ReversedRange(first, last)
    return _Found(m.start(), m.end(), Candidate(first, last), has_year=bool(year))


def _numeric(plain: str, language: str, sent_on: date) -> list[_Found]:
    found = []
    for m in re.finditer(r"(?<![\d.,])(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2}))?(?![\d])", plain):
        if m[3]:
            found.append(_single(m, _day(int(m[3]), int(m[2]), int(m[1]), m[0])))
        else:
            found.append(_single(m, _coming(int(m[2]), int(m[1]), sent_on, m[0]), has_year=False))
    for m in re.finditer(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/])", plain):
        day, month = (int(m[2]), int(m[1])) if int(m[2]) > 12 else (int(m[1]), int(m[2]))
        when = _day(int(m[3]), month, day, m[0]) if m[3] else _coming(month, day, sent_on, m[0])
        found.append(_single(m, when, has_year=bool(m[3])))
    return found


def _named_months(plain: str, language: str, sent_on: date) -> list[_Found]:
    months, table = pattern("months"), alternatives("months")
    found = []
    for m in re.finditer(rf"\b(\d{{1,2}})(?:\.|st|nd|rd|th)?\s(?:of\s)?({months})\b\.?(?:\s(\d{{4}}))?", plain):
        day = _day(int(m[3]), table[m[2]], int(m[1]), m[0]) if m[3] else _coming(table[m[2]], int(m[1]), sent_on, m[0])
        found.append(_single(m, day, has_year=bool(m[3])))
    for m in re.finditer(rf"\b({months})\.?\s(\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s(\d{{4}}))?", plain):
        day = _day(int(m[3]), table[m[1]], int(m[2]), m[0]) if m[3] else _coming(table[m[1]], int(m[2]), sent_on, m[0])
        found.append(_single(m, day, has_year=bool(m[3])))
    return found


def _periods(plain: str, language: str, sent_on: date) -> list[_Found]:
    found = []
    for m in re.finditer(rf"\b({pattern('periods')})\b", plain):
        first, last = alternatives("periods")[m[1]]
        (month, day), (last_month, last_day) = (map(int, edge.split("-")) for edge in (first, last))
        start = _coming(month, day, sent_on, m[0])
        end = _day(start.year, last_month, last_day, m[0])
        found.append(_Found(m.start(), m.end(), Candidate(start, end, precise=first == last), has_year=False))
    return found


def _weeks(plain: str, language: str, sent_on: date) -> list[_Found]:
    monday = sent_on - timedelta(days=sent_on.weekday())
    found = []
    for m in re.finditer(rf"\b({pattern('weeks')})\b", plain):
        start = monday + timedelta(weeks=alternatives("weeks")[m[1]])
        found.append(_Found(m.start(), m.end(), Candidate(start, start + timedelta(days=4), precise=False)))
    for m in re.finditer(r"\b(?:kw|week|cw|kalenderwoche)\s?(\d{1,2})\b", plain):
        week = int(m[1])
        if not 1 <= week <= 53:
            raise ImpossibleDate(m[0].strip())
        try:
            start = date.fromisocalendar(sent_on.year, week, 1)
        except ValueError:
            raise ImpossibleDate(m[0].strip()) from None
        if start + timedelta(days=6) < sent_on:
            start = date.fromisocalendar(sent_on.year + 1, min(week, 52), 1)
        found.append(_Found(m.start(), m.end(), Candidate(start, start + timedelta(days=4), precise=False)))
    return found


def _relative(plain: str, language: str, sent_on: date) -> list[_Found]:
    table = alternatives("relative")
    hits = re.finditer(rf"\b({pattern('relative')})\b", plain)
    return [_single(m, sent_on + timedelta(days=table[m[1]])) for m in hits]


def _weekdays(plain: str, language: str, sent_on: date) -> list[_Found]:
    table, found = alternatives("weekdays"), []
    for m in re.finditer(rf"\b(?:(?:({pattern('next')})|({pattern('last')}))\s)?({pattern('weekdays')})\b", plain):
        ahead = (table[m[3]] - sent_on.weekday()) % 7
        if ahead == 0 and m[1]:
            ahead = 7
        if m[2]:  # "letzten Freitag"
            ahead = ahead - 7
        found.append(_single(m, sent_on + timedelta(days=ahead)))
    return found


def _bare_days(plain: str, language: str, sent_on: date) -> list[_Found]:
    found = []
    for m in re.finditer(BARE_DAY, plain):
        day = sent_on
        for _ in range(62):
            if day.day == int(m[1]):
                found.append(_single(m, day, has_year=False))
                break
            day += timedelta(days=1)
        else:
            raise ImpossibleDate(m[0].strip())
    return found


def _duration(plain: str) -> int | None:
    numbers = alternatives("numbers")
    found = re.search(rf"\b(\d{{1,2}}|{pattern('numbers')})\s(?:arbeits)?(?:tage?|days?)\b", plain)
    if not found:
        return None
    return int(found[1]) if found[1].isdigit() else int(numbers[found[1]])


def _after(first: date, days: int, calendar: Callable[[date], bool]) -> date:
    day, left = first, days
    for _ in range(400):
        left -= calendar(day)
        if left <= 0:
            break
        day += timedelta(days=1)
    return day


def _with_part(plain: str, candidate: Candidate) -> Candidate:
    part = part_in(plain)
    if part is None:
        return candidate
    if candidate.first == candidate.last:
        return replace(candidate, first_part=part, last_part=part)
    return replace(candidate, last_part=part)
