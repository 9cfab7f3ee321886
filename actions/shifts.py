"""Shifts, by Rasa's hand; reading only."""

from __future__ import annotations

from datetime import timedelta

from actions import days
from actions.turn import Turn
from backoffice import shifts
from backoffice.outbox import Said


def shift_schedule(turn: Turn) -> None:
    """The named days, else the coming week."""
    first, last = turn.today, turn.today + timedelta(days=6)
    named = days.asked_about(turn)
    if named is None:
        return
    if named:
        first, last = named[0].first, named[0].last + timedelta(days=0 if named[0].precise else 2)
    planned = shifts.of_days(turn.session, turn.employee, first=first, last=last)
    if not planned:
        turn.reply("shifts.none")
        return
    turn.reply("shifts.yours", card=shifts.card(Said("shifts.title"), planned, zone=turn.employee.site.zone))


ACTS = {"shift_schedule": shift_schedule}
