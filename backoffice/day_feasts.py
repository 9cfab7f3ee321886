"""Feasts by their names, and the days and weeks beside them. Pure; Easter is asked of the `holidays` library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Literal

import holidays

from backoffice.day_pieces import PAST_DAYS, Piece, Sent, Unsure, days_from
from backoffice.day_tables import pattern, table

GOOD_FRIDAY = "Karfreitag"
YEAR_DAYS = 366
MONDAY, THURSDAY, FRIDAY = 0, 3, 4
CLOSE = 16
"""Characters between a feast and the bridge that is named with it."""


@cache
def _easter(year: int) -> date:
    known = holidays.country_holidays("DE", years=year, language="de")
    return next(day for day, name in known.items() if name == GOOD_FRIDAY) + timedelta(days=2)


@cache
def _advent(year: int) -> date:
    """The fourth Advent Sunday: the last one before 25 December."""
    eve = date(year, 12, 24)
    return eve - timedelta(days=(eve.weekday() + 1) % 7)


def _edge(rule: str, year: int) -> date:
    """12-24, easter+39, advent-21."""
    if rule[0].isdigit():
        month, day = rule.split("-")
        return date(year, int(month), int(day))
    base = _easter(year) if rule.startswith("easter") else _advent(year)
    return base + timedelta(days=int(rule.removeprefix("easter").removeprefix("advent")))


def _feast(name: str, said: str, sent: Sent, year: str | None) -> tuple[date, date]:
    """Its coming days, or those just past when one tells of what is over. Raises Unsure."""
    first, _, last = table("feasts")[name].partition("..")

    def of(year: int) -> tuple[date, date]:
        return _edge(first, year), _edge(last or first, year)

    if year:
        return of(int(year))
    found = [of(sent.on.year + ahead) for ahead in (-1, 0, 1)]
    if sent.past:
        gone = [days for days in found if days[0] <= sent.on and (sent.on - days[1]).days <= PAST_DAYS]
        if gone:
            return gone[-1]
        if pattern(rf"\b<since>\s{re.escape(name)}\b").search(said):
            raise Unsure(said)
    return next(days for days in found if days[1] >= sent.on)


def feasts(said: str, sent: Sent) -> Iterator[Piece]:
    """Silvester, Ostern 2028, the Tuesday after Easter, die Woche nach Weihnachten, Brückentag. Raises Unsure."""
    behind: Piece | None = None
    for m in pattern(r"(?<!in the )\b(<feasts>)\b(?!(?:\s|-)<longer>\b)(?:\s(20\d\d)\b)?").finditer(said):
        first, last = _feast(m[1], said, sent, m[2])
        if first < last and pattern(r"\s<weekdays>\b").match(said[m.end() :]):
            raise Unsure(said)
        piece = _beside(said, m.start(), m.end(), first, last, sent)
        if piece is None:
            moved = bool(m[2]) or not table("feasts")[m[1]][0].isdigit()
            kind: Literal["day", "period"] = "day" if first == last else "period"
            piece = Piece(m.start(), m.end(), first, last, kind, "nothing" if moved else "year")
        yield piece
        behind = piece
    yield from _bridges(said, behind, sent)


def _beside(said: str, start: int, end: int, first: date, last: date, sent: Sent) -> Piece | None:
    """The day or the week that is named by the feast: "Dienstag nach Ostern"; None when it is the feast itself."""
    found = pattern(
        r"\b(?:(?P<weekday><weekdays>)|(?P<bridge><bridge>)|(?P<day>tag|day)|(?P<week>woche|week))\s"
        r"(?P<side>nach|vor|after|before|following)\s(?:the\s|dem\s|den\s)?$"
    ).search(said[:start])
    if not found:
        return None
    ahead = found["side"] not in ("vor", "before")
    if found["weekday"]:
        day = last if ahead else first
        step = timedelta(days=1 if ahead else -1)
        day += step
        while day.weekday() != table("weekdays")[found["weekday"]]:
            day += step
        return Piece(found.start(), end, day, day)
    if found["week"]:
        return _week_after(said, found.start(), end, first, last, ahead)
    if first < last or not ahead:
        raise Unsure(said)
    day = last + timedelta(days=1)
    if found["bridge"] and not _is_bridge(day, sent):
        raise Unsure(said)
    return Piece(found.start(), end, day, day)


def _week_after(said: str, start: int, end: int, first: date, last: date, ahead: bool) -> Piece:
    """The next week, Monday to Friday, where the feast lies so late in its own that no other can be meant."""
    feast = first + (last - first + timedelta(days=1)) // 2
    counted = re.search(r"\b(?:eine|one|a|zwei|two|jede|every|\d+)\s$", said[:start])
    if not ahead or counted or feast.weekday() < THURSDAY:
        raise Unsure(said)
    monday = feast + timedelta(days=7 - feast.weekday())
    return Piece(start, end, monday, monday + timedelta(days=4), "week")


def _bridges(said: str, behind: Piece | None, sent: Sent) -> Iterator[Piece]:
    """A day of work between a holiday and a free day: the next one, or the one behind the feast that was named."""
    for m in pattern(r"\b(?:(?:<next>|<beyond>|<this>)\s)?<bridge>\b").finditer(said):
        if re.match(r"\s(?:nach|vor|after|before|im|in|zwischen|between)\b", said[m.end() :]):
            if behind and m.start() >= behind.start and m.end() <= behind.end:
                continue
            raise Unsure(said)
        if behind and behind.end <= m.start():
            if len(said[behind.end : m.start()]) > CLOSE or not _is_bridge(behind.last + timedelta(days=1), sent):
                raise Unsure(said)
            day = behind.last + timedelta(days=1)
        else:
            day = next((day for day in days_from(sent.on, YEAR_DAYS) if _is_bridge(day, sent)), sent.on)
            if day == sent.on:
                raise Unsure(said)
        yield Piece(m.start(), m.end(), day, day)


def _is_bridge(day: date, sent: Sent) -> bool:
    """A Friday behind a free Thursday, or a Monday before a free Tuesday; by the person's own holidays."""
    if not sent.calendar(day):
        return False
    if day.weekday() == FRIDAY:
        return not sent.calendar(day - timedelta(days=1))
    return day.weekday() == MONDAY and not sent.calendar(day + timedelta(days=1))
