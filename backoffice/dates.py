"""Reads days out of what people type, in German and English. Pure: no clock, no database.

"vom 23.12. bis 3.1.", "nächste Woche Mi und Fr", "a week from Dec 7", "KW 51", "zwischen den Jahren".
`day_words` finds the pieces; here is decided how they belong together: days that are named one by one stay apart.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from math import ceil

from backoffice import day_feasts, day_pieces, day_weeks
from backoffice.day_doubts import doubtful
from backoffice.day_parts import Duration, Part, duration_in, edges_in, edges_of, half_in, part_in
from backoffice.day_pieces import Calendar, ImpossibleDate, Piece, Sent, Unsure, day_of
from backoffice.day_tables import pattern
from backoffice.day_words import month_in, only_days, plain

__all__ = [
    "Candidate",
    "ImpossibleDate",
    "ReversedRange",
    "edges_in",
    "left_open",
    "month_in",
    "only_days",
    "parse",
    "part_in",
    "spans",
]

LONGEST_DAYS = 3000
FILLED = r"(?:\s<filler>)*\s?$"
RANGE = rf"(?:(?:^|[\s.,)])(?:<until>|to)|-){FILLED}"
APART = r"\b(?:und|and|oder|or|sowie|plus|to|nicht|not|<until,except>)\b|-"
BEHIND = ("", "of", "der", "in", "in der")
NOON = r"(?!\s(?:mittags?|noon|midday)\b)"
IS_BACK = r"(?:\s(?:bin|sind|komme|kommen|am|i'm|i am|we are)(?:\s(?:ich|wir|i|we|dann|erst|auch|will|be))*)?\s<back>\b"
READERS = (
    *day_pieces.READERS,
    day_weeks.ends,
    day_weeks.by_month,
    day_feasts.feasts,
    day_weeks.weeks_from_a_day,
    day_weeks.weeks,
    day_weeks.from_today,
    day_weeks.weekdays,
)
"""From the exact to the sloppy: what one has read, the next does not see."""


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


@dataclass
class _Group:
    """Pieces that make one span, and which part of the text says something about them."""

    pieces: list[Piece]
    negated: bool = False
    back: bool = False
    """One is back on that day."""


def parse(text: str, *, language: str, sent_on: date, calendar: Calendar, near: date | None = None) -> list[Candidate]:
    """The days from the first to the last one that is meant, as one span; [] when none. Raises as `spans`."""
    found = spans(text, language=language, sent_on=sent_on, calendar=calendar, near=near)
    if len(found) < 2:
        return found
    first, last = found[0], max(found, key=lambda span: span.last)
    return [Candidate(first.first, last.last, first.first_part, last.last_part, all(span.precise for span in found))]


def spans(text: str, *, language: str, sent_on: date, calendar: Calendar, near: date | None = None) -> list[Candidate]:
    """Each run of days that is meant, the earliest first; days without a working day between them are one run.

    `near` is a day that was talked about before: a bare weekday is then that of its week, "the 24th" that of its month,
    "until Friday" and "three days" begin with it. [] also where a careful person would ask back.
    Raises ImpossibleDate, ReversedRange.
    """
    try:
        return _read(text, language, sent_on, calendar, near)
    except Unsure:
        return []


def left_open(text: str, *, language: str, sent_on: date, calendar: Calendar) -> bool:
    """Whether days are named of which a careful person would ask back which ones: "irgendwann nächste Woche"."""
    try:
        _read(text, language, sent_on, calendar, None)
    except Unsure:
        return True
    except ValueError:
        return False
    return False


def _read(text: str, language: str, sent_on: date, calendar: Calendar, near: date | None) -> list[Candidate]:
    said = plain(text, language=language)
    past = bool(pattern(r"\b<past>\b").search(said))
    return _spans(said, Sent(sent_on, language, calendar, past), near)


def _spans(said: str, sent: Sent, near: date | None) -> list[Candidate]:
    named_days, rest = _pieces_in(said, sent)
    if not named_days and not near:
        return []
    duration = duration_in(rest)
    pieces = _one_by_day(said, _inside_weeks(said, named_days))
    if near:
        pieces = _beside(pieces, near, sent.on)
    groups = _meant(said, _grouped(said, pieces))
    named = [group for group in groups if not group.negated]
    joined = any(len(group.pieces) > 1 for group in groups)
    if pieces and doubtful(said, named_days, today=sent.on, joined=joined):
        raise Unsure(said)
    if not named:
        if not near or not duration or pieces:
            return []
        return [_with_parts(said, _lasting(Candidate(near, near), duration, sent.calendar), [])]
    found = _resolved(named)
    halves = said
    if duration and duration.working_days >= 1:
        halves = said[: duration.start] + " " * (duration.end - duration.start) + said[duration.end :]
    if len(found) == 1:
        alone = _alone(said, named[0], found[0], duration, sent.calendar, begin=near or sent.on)
        if alone.first == alone.last and not alone.open_end:
            _check_return(alone.last, groups, sent.calendar)
        found = [_with_parts(halves, alone, named[0].pieces)]
    else:
        if any(_leads_on(said, group) for group in named) or re.search(r"\b(?:halbe?[nrs]?|half)\b", said):
            raise Unsure(said)  # half of which of them?
        found = [_with_parts(_around(halves, named, at), span, named[at].pieces) for at, span in enumerate(found)]
    for group in groups:
        if group.negated:
            found = [left for span in found for left in _without(span, group)]
    either = any(re.search(r"\b(?:oder|or)\b", said[a.pieces[-1].end : b.pieces[0].start]) for a, b in pairwise(named))
    return sorted(found, key=lambda span: span.first) if either else _merged(found, sent.calendar)


def _pieces_in(said: str, sent: Sent) -> tuple[list[Piece], str]:
    """All pieces in their order, and the text with them blanked by #. Raises ImpossibleDate, Unsure."""
    found: list[Piece] = []
    for reader in READERS:
        read: list[Piece] = []
        for piece in reader(said, sent):
            if all(piece.end <= known.start or known.end <= piece.start for known in read):
                read.append(piece)
        for piece in read:
            said = said[: piece.start] + "#" * (piece.end - piece.start) + said[piece.end :]
        found += read
    return sorted(found, key=lambda piece: piece.start), said


