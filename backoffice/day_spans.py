"""The runs of days that pieces of a text mean together: where they begin, how long they last, which halves. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from backoffice.day_groups import FILLED, NOON, Group
from backoffice.day_parts import Duration, Part, edges_of, half_in
from backoffice.day_pieces import Calendar, Piece, Unsure, day_of, last_of_month
from backoffice.day_tables import pattern

LONGEST_DAYS = 3000


class ReversedRange(ValueError):
    """The end lies before the beginning."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"{first} to {last}")
        self.first, self.last = first, last


@dataclass(frozen=True)
class Candidate:
    """Inclusive days; `precise` is False for weeks and months, which should be read back with extra care; `open_end`
    is True when they begin on that day and nobody said when they end."""

    first: date
    last: date
    first_part: Part = "full"
    last_part: Part = "full"
    precise: bool = True
    open_end: bool = False


def resolved(groups: list[Group]) -> list[Candidate]:
    """The days of each group that is meant; what was left open comes after what was said before."""
    found: list[Candidate] = []
    for group in groups:
        one, other = group.pieces[0], group.pieces[-1]
        first, last = one.first, other.last
        if one is not other and other.first < other.last and not one.kind == other.kind == "week" and not other.ends:
            raise Unsure  # "from Friday to Christmas": to its first day, or its last?
        if other.ends and one is not other:
            last = _end_of(other, first)
        if found and one.open in ("week", "next"):
            while first < found[-1].first:
                first += timedelta(days=7)
        if one is other:
            last = first + (one.last - one.first)
        elif (one.open, other.open, other.kind) == ("year", "nothing", "day") and last.year > first.year:
            first = day_of(
                last.year - (first.replace(year=2000) > last.replace(year=2000)),
                first.month,
                first.day,
                _figures(first),
            )
        if last < first:
            last = _after(other, first)
        found.append(Candidate(first, last, precise=all(piece.kind == "day" for piece in group.pieces)))
    return found


def _figures(day: date) -> str:
    """As it is written in figures."""
    return f"{day.day}.{day.month}."


