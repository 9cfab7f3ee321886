"""Weekdays and weeks, from today or by their place in a month: "Freitag in 14 Tagen", KW 51, the first week of May.

Pure. All readers raise ImpossibleDate, or Unsure where people would mean different days by the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from backoffice.day_pieces import ImpossibleDate, Piece, Sent, Unsure, coming, last_of_month
from backoffice.day_tables import pattern, table
from backoffice.day_words import LINK, nth, number

COUNT = r"(?:\d{1,3}|<numbers>)"
NTH = (
    r"(?:[1-5]\.|[1-5](?:st|nd|rd|th)\b|(?:erst|zweit|dritt|viert|fuenft|letzt)e[nrms]?"
    r"|first|second|third|fourth|fifth|last)"
)
IN_MONTH = r"\s(?:im|in|of|des|vom)\s(?:the\s)?(?P<month><months>)\b(?:\s(?P<year>20\d\d)\b)?"
OVER = r"\b(?:<since>\s(?:dem\s)?|<was>\b[^,;.!?#]{0,20})$"
SATURDAY, FRIDAY, TUESDAY, THURSDAY = 5, 4, 1, 3


def ends(said: str, sent: Sent) -> Iterator[Piece]:
    """bis Ende der Woche, until the end of the month, bis Jahresende, to the end of May: the last day that counts."""
    form = (
        r"\b(?:<until>|to)\s(?:einschliesslich\s|zum\s|the\s|and\s|including\s)*"
        r"(?P<end>(?:ende|end)\s(?:of\s)?(?:der\s|des\s|dieser\s|dieses\s|diesen\s|the\s|this\s|vom\s|im\s)?"
        r"(?:(?P<week>woche|week)|(?P<monthly>monats?|month)|(?P<yearly>jahres|year)|(?P<weeks><weeks>)|(?P<month><months>))\b"
        r"|(?P<wochenende>wochenende)\b|(?P<monatsende>monatsende)\b|(?P<jahresende>jahresende|years? end)\b)"
    )
    if not re.search(r"end", said):
        return
    for m in pattern(form).finditer(said):
        begin, end = m.start("end"), m.end()
        if m["week"]:
            yield Piece(begin, end, sent.on, _friday(sent.on), ends="week")
        elif m["monthly"] or m["monatsende"]:
            yield Piece(begin, end, sent.on, last_of_month(sent.on), ends="month")
        elif m["yearly"] or m["jahresende"]:
            yield Piece(begin, end, sent.on, sent.on.replace(month=12, day=31), ends="year")
        elif m["weeks"]:
            friday = _friday(sent.on) + timedelta(weeks=table("weeks")[m["weeks"]])
            yield Piece(begin, end, friday, friday)
        elif m["month"]:
            day = last_of_month(coming(table("months")[m["month"]], 1, sent, m[0]))
            if day < sent.on:
                day = last_of_month(sent.on.replace(month=day.month))
            yield Piece(begin, end, day, day)
        else:
            raise Unsure(said)


def _friday(day: date) -> date:
    """Of its week; a Saturday or Sunday is its own end."""
    return day + timedelta(days=max(0, FRIDAY - day.weekday()))


def by_month(said: str, sent: Sent) -> Iterator[Piece]:
    """Der erste Montag im Januar, the first two weeks of January, all of January, ab Januar."""
    if not pattern(r"\b<months>(?:wochen?)?\b").search(said):
        return
    for m in pattern(rf"\b(?P<nth>{NTH})\s(?P<weekday><weekdays>){IN_MONTH}").finditer(said):
        day = _nth_weekday(
            m["nth"], table("weekdays")[m["weekday"]], _first_of(m["month"], m["year"], sent, m[0]), m[0]
        )
        yield Piece(m.start(), m.end(), day, day)
    count = r"(?:\s(?P<count>beiden|\d|<numbers>))?"
    for form in (
        rf"\b(?P<nth>{NTH}){count}\s(?:wochen?|weeks?){IN_MONTH}",
        rf"\b(?P<nth>{NTH}){count}\s(?P<month><months>)wochen?\b(?P<year>)",
    ):
        for m in pattern(form).finditer(said):
            yield _weeks_of_month(m, sent)
    for m in pattern(
        r"\b(?:(?P<all>ganzen|gesamten|all of|all|whole of|whole|entire)|(?P<onward><onward>))"
        r"\s(?P<month><months>)\b(?:\s(?P<year>20\d\d)\b)?(?!\s?\d)"
    ).finditer(said):
        first = _first_of(m["month"], m["year"], sent, m[0])
        begin = m.start("month") if m["onward"] else m.start()
        yield Piece(
            begin, m.end(), first, first if m["onward"] else last_of_month(first), "day" if m["onward"] else "period"
        )


def _first_of(month: str, year: str | None, sent: Sent, said: str) -> date:
    """The first day of a month that has not passed."""
    number = int(table("months")[month])
    return date(int(year) if year else sent.on.year + (number < sent.on.month), number, 1)


def _nth_weekday(which: str, weekday: int, first: date, said: str) -> date:
    if which.startswith(("letzt", "last")):
        last = last_of_month(first)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    day = first + timedelta(days=(weekday - first.weekday()) % 7, weeks=nth(which) - 1)
    if day.month != first.month:
        raise ImpossibleDate(said)
    return day


def _weeks_of_month(m: re.Match[str], sent: Sent) -> Piece:
    """Monday to Friday; a month that begins in the middle of a week has no first week that all agree on."""
    first = _first_of(m["month"], m["year"], sent, m[0])
    if m["nth"].startswith(("letzt", "last")) or TUESDAY <= first.weekday() <= THURSDAY:
        raise Unsure(m[0])
    monday = first + timedelta(days=-first.weekday() % 7, weeks=nth(m["nth"]) - 1)
    count = 2 if m["count"] == "beiden" else int(number(m["count"])) if m["count"] else 1
    if count > 1 and nth(m["nth"]) != 1:
        raise Unsure(m[0])
    return Piece(m.start(), m.end(), monday, monday + timedelta(days=7 * count - 3), "week")


def weeks(said: str, sent: Sent) -> Iterator[Piece]:
    """Nächste Woche, in zwei Wochen, KW 51, the rest of the week, this weekend."""
    if not re.search(r"woche|week|kw|cw", said):
        return
    monday = sent.on - timedelta(days=sent.on.weekday())
    for m in re.finditer(r"\brest\s(?:of|von|der|dieser)\s(?:the\s|this\s|der\s|dieser\s)?(?:woche|week)\b", said):
        if sent.on.weekday() >= SATURDAY:
            raise Unsure(m[0])
        yield Piece(m.start(), m.end(), sent.on, _friday(sent.on), "day" if sent.on.weekday() == FRIDAY else "period")
    yield from _weekends(said, monday, sent)
    of_month = r"(?!\s(?:of|in|im|des|vom)\s(?:the\s|this\s)?(?:<months>|month|monats?|year|jahr\w*)\b)"
    for m in pattern(rf"\b(<weeks>)\b{of_month}").finditer(said):
        ahead = table("weeks")[m[1]]
        if ahead == 0 and sent.on.weekday() >= SATURDAY:
            raise Unsure(m[0])
        yield _week(m.start(), m.end(), monday + timedelta(weeks=ahead))
    for m in pattern(rf"\bin\s({COUNT})\s(?:wochen?|weeks?)\b").finditer(said):
        yield _week(m.start(), m.end(), monday + timedelta(weeks=int(number(m[1]))))
    yield from _numbered(said, sent)


def _weekends(said: str, monday: date, sent: Sent) -> Iterator[Piece]:
    if "ende" not in said and "weekend" not in said:
        return
    for m in pattern(
        r"(?:\b(?P<wide>verlaengerte[sn]?|lange[sn]?|long)\s|\b(?P<other><next,beyond,last>|naechstes|letztes|vergangenes)\s)?\b(?:wochenende|weekend)\b"
    ).finditer(said):
        if m["other"] or (sent.on.weekday() > SATURDAY and not m["wide"]):
            raise Unsure(m[0])
        if not m["wide"]:  # a long one is told by its days
            yield Piece(m.start(), m.end(), monday + timedelta(days=5), monday + timedelta(days=6), "period")


def _numbered(said: str, sent: Sent) -> Iterator[Piece]:
    """KW 51, KW 51-53, KW 51 bis KW 53, week 5/2027, in der 51. KW."""
    named = r"(?:kw|cw|weeks?|kalenderwochen?)"
    for m in re.finditer(r"\b(\d{1,2})\.?\s?(?:kw|cw|kalenderwoche)\b(?!\s?\d)", said):
        yield _week(m.start(), m.end(), _calendar_week(int(m[1]), None, sent, m[0]))
    year = r"(?:\s?/\s?(20\d\d)|\s(20\d\d))"
    for m in re.finditer(rf"\b{named}\s?\d{{1,2}}(?:{LINK}(?:{named}\s?)?\d{{1,2}})*\b{year}?(?!\.)", said):
        stated = m[1] or m[2]
        figures = m[0][: m.start(1) - m.start() if m[1] else m.start(2) - m.start() if m[2] else len(m[0])]
        hits = list(re.finditer(rf"(?:{named}\s?)?(\d+)", figures))
        for hit in hits:
            end = m.end() if hit is hits[-1] else m.start() + hit.end()
            monday = _calendar_week(int(hit[1]), int(stated) if stated else None, sent, m[0])
            yield _week(m.start() + hit.start(), end, monday)


def _week(start: int, end: int, monday: date) -> Piece:
    return Piece(start, end, monday, monday + timedelta(days=4), "week")


def _calendar_week(week: int, year: int | None, sent: Sent, said: str) -> date:
    """Its Monday, in this year or, when it is over, in the next."""
    try:
        monday = date.fromisocalendar(year or sent.on.isocalendar()[0], week, 1)
        if year is None and monday + timedelta(days=6) < sent.on:
            return date.fromisocalendar(sent.on.isocalendar()[0] + 1, week, 1)
    except ValueError:
        raise ImpossibleDate(said) from None
    return monday


def from_today(said: str, sent: Sent) -> Iterator[Piece]:
    """Morgen, in 3 Tagen, 3 days ago."""
    count = rf"({COUNT})\s(?:tagen?|days?)"
    for m in pattern(rf"\b(?:(in|vor)\s{count}|{count}\s(ago|from\stoday))\b").finditer(said):
        ahead = int(number(m[2] or m[3])) * (1 if m[1] == "in" or (m[4] or "").startswith("from") else -1)
        day = sent.on + timedelta(days=ahead)
        yield Piece(m.start(), m.end(), day, day)
    for m in pattern(r"\b<relative>\b").finditer(said):
        day = sent.on + timedelta(days=table("relative")[m[0]])
        yield Piece(m.start(), m.end(), day, day)


def weeks_from_a_day(said: str, sent: Sent) -> Iterator[Piece]:
    """Heute in einer Woche, Freitag in 14 Tagen, a week from Friday, Friday week."""
    if not re.search(r"\bin\s|week", said):
        return
    day = r"(?:(?:am\s|on\s)?(?P<day><weekdays>|<relative>))"
    for form in (
        rf"\b{day}\sin\s(?:(?P<count>{COUNT})\s(?:wochen?|weeks?)|(?P<days>7|14|21|28|sieben|vierzehn)\s(?:tagen?|days?))\b",
        rf"(?<!der\s)(?<!the\s)\b(?P<count>{COUNT})\s(?P<days>)weeks?\s(?:on\s|from\s)?{day}\b(?!\s(?:on|onwards?|to|till?|until|through|-)\b)",
        r"\b(?P<day><weekdays>|today|tomorrow)\s(?P<count>)(?P<days>)week\b(?!\s(?:of|from|starting|after|\d))",
    ):
        for m in pattern(form).finditer(said):
            ahead = int(number(m["days"])) // 7 if m["days"] else int(number(m["count"])) if m["count"] else 1
            if re.search(r"\bfrom\s", m[0]) and re.search(r"\b(?:leave|off|vacation|holiday|pto)\b", said):
                continue  # "two weeks off from Friday" says how long
            if m["day"] in table("relative"):
                on = sent.on + timedelta(days=table("relative")[m["day"]])
            else:
                on = sent.on + timedelta(days=(table("weekdays")[m["day"]] - sent.on.weekday()) % 7)
                if on.isocalendar()[1] != sent.on.isocalendar()[1] and "in" in m[0].split():
                    raise Unsure(m[0])  # said on a Friday, "Wednesday in two weeks" counts from this or the next week
            on += timedelta(weeks=ahead)
            yield Piece(m.start(), m.end(), on, on)


def weekdays(said: str, sent: Sent) -> Iterator[Piece]:
    """Freitag, next Friday, letzten Montag, seit Freitag; "sun" and "sat" only where they cannot be other words."""
    which = r"(?:(<next>)|(<this>)|(<last>)|(<beyond>))\s"
    for m in pattern(rf"\b(?:{which})?(<weekdays>)\b").finditer(said):
        if m[5] in ("sun", "sat") and not m[1] and not m[2] and not _stands_for_a_day(said, m.start(), m.end()):
            continue
        if not m[3] and re.search(rf"(?<![\w.]){NTH}\s$", said[: m.start()]):
            raise Unsure(m[0])  # "the first Monday": of which month?
        ahead = (table("weekdays")[m[5]] - sent.on.weekday()) % 7
        least = table("next")[m[1]] if m[1] else table("beyond")[m[4]] if m[4] else 0
        if ahead < least:
            ahead += 7
        since = not (m[1] or m[2] or m[3] or m[4]) and pattern(OVER).search(said[: m.start()])
        ahead += 7 if m[4] else -7 if m[3] or (since and ahead) else 0
        day = sent.on + timedelta(days=ahead)
        guessed: Literal["next", "nothing", "week"] = "next" if m[1] or m[4] else "week"
        yield Piece(m.start(), m.end(), day, day, open="nothing" if m[2] or m[3] or since else guessed)


def _stands_for_a_day(said: str, start: int, end: int) -> bool:
    before = re.search(r"(?:^\s?|\b(?:on|and|or|from|to|until|till|thru|through)\s|[-,/]\s?)$", said[:start])
    return bool(before or re.match(r"\s?(?:$|[-,/]|(?:to|and|until|through|thru|\d|off)\b)", said[end:]))
