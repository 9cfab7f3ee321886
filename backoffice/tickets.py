"""Tickets: opened in a sentence, told to those on duty, solved, and the requester always hears of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backoffice import outbox, people
from backoffice.database import changed
from backoffice.errors import NotFound, RuleBroken
from backoffice.models import Employee, Ticket, TicketEvent
from backoffice.outbox import ButtonSaid, CardSaid, Row, Said

FIRST_NUMBER = 1001
ANSWER_WITHIN = {"urgent": timedelta(hours=1), "high": timedelta(hours=2), "normal": timedelta(hours=8)}
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "'"})


class AlreadyTaken(RuleBroken):
    """A colleague has it."""


class AlreadySolved(RuleBroken):
    """Nothing is left to do."""


@cache
def _triage() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "triage.yml").read_text(encoding="utf-8"))
    return content


def category_of(text: str) -> str:
    """The kind of trouble, inferred from the words; `other` when none fits."""
    plain = " " + text.lower().translate(UMLAUTS)
    for category, beginnings in _triage()["categories"].items():
        if any(f" {word}" in plain or (len(word) > 4 and word in plain) for word in beginnings):
            return str(category)
    return "other"


def queue_from(text: str) -> str | None:
    """The queue that the text names, such as "jemand von der IT"; None when it names none."""
    words = set(re.findall(r"[a-z0-9]+", text.lower().translate(UMLAUTS)))
    return next((str(queue) for queue, known in _triage()["queues"].items() if words & set(known)), None)


def can_work_from(text: str) -> str | None:
    """`no` or `yes` when the text says whether the person can still work, else None."""
    plain = text.lower().translate(UMLAUTS)
    if any(phrase in plain for phrase in _triage()["cannot_work"]):
        return "no"
    return "yes" if any(phrase in plain for phrase in _triage()["can_work"]) else None


def urgency_of(can_work: str | None) -> str:
    """Whoever cannot work comes first."""
    return {"no": "high"}.get(can_work or "", "normal")


def similar_open(session: Session, requester: Employee, text: str) -> Ticket | None:
    """An unsolved ticket of the same person about the same kind of trouble."""
    category = category_of(text)
    rows = select(Ticket).where(
        Ticket.requester_id == requester.id, Ticket.category == category, Ticket.status != "resolved"
    )
    return None if category == "other" else session.scalars(rows.order_by(Ticket.id.desc())).first()


def open_ticket(
    session: Session,
    requester: Employee,
    *,
    summary: str,
    now: datetime,
    queue: str = "it",
    since: str | None = None,
    can_work: str | None = None,
    urgency: str | None = None,
    category: str | None = None,
    conversation: str | None = None,
    quiet: bool = False,
) -> Ticket:
    """File it and, unless `quiet`, tell everybody on duty in the queue, in the same transaction."""
    urgency = urgency or urgency_of(can_work)
    highest = session.scalar(select(func.max(Ticket.id)))
    ticket = Ticket(
        id=max(FIRST_NUMBER, (highest or 0) + 1),
        queue=queue,
        requester=requester,
        summary=" ".join(summary.split())[:2000],
        category=category or category_of(summary),
        urgency=urgency,
        since=since,
        can_work=can_work,
        conversation=conversation,
        opened_at=now,
        changed_at=now,
        due_at=now + ANSWER_WITHIN[urgency],
    )
    session.add(ticket)
    session.flush()
    _log(session, ticket, requester, "opened", now)
    for colleague in people.with_role(session, queue):
        if colleague.id != requester.id and not quiet:
            outbox.post(
                session,
                colleague,
                Said("tickets.opened", {"number": ticket.number, "name": requester.name}),
                now=now,
                card=staff_card(ticket),
                buttons=staff_buttons(ticket),
            )
    return ticket


def staff_card(ticket: Ticket) -> CardSaid:
    """All that somebody needs who is to work on it; nothing but number and time outside IT and operations."""
    due = Row(Said("tickets.label_due"), Said("tickets.due", {"due": ticket.due_at.isoformat()}))
    title = Said("tickets.card_title", {"number": ticket.number})
    state = Said(f"tickets.status_{ticket.status}")
    tone = "done" if ticket.status == "resolved" else "wait"
    if ticket.queue in ("hr", "payroll"):
        return CardSaid(title, (due,), state, tone)
    rows = (
        Row(Said("tickets.label_what"), Said("units.verbatim", {"text": ticket.summary})),
        Row(
            Said("tickets.label_who"),
            Said("units.verbatim", {"text": f"{ticket.requester.name}, {ticket.requester.site.name}"}),
        ),
        Row(Said("tickets.label_urgency"), Said(f"tickets.urgency_{ticket.urgency}")),
        Row(Said("tickets.label_category"), Said(f"tickets.category_{ticket.category}")),
        due,
    )
    return CardSaid(title, rows, state, tone)


def staff_buttons(ticket: Ticket) -> list[ButtonSaid]:
    """What can be pressed on the card."""
    return [
        ButtonSaid(Said("tickets.take"), "deed", {"verb": "tickets.take", "ticket": ticket.id}, first=True),
        ButtonSaid(Said("tickets.solve"), "deed", {"verb": "tickets.solve", "ticket": ticket.id}),
    ]


def find(session: Session, number: str, *, by: Employee) -> Ticket:
    """An own ticket, or one of a queue that the person serves. Raises NotFound for all others."""
    digits = "".join(character for character in number if character.isdigit())
    ticket = session.get(Ticket, int(digits)) if digits and len(digits) < 10 else None
    if ticket is None or (ticket.requester_id != by.id and ticket.queue not in by.roles):
        raise NotFound(number=number)
    return ticket


def of_requester(session: Session, requester: Employee) -> list[Ticket]:
    """Own tickets that are not solved, newest first."""
    rows = select(Ticket).where(Ticket.requester_id == requester.id, Ticket.status != "resolved")
    return list(session.scalars(rows.order_by(Ticket.id.desc())))


def of_queues(session: Session, staff: Employee) -> list[Ticket]:
    """Everything unsolved in the queues that this person serves, most urgent first."""
    rows = select(Ticket).where(Ticket.queue.in_(staff.roles), Ticket.status != "resolved")
    return list(session.scalars(rows.order_by(Ticket.due_at)))


def history(session: Session, ticket: Ticket) -> list[TicketEvent]:
    """The story so far."""
    return list(session.scalars(select(TicketEvent).filter_by(ticket_id=ticket.id).order_by(TicketEvent.id)))


def _served(session: Session, ticket_id: int, by: Employee) -> Ticket:
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or ticket.queue not in by.roles:
        raise NotFound(number=str(ticket_id))
    return ticket


def take(session: Session, ticket_id: int, *, by: Employee, now: datetime) -> Ticket:
    """Make it one's own. Raises AlreadyTaken when a colleague was first."""
    ticket = _served(session, ticket_id, by)
    applied = changed(
        session,
        update(Ticket)
        .where(Ticket.id == ticket.id, Ticket.assignee_id.is_(None), Ticket.status != "resolved")
        .values(assignee_id=by.id, status="assigned", changed_at=now),
    )
    session.refresh(ticket)
    if not applied:
        raise AlreadyTaken(number=ticket.number, name=ticket.assignee.name if ticket.assignee else "–")
    _log(session, ticket, by, "assigned", now)
    _tell_requester(session, ticket, Said("tickets.was_taken", {"number": ticket.number, "name": by.name}), now)
    return ticket


