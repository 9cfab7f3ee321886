"""Reads days out of what people type, in German and English. Pure: no clock, no database.

"vom 23.12. bis 3.1.", "nächste Woche Mi und Fr", "a week from Dec 7", "KW 51", "zwischen den Jahren".
`day_words` makes the text plain; `day_pieces`, `day_weeks` and `day_feasts` find what names days in it; `day_groups`
says which of them belong together, `day_doubts` what leaves them open, `day_spans` which days they make.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise, permutations

from backoffice import day_feasts, day_groups, day_pieces, day_spans, day_weeks
from backoffice.day_doubts import doubtful
from backoffice.day_groups import Group
from backoffice.day_parts import duration_in, edges_in, half_in, part_in
from backoffice.day_pieces import Calendar, ImpossibleDate, Piece, Sent, Unsure
from backoffice.day_spans import Candidate, ReversedRange
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
    pieces, rest = _pieces_in(said, sent)
    if not pieces and not near:
        return []
    duration = duration_in(rest)
    groups = _groups_of(said, pieces, sent, near)
    if pieces and doubtful(said, pieces, today=sent.on, joined=any(len(group.pieces) > 1 for group in groups)):
        raise Unsure(said)
    named = [group for group in groups if not group.negated]
    if near and duration and not pieces:
        return [day_spans.with_parts(said, day_spans.lasting_for(Candidate(near, near), duration, sent.calendar), [])]
    found = day_spans.resolved(named)
    halves = said
    if duration and duration.working_days >= 1:
        halves = said[: duration.start] + " " * (duration.end - duration.start) + said[duration.end :]
    if len(found) == 1:
        alone = day_spans.alone(said, named[0], found[0], duration, sent.calendar, begin=near or sent.on)
        _check_return(alone, groups, sent.calendar)
        found = [day_spans.with_parts(halves, alone, named[0].pieces)]
    elif found:
        found = _with_their_parts(halves, named, found)
    for group in groups:
        if group.negated:
            found = [left for span in found for left in day_spans.without(span, group)]
    either = any(re.search(r"\b(?:oder|or)\b", said[a.pieces[-1].end : b.pieces[0].start]) for a, b in pairwise(named))
    return sorted(found, key=lambda span: span.first) if either else day_spans.merged(found, sent.calendar)


def _groups_of(said: str, pieces: list[Piece], sent: Sent, near: date | None) -> list[Group]:
    whole = day_groups.one_by_day(said, day_groups.inside_weeks(said, pieces))
    if near:
        whole = day_groups.beside(whole, near, sent.on)
    return day_groups.meant(said, day_groups.grouped(said, whole))


def _with_their_parts(said: str, named: list[Group], found: list[Candidate]) -> list[Candidate]:
    """Raises Unsure where it is open which of several days are halved, or where one lies within another."""
    if any(day_groups.leads_on(said, group) for group in named) or re.search(r"\b(?:halbe?[nrs]?|half)\b", said):
        raise Unsure(said)
    if any(one.first <= two.first and two.last <= one.last and one != two for one, two in permutations(found, 2)):
        raise Unsure(said)
    around = [day_spans.around(said, named, at) for at in range(len(named))]
    halved = [half_in(text, "afternoon") for text in around]
    outer = said[: named[0].pieces[0].start], said[named[-1].pieces[-1].end :]
    if None in halved and any(half_in(text, "afternoon") for text in outer):
        raise Unsure(said)  # "the 7th and 8th in the afternoon": on both?
    return [day_spans.with_parts(around[at], span, named[at].pieces) for at, span in enumerate(found)]


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


def _check_return(span: Candidate, groups: list[Group], calendar: Calendar) -> None:
    """Raises Unsure when one is back later than after the one day that was named."""
    if span.first < span.last or span.open_end:
        return
    for group in groups:
        if group.back and any(map(calendar, day_pieces.days_between(span.last, group.pieces[0].first))):
            raise Unsure
