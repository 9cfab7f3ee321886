"""Tickets, by Rasa's hand."""

from __future__ import annotations

import re
from textwrap import shorten

from actions import leave
from actions.turn import Turn
from backoffice import ticket_changes, tickets, triage
from backoffice.errors import NotFound
from backoffice.models import Ticket
from backoffice.outbox import CardSaid, LinkSaid, Row, Said
from backoffice.wording import say

NUMBER = re.compile(r"\b(?:it|hr|pr|op)[- ]?(\d{3,6})\b|#(\d{3,6})", re.IGNORECASE)
MOST = 8


def _named(turn: Turn) -> str | None:
    found = NUMBER.search(turn.text)
    return (found.group(1) or found.group(2)) if found else None


def ticket_status(turn: Turn) -> None:
    """The named ticket, or all open ones; "the status of UA-0003" is about leave."""
    if leave.NUMBER.search(turn.text):
        leave.leave_status(turn)
        return
    if number := _named(turn):
        try:
            ticket = tickets.find(turn.session, number, by=turn.employee, at=turn.now)
        except NotFound:
            turn.reply("session.errors.NotFound")
            return
        own = ticket.requester_id == turn.employee.id
        status = f"tickets.status_{'asked' if ticket.status == 'waiting' and not own else ticket.status}"
        turn.reply("tickets.one", number=ticket.number, summary=ticket.summary, status=status, who=_who(turn, ticket))
        return
    mine = tickets.of_requester(turn.session, turn.employee)
    if served := tickets.of_queues(turn.session, turn.employee):
        link = LinkSaid(Said("tickets.desk"), "/desk")
        turn.reply("tickets.in_queues", link=link, count=len(served))
    if not mine:
        turn.reply("tickets.none_open")
        return
    rows = [
        Row(
            Said("units.verbatim", {"text": f"{one.number} {shorten(one.summary, 60, placeholder=' …')}"}),
            Said("tickets.row", {"status": f"tickets.status_{one.status}", "who": _who(turn, one)}),
        )
        for one in mine[:MOST]
    ]
    if len(mine) > MOST:
        rows.append(Row(Said("tickets.more", {"count": len(mine) - MOST}), Said("units.verbatim", {"text": ""})))
    turn.reply("tickets.your_open", card=CardSaid(Said("tickets.title"), tuple(rows)))


def _who(turn: Turn, ticket: Ticket) -> str:
    return ticket.assignee.name if ticket.assignee else say("tickets.nobody_yet", turn.language)


def ticket_update(turn: Turn) -> None:
    """More words, "still broken", "solved" or "urgent", for the named ticket or the one that can only be meant."""
    turn.hide_numbers()
    number = _named(turn)
    known = None if number else ticket_changes.meant(turn.session, turn.employee, now=turn.now)
    if number is None and known is None:
        turn.reply("tickets.update_which")
        return
    try:
        ticket = known or tickets.find(turn.session, number or "", by=turn.employee, at=turn.now)
        said = _pass_on(turn, ticket)
    except NotFound:
        turn.reply("session.errors.NotFound")
    except ticket_changes.TooLateToReopen as error:
        turn.reply("tickets.errors.TooLateToReopen", **error.facts)
    else:
        turn.reply(said.key, **said.facts)


def answered(turn: Turn) -> bool:
    """Take what was typed as the answer to the question of staff that is open, if there is one."""
    asked = ticket_changes.awaiting(turn.session, turn.employee, now=turn.now)
    if asked is None or not turn.text:
        return False
    turn.hide_numbers()
    said = _pass_on(turn, asked)
    if said.key == "tickets.kept_private":
        turn.reply(said.key, **said.facts)
    else:
        turn.reply("tickets.passed_on", number=asked.number, name=_who(turn, asked))
    return True


def _pass_on(turn: Turn, ticket: Ticket) -> Said:
    """Add the words to the ticket and do what they ask for; where they touch on health, people only hear of the wish
    to talk, unless it is a matter of IT. Raises TooLateToReopen.
    """
    private = ticket.queue != "it" and ticket.requester_id == turn.employee.id and turn.forget_if_health()
    text = say("session.asks_for_contact", turn.language) if private else turn.text
    said = ticket_changes.hear(turn.session, ticket, by=turn.employee, text=text, now=turn.now)
    return Said("tickets.kept_private", {"number": ticket.number}) if private else said


def security_incident(turn: Turn) -> None:
    """Filed at once as urgent; nothing is asked."""
    turn.hide_numbers()
    ticket = tickets.open_ticket(
        turn.session,
        turn.employee,
        summary=turn.text,
        now=turn.now,
        urgency="urgent",
        category="security",
        conversation=turn.news_to,
    )
    key = "tickets.lost_filed" if triage.says_lost(turn.text) else "tickets.security_filed"
    turn.reply(key, number=ticket.number)


ACTS = {"ticket_status": ticket_status, "ticket_update": ticket_update, "security_incident": security_incident}
