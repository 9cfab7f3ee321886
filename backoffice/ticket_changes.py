"""What people say about a ticket that is there already: more, still broken, solved, urgent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice import identifiers, tickets, triage
from backoffice.database import lock
from backoffice.errors import NotFound, RuleBroken
from backoffice.models import Employee, Ticket, TicketEvent
from backoffice.outbox import Said

REOPEN_WITHIN = timedelta(days=14)
ANSWERS_WITHIN = timedelta(days=3)
MORE_URGENT = {"normal": "high", "high": "urgent"}


class TooLateToReopen(RuleBroken):
    """Solved more than two weeks ago: a new ticket tells the story better."""


def meant(session: Session, requester: Employee, *, now: datetime) -> Ticket | None:
    """The ticket that is meant when no number is said: the only open one, else the only one solved of late."""
    open_ones = tickets.of_requester(session, requester)
    if open_ones:
        return open_ones[0] if len(open_ones) == 1 else None
    rows = select(Ticket).where(
        Ticket.requester_id == requester.id, Ticket.status == "resolved", Ticket.changed_at > now - REOPEN_WITHIN
    )
    solved = session.scalars(rows).all()
    return solved[0] if len(solved) == 1 else None


def awaiting(session: Session, requester: Employee, *, now: datetime) -> Ticket | None:
    """The ticket on which staff has asked the requester something of late and heard nothing yet; the newest."""
    rows = select(Ticket).where(
        Ticket.requester_id == requester.id, Ticket.status == "waiting", Ticket.changed_at > now - ANSWERS_WITHIN
    )
    return session.scalars(rows.order_by(Ticket.changed_at.desc())).first()


def hear(session: Session, ticket: Ticket, *, by: Employee, text: str, now: datetime) -> Said:
    """Do what the words ask for, tell the other side once, and say what was done. Raises TooLateToReopen.

    `ticket` comes from `tickets.find`: an own one, or one of a queue that the person serves.
    """
    lock(session, ticket)
    text = triage.without_number(identifiers.hidden(text, language=by.language), ticket.id)
    if triage.says_solved(text):
        return _close(session, ticket, by=by, text=text, now=now)
    pressing = triage.says_pressing(text)
    again = ticket.status == "resolved" and triage.says_still_broken(text)
    if again:
        _open_again(session, ticket, by=by, now=now)
    raised = pressing and _raise(session, ticket, by=by, now=now)
    tickets.log(session, ticket, by, "answered", now, text)
    if ticket.status != "resolved":  # thanks for a solved one do not begin its two weeks anew
        ticket.changed_at = now
    if ticket.status == "waiting" and by.id == ticket.requester_id:
        ticket.status = "assigned"
    told = "was_raised" if raised else "was_reopened_with" if again else "was_answered"
    _tell(session, ticket, by, Said(f"tickets.{told}", {"number": ticket.number, "name": by.name, "text": text}), now)
    key = {(True, True): "you_reopened_raised", (True, False): "you_reopened", (False, True): "you_raised"}.get(
        (again, raised), "raised_before" if pressing else "updated"
    )
    facts = {"number": ticket.number, "urgency": tickets.urgency_word(ticket), "due": ticket.due_at.isoformat()}
    return Said(f"tickets.{key}", facts)


def answer(session: Session, ticket_id: int, *, by: Employee, words: str, now: datetime) -> Ticket:
    """Tell the requester something and ask nothing back: who works on it, and whether it waits, stay as they are.

    Raises NotFound for whoever does not serve the queue, AlreadySolved.
    """
    ticket = tickets.served(session, ticket_id, by, now)
    if ticket.status == "resolved":
        raise tickets.AlreadySolved(number=ticket.number)
    words = identifiers.hidden(words, language=by.language)
    tickets.log(session, ticket, by, "answered", now, words)
    said = Said("tickets.was_answered", {"number": ticket.number, "name": by.name, "text": words})
    tickets.tell_requester(session, ticket, said, now)
    return ticket


def reopen(session: Session, ticket_id: int, *, by: Employee, now: datetime) -> Ticket:
    """The requester says that it is not solved. Raises NotFound for anybody else, TooLateToReopen after two weeks."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or ticket.requester_id != by.id:
        raise NotFound(number=str(ticket_id))
    lock(session, ticket)
    if ticket.status == "resolved":
        _open_again(session, ticket, by=by, now=now)
        _tell(session, ticket, by, Said("tickets.was_reopened", {"number": ticket.number, "name": by.name}), now)
    return ticket


def _open_again(session: Session, ticket: Ticket, *, by: Employee, now: datetime) -> None:
    if now - ticket.changed_at > REOPEN_WITHIN:
        raise TooLateToReopen(number=ticket.number, days=REOPEN_WITHIN.days)
    ticket.status, ticket.changed_at = ("assigned" if ticket.assignee_id else "new"), now
    ticket.due_at = tickets.due(now, ticket.urgency, site=ticket.requester.site)
    tickets.log(session, ticket, by, "reopened", now)


def _raise(session: Session, ticket: Ticket, *, by: Employee, now: datetime) -> bool:
    """One step more urgent, once in a ticket's life; whether it was raised now."""
    before = select(TicketEvent.id).filter_by(ticket_id=ticket.id, kind="escalated")
    if ticket.urgency not in MORE_URGENT or ticket.status == "resolved" or session.scalars(before).first():
        return False
    ticket.urgency = MORE_URGENT[ticket.urgency]
    ticket.due_at = min(ticket.due_at, tickets.due(now, ticket.urgency, site=ticket.requester.site))
    tickets.log(session, ticket, by, "escalated", now)
    return True


def _close(session: Session, ticket: Ticket, *, by: Employee, text: str, now: datetime) -> Said:
    if ticket.status != "resolved":
        ticket.status, ticket.changed_at = "resolved", now
        tickets.log(session, ticket, by, "closed", now, text)
        _tell(session, ticket, by, Said("tickets.was_closed", {"number": ticket.number, "name": by.name}), now)
    return Said("tickets.you_closed", {"number": ticket.number})


def _tell(session: Session, ticket: Ticket, by: Employee, said: Said, now: datetime) -> None:
    """The requester's words go to staff, staff's words to the requester."""
    if by.id == ticket.requester_id:
        tickets.tell_staff(session, ticket, said, now)
    else:
        tickets.tell_requester(session, ticket, said, now)