def _check_return(last: date, groups: list[_Group], calendar: Calendar) -> None:
    """Raises Unsure when one is back later than after the one day that was named."""
    for group in groups:
        if group.back and any(map(calendar, day_pieces.days_between(last, group.pieces[0].first))):
            raise Unsure


def _leads_on(said: str, group: _Group) -> bool:
    """Whether the range goes on behind its last day, with words that were not read: "Monday to wen, Friday"."""
    return bool(pattern(rf"\s?(?:(?:<until>|to)\b{NOON}|-\s?[a-z])").match(said[group.pieces[-1].end :]))


def _inside_weeks(said: str, pieces: list[Piece]) -> list[Piece]:
    """ "next week, Wednesday to Friday": the days are those of the week that is named with them."""
    weeks = [piece for piece in pieces if piece.kind == "week"]
    used: set[Piece] = set()
    settled: list[Piece] = []
    following: tuple[Piece, Piece] | None = None  # the day behind this one, and its week
    for day in reversed([piece for piece in pieces if piece.kind != "week"]):
        week = _week_of(said, day, weeks, following)
        following = None
        if week and day.open == "week":
            on = week.first + timedelta(days=day.first.weekday())
            following = day, week
            begin = week.start if week.end <= day.start and not said[week.end : day.start].strip(" ,") else day.start
            end = week.end if said[day.end : week.start].strip() in BEHIND and day.end <= week.start else day.end
            day = Piece(begin, end, on, on)
        if week and week.first <= day.first <= week.first + timedelta(days=6):
            used.add(week)
        settled.append(day)
    return sorted([*settled, *(week for week in weeks if week not in used)], key=lambda piece: piece.start)


def _week_of(said: str, day: Piece, weeks: list[Piece], following: tuple[Piece, Piece] | None) -> Piece | None:
    """The week right behind the day, else the one before it, else that of the days behind it, else a later one."""
    before = next((week for week in reversed(weeks) if week.end <= day.start), None)
    after = next((week for week in weeks if week.start >= day.end), None)
    if after and said[day.end : after.start].strip() in BEHIND:
        return after
    gap = said[before.end : day.start] if before else ""
    listed = rf"(?:[\s,.]|{APART}|\b(?:am|on|von|vom|from|<weekdays>)\b)*"
    if before and (not pattern(APART).search(gap) or pattern(rf"[\s,]*(?:<weekdays>)\b{listed}").fullmatch(gap)):
        return before
    if following and pattern(listed).fullmatch(said[day.end : following[0].start]):
        another = day.first.weekday() != following[0].first.weekday()
        return following[1] if another and following[1].start > day.start else None
    return after if after and not pattern(APART).search(said[day.end : after.start]) else None


def _one_by_day(said: str, pieces: list[Piece]) -> list[Piece]:
    """With the weekdays that only accompany a date taken into it: "Wednesday, 2 December", "2.12. (Mi)".

    Raises ImpossibleDate when it is another weekday, Unsure when a bare "24th" is none like that for two months.
    """
    kept: list[Piece] = []
    for piece in pieces:
        one = kept[-1] if kept else None
        between = said[one.end : piece.start] if one else ""
        if one is None:
            kept.append(piece)
        elif (
            one.open in ("week", "next")
            and piece.kind == "day"
            and piece.open not in ("week", "next")
            and between.strip(" ,(") in ("", "den", "der", "dem", "the", "am")
        ):
            kept[-1] = _same_day(said, one, piece)
        elif piece.open == "week" and one.kind == "day" and between.strip(" ,(") in ("", "also"):
            if one.first.weekday() == piece.first.weekday():
                kept[-1] = replace(one, end=piece.end)
            elif "(" in between or "also" in between:
                raise ImpossibleDate(said[one.start : piece.end])
            else:
                kept.append(piece)
        else:
            kept.append(piece)
    return kept