def ask(session: Session, ticket_id: int, *, by: Employee, question: str, now: datetime) -> Ticket:
    """A question to the requester; the ticket waits for the answer."""
    ticket = _served(session, ticket_id, by)
    ticket.status, ticket.changed_at = "waiting", now
    _log(session, ticket, by, "asked", now, question)
    said = Said("tickets.was_asked", {"number": ticket.number, "name": by.name, "question": question})
    _tell_requester(session, ticket, said, now)
    return ticket


def solve(session: Session, ticket_id: int, *, by: Employee, now: datetime, words: str = "") -> Ticket:
    """Mark it as solved and tell the requester how. Raises AlreadySolved."""
    ticket = _served(session, ticket_id, by)
    if ticket.status == "resolved":
        raise AlreadySolved(number=ticket.number)
    ticket.status, ticket.changed_at = "resolved", now
    ticket.assignee_id = ticket.assignee_id or by.id
    _log(session, ticket, by, "solved", now, words or None)
    key = "tickets.was_solved_with" if words else "tickets.was_solved"
    facts = {"number": ticket.number, "name": by.name, "words": words, "summary": ticket.summary[:80]}
    reopen = ButtonSaid(Said("tickets.reopen"), "deed", {"verb": "tickets.reopen", "ticket": ticket.id})
    outbox.post(
        session,
        ticket.requester,
        Said(key, facts),
        now=now,
        buttons=[reopen],
        conversation=ticket.conversation,
    )
    return ticket


def reopen(session: Session, ticket_id: int, *, by: Employee, now: datetime) -> Ticket:
    """The requester says that it is not solved. Raises NotFound for anybody else."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or ticket.requester_id != by.id:
        raise NotFound(number=str(ticket_id))
    ticket.status, ticket.changed_at = ("assigned" if ticket.assignee_id else "new"), now
    _log(session, ticket, by, "reopened", now)
    _tell_staff(session, ticket, Said("tickets.was_reopened", {"number": ticket.number, "name": by.name}), now)
    return ticket


def comment(session: Session, ticket: Ticket, *, by: Employee, text: str, now: datetime) -> None:
    """What the requester adds; whoever works on it is told."""
    _log(session, ticket, by, "answered", now, text)
    if ticket.status == "waiting":
        ticket.status = "assigned"
    ticket.changed_at = now
    facts = {"number": ticket.number, "name": by.name, "text": text}
    _tell_staff(session, ticket, Said("tickets.was_answered", facts), now)


def _tell_requester(session: Session, ticket: Ticket, said: Said, now: datetime) -> None:
    outbox.post(session, ticket.requester, said, now=now, conversation=ticket.conversation)


def _tell_staff(session: Session, ticket: Ticket, said: Said, now: datetime) -> None:
    staff = [ticket.assignee] if ticket.assignee else people.with_role(session, ticket.queue)
    for colleague in staff:
        outbox.post(session, colleague, said, now=now, card=staff_card(ticket), buttons=staff_buttons(ticket))


def _log(session: Session, ticket: Ticket, by: Employee, kind: str, now: datetime, text: str | None = None) -> None:
    session.add(TicketEvent(ticket_id=ticket.id, author_id=by.id, kind=kind, text=text, at=now))
    session.flush()