def _after(piece: Piece, first: date) -> date:
    """The end of a range that begins on that day, moved on as far as its words leave open."""
    last = piece.last
    if piece.open in ("week", "next"):
        return last + timedelta(days=-(-(first - last).days // 7) * 7)
    if piece.open == "month":
        for ahead in range(62):
            if (first + timedelta(days=ahead)).day == last.day:
                return first + timedelta(days=ahead)
    if piece.open == "year":
        rolled = day_of(last.year + 1, last.month, last.day, _figures(last))
        if (rolled - first).days <= 200:
            return rolled
    raise ReversedRange(first, last)


def alone(
    said: str, group: Group, span: Candidate, duration: Duration | None, calendar: Calendar, *, begin: date
) -> Candidate:
    """One span and nothing beside it: how long it lasts, since or until when. Raises Unsure."""
    if len(group.pieces) > 1:
        if duration and re.search(r"\b(?:zwischen|between)\b", said):
            raise Unsure  # "one day between the 7th and the 11th"
        return span
    piece = group.pieces[0]
    before, after = said[: piece.start], said[piece.end :]
    if piece.ends:
        return replace(span, first=begin, last=_end_of(piece, begin))
    if until := pattern(rf"\b<until>{FILLED}").search(before):
        if piece.first < piece.last or pattern(r"\b<months>\b").search(before[: until.start()]):
            raise Unsure  # "bis Weihnachten": to its first day, or its last? "Januar bis 15.1.": from which day?
        return replace(span, first=begin, last=span.last if span.last >= begin else _after(piece, begin))
    onward = bool(pattern(rf"\b<onward>{FILLED}").search(before))
    if duration:
        lasting = lasting_for(replace(span, last=span.first), duration, calendar)
        if span.first < span.last and not onward and lasting.last < span.last:
            raise Unsure  # "three days next week": which ones?
        if piece.kind == "period" and not onward and lasting.last != span.last:
            raise Unsure  # "four days over Easter"
        return lasting
    ending = rf"\s?(?:<until>\b{NOON}|to\s(?:the\s)?(?:end|middle|beginning|start)|(?:an|onwards?)\b)"
    return replace(span, open_end=onward or bool(pattern(ending).match(after)))


def _end_of(piece: Piece, first: date) -> date:
    """The last day of the week, month or year of a day."""
    if piece.ends == "week":
        return first + timedelta(days=max(0, 4 - first.weekday()))
    return last_of_month(first if piece.ends == "month" else first.replace(month=12))


def lasting_for(span: Candidate, days: Duration, calendar: Calendar) -> Candidate:
    """So many working days from the first day on, or so many times seven days without the free ones at their end."""
    last = span.first
    if days.months:
        there = last.year * 12 + last.month - 1 + days.months
        month = date(there // 12, there % 12 + 1, 1)
        last = month.replace(day=min(last.day, monthrange(month.year, month.month)[1])) - timedelta(days=1)
        return replace(span, last=last, open_end=False)
    if days.weeks:
        last += timedelta(days=7 * days.weeks - 1)
        while last > span.first and not calendar(last):
            last -= timedelta(days=1)
        return replace(span, last=last, open_end=False)
    left = ceil(days.working_days)
    for _ in range(LONGEST_DAYS):
        left -= calendar(last)
        if left <= 0:
            break
        last += timedelta(days=1)
    half = days.working_days % 1 and last > span.first
    return replace(span, last=last, last_part="morning" if half else "full", open_end=False)


def around(said: str, groups: list[Group], at: int) -> str:
    """The text with everything blanked that is said of another group."""
    begin = groups[at - 1].pieces[-1].end if at else 0
    end = groups[at + 1].pieces[0].start if at + 1 < len(groups) else len(said)
    if at and (link := re.search(r"\b(?:und|and|sowie|plus)\b|,", said[begin : groups[at].pieces[0].start])):
        begin += link.end()
    if at + 1 < len(groups) and (
        link := re.search(r"\b(?:und|and|sowie|plus)\b|,", said[groups[at].pieces[-1].end : end])
    ):
        end = groups[at].pieces[-1].end + link.start()
    return " " * begin + said[begin:end]


def with_parts(said: str, span: Candidate, pieces: list[Piece]) -> Candidate:
    """With the half days that are said beside the days, or of the first and the last day."""
    if span.first == span.last:
        part = half_in(said, "afternoon")
        return replace(span, first_part=part, last_part=part) if part else span
    edges = edges_of(said)
    rest = pattern(r"[^,.;]*\b<edges>\b[^,.;]*").sub(lambda m: " " * len(m[0]), said) if edges else said
    middle = pieces[1].start if len(pieces) > 1 else pieces[0].start if pieces else 0
    first = edges.get("first") or half_in(rest[:middle], "afternoon")
    last = edges.get("last") or half_in(rest[middle:], "morning")
    return replace(span, first_part=first or span.first_part, last_part=last or span.last_part)


def without(span: Candidate, group: Group) -> list[Candidate]:
    """The span without days that it shall not hold: "14.-18.12. außer Mittwoch"."""
    one, other = group.pieces[0], group.pieces[-1]
    first, last = one.first, max(one.first, other.last)
    if one.open in ("week", "next") and one is other:
        first = last = span.first + timedelta(days=(one.first.weekday() - span.first.weekday()) % 7)
    if last < span.first or span.last < first:
        return [span]
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    return [
        *([replace(span, last=before, last_part="full")] if span.first <= before else []),
        *([replace(span, first=after, first_part="full")] if after <= span.last else []),
    ]


def merged(found: list[Candidate], calendar: Calendar) -> list[Candidate]:
    """In order, with one span where nothing that is worked lies between two."""
    merged: list[Candidate] = []
    for span in sorted(found, key=lambda span: (span.first, span.last)):
        if merged and _adjoin(merged[-1], span, calendar):
            one = merged[-1]
            last = max(one, span, key=lambda each: each.last)
            both = one.precise and span.precise
            merged[-1] = Candidate(one.first, last.last, one.first_part, last.last_part, precise=both)
        else:
            merged.append(span)
    return merged


def _adjoin(one: Candidate, other: Candidate, calendar: Calendar) -> bool:
    if one.first == other.first and one.last == other.last:
        return one.first_part == other.first_part
    if other.first <= one.last:
        return one.first_part == one.last_part == other.first_part == other.last_part == "full"
    whole_evening = one.last_part == "full" or (one.first == one.last and one.last_part == "afternoon")
    whole_morning = other.first_part == "full" or (other.first == other.last and other.first_part == "morning")
    between = range(1, (other.first - one.last).days)
    free = len(between) < 7 and not any(calendar(one.last + timedelta(days=ahead)) for ahead in between)
    return whole_evening and whole_morning and free