def _same_day(said: str, weekday: Piece, day: Piece) -> Piece:
    """The date with its weekday; a bare "24th" is that of the coming month in which it falls on it."""
    coming = [day.first]
    if day.open == "month":
        coming += [on for on in day_pieces.days_from(day.first, 62) if on.day == day.first.day]
    for on in coming:
        if on.weekday() == weekday.first.weekday():
            return replace(day, start=weekday.start, first=on, last=on)
    if day.open == "month":
        raise Unsure(said)
    raise ImpossibleDate(said[weekday.start : day.end])


def _beside(pieces: list[Piece], near: date, sent_on: date) -> list[Piece]:
    """What is said without week or month, beside the day that was talked about; never into the past."""
    weekdays_only = all(piece.open == "week" for piece in pieces)

    def moved(piece: Piece) -> Piece:
        day = piece.first
        if weekdays_only:
            day = near + timedelta(days=day.weekday() - near.weekday())
        elif piece.open == "month" and day.day <= monthrange(near.year, near.month)[1]:
            day = near.replace(day=day.day)
        return replace(piece, first=day, last=day) if day >= sent_on else piece

    return [moved(piece) if piece.open in ("week", "month") else piece for piece in pieces]


def _grouped(said: str, pieces: list[Piece]) -> list[_Group]:
    groups: list[_Group] = []
    for piece in pieces:
        before = said[groups[-1].pieces[-1].end if groups else 0 : piece.start]
        if groups and _continues(said[: groups[-1].pieces[0].start], before):
            groups[-1].pieces.append(piece)
        else:
            not_on = pattern(rf"\b<not_on,except>{FILLED}").search(before)
            not_then = groups and _taken_out(groups[-1], piece, before, said[piece.end :])
            is_back = pattern(IS_BACK).match(said[piece.end :]) or pattern(rf"\b<back>\b{FILLED}").search(before)
            groups.append(_Group([piece], bool(not_on or not_then or is_back), bool(is_back)))
    return groups


def _taken_out(group: _Group, piece: Piece, before: str, after: str) -> bool:
    """ "14.-18.12., den 16. nicht": a day of the range that was named before; "heute nicht" alone says one is away."""
    inside = group.pieces[0].first <= piece.first and piece.last <= group.pieces[-1].last
    return inside and bool(re.match(r"\s(?:aber\s)?(?:nicht|not)\s?(?:$|[,.;!])", after)) and "," in before


def _continues(ahead: str, before: str) -> bool:
    """Whether a day ends the range that the last one began, by the words ahead of both and before this one."""
    if pattern(RANGE).search(before):
        return True
    if re.search(r"\b(?:zwischen|between)(?:\s\w+)?\s?$", ahead) and pattern(
        rf"\s?\W?\s?(?:und|and){FILLED}"
    ).fullmatch(before):
        return True
    begun = re.search(r"\b(?:erster|first)\s\w*(?:tag|day)\W*(?:\w+\s)?$", ahead)
    return bool(begun and re.search(r"\b(?:letzter|last|final)\s\w*(?:tag|day)\W*(?:\w+\s)?$", before))


def _meant(said: str, groups: list[_Group]) -> list[_Group]:
    """Without what was taken back: "on the 7th, no wait, the 8th"."""
    kept: list[_Group] = []
    for group in groups:
        gap = said[kept[-1].pieces[-1].end : group.pieces[0].start] if kept else ""
        if not group.negated and pattern(r"\b<rather>\b").search(gap):
            kept = []
        kept.append(group)
    return kept


def _resolved(groups: list[_Group]) -> list[Candidate]:
    """The days of each group that is meant; what was left open comes after what was said before."""
    found: list[Candidate] = []
    for group in groups:
        one, other = group.pieces[0], group.pieces[-1]
        first, last = one.first, other.last
        if one is not other and other.kind != "day" and one.kind != other.kind and one.first < other.first < other.last:
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


def _alone(
    said: str, group: _Group, span: Candidate, duration: Duration | None, calendar: Calendar, *, begin: date
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
        lasting = _lasting(replace(span, last=span.first), duration, calendar)
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
    return day_weeks.last_of_month(first if piece.ends == "month" else first.replace(month=12))


def _lasting(span: Candidate, days: Duration, calendar: Calendar) -> Candidate:
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


def _around(said: str, groups: list[_Group], at: int) -> str:
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


def _with_parts(said: str, span: Candidate, pieces: list[Piece]) -> Candidate:
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


def _without(span: Candidate, group: _Group) -> list[Candidate]:
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


def _merged(found: list[Candidate], calendar: Calendar) -> list[Candidate]:
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
