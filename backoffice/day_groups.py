"""Which pieces of a text belong together: ranges, weekdays of a week, days that are taken back or taken out. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

from backoffice.day_pieces import ImpossibleDate, Piece, Unsure, days_from
from backoffice.day_tables import pattern

FILLED = r"(?:\s<filler>)*\s?$"
RANGE = rf"(?:(?:^|[\s.,)])(?:<until>|to)|-){FILLED}"
APART = r"\b(?:und|and|oder|or|sowie|plus|to|nicht|not|<until,except>)\b|-"
BEHIND = ("", "of", "der", "in", "in der")
NOON = r"(?!\s(?:mittags?|noon|midday)\b)"
IS_BACK = r"(?:\s(?:bin|sind|komme|kommen|am|i'm|i am|we are)(?:\s(?:ich|wir|i|we|dann|erst|auch|will|be))*)?\s<back>\b"


@dataclass
class Group:
    """Pieces that make one span, and which part of the text says something about them."""

    pieces: list[Piece]
    negated: bool = False
    back: bool = False
    """One is back on that day."""


def inside_weeks(said: str, pieces: list[Piece]) -> list[Piece]:
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


def one_by_day(said: str, pieces: list[Piece]) -> list[Piece]:
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
        coming += [on for on in days_from(day.first, 62) if on.day == day.first.day]
    for on in coming:
        if on.weekday() == weekday.first.weekday():
            return replace(day, start=weekday.start, first=on, last=on)
    if day.open == "month":
        raise Unsure(said)
    raise ImpossibleDate(said[weekday.start : day.end])


def beside(pieces: list[Piece], near: date, sent_on: date) -> list[Piece]:
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


def grouped(said: str, pieces: list[Piece]) -> list[Group]:
    """The pieces of each range together; every other piece alone, and whether it is a day that is not meant."""
    groups: list[Group] = []
    for piece in pieces:
        before = said[groups[-1].pieces[-1].end if groups else 0 : piece.start]
        if groups and _continues(said[: groups[-1].pieces[0].start], before):
            groups[-1].pieces.append(piece)
        else:
            not_on = pattern(rf"\b<not_on,except>{FILLED}").search(before)
            not_then = groups and _taken_out(groups[-1], piece, before, said[piece.end :])
            is_back = pattern(IS_BACK).match(said[piece.end :]) or pattern(rf"\b<back>\b{FILLED}").search(before)
            groups.append(Group([piece], bool(not_on or not_then or is_back), bool(is_back)))
    return groups


def _taken_out(group: Group, piece: Piece, before: str, after: str) -> bool:
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


def leads_on(said: str, group: Group) -> bool:
    """Whether the range goes on behind its last day, with words that were not read: "Monday to wen, Friday"."""
    return bool(pattern(rf"\s?(?:(?:<until>|to)\b{NOON}|-\s?[a-z])").match(said[group.pieces[-1].end :]))


def meant(said: str, groups: list[Group]) -> list[Group]:
    """Without what was taken back: "on the 7th, no wait, the 8th"."""
    kept: list[Group] = []
    for group in groups:
        gap = said[kept[-1].pieces[-1].end : group.pieces[0].start] if kept else ""
        if not group.negated and pattern(r"\b<rather>\b").search(gap):
            kept = []
        kept.append(group)
    return kept
