"""Days that a question is about, for answers that only look something up."""

from __future__ import annotations

from datetime import date, timedelta

from actions.turn import Turn
from backoffice import dates, day_words


def asked_about(turn: Turn) -> list[dates.Candidate] | None:
    """What the text names, a month whole, nothing if no day; None once the person was told why none can be meant."""
    language, sent_on = turn.language, turn.today
    try:
        named = dates.parse(turn.text, language=language, sent_on=sent_on, calendar=_every_day)
    except dates.ImpossibleDate as error:
        turn.reply("leave.errors.ImpossibleDate", said=error.said)
        return None
    except dates.ReversedRange:
        turn.reply("leave.errors.ReversedRange")
        return None
    if not named and dates.left_open(turn.text, language=language, sent_on=sent_on, calendar=_every_day):
        turn.reply("leave.which_days")
        return None
    return named or month_of(turn)


def month_of(turn: Turn) -> list[dates.Candidate]:
    """The month that the text names, the coming one where no year is said; nothing when it names none."""
    named = day_words.month_in(turn.text, today=turn.today)
    if named is None:
        return []
    month, year = named
    first = date(year or turn.today.year + (month < turn.today.month), month, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return [dates.Candidate(first, last, precise=False)]


def _every_day(day: date) -> bool:
    return True
