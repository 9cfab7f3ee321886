"""What a page shows, as plain data: the talk so far, what others see, the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice import outbox, people, tickets
from backoffice.models import Employee, InboxEvent, OutboxMessage, Ticket
from backoffice.outbox import Said
from backoffice.wording import say
from connectors.messages import Reply, speak, word
from connectors.web import settled

LAST = 40
SHIFT_WORK = {"Lager", "Retouren"}


@dataclass(frozen=True)
class Line:
    """One line of the log: an own text, or a reply."""

    own: str | None
    reply: Reply | None


@dataclass(frozen=True)
class Told:
    """What somebody else was told."""

    name: str
    reply: Reply


@dataclass(frozen=True)
class Happening:
    """One event of a ticket's story; `kind` names an entry of words/tickets.yml, `at` is ISO."""

    who: str
    kind: str
    at: str
    text: str


@dataclass(frozen=True)
class Case:
    """A ticket of the queue with its story; `urgency` and `category` name entries of the words."""

    id: int
    number: str
    summary: str
    requester: str
    first_name: str
    state: Said
    urgency: str
    category: str
    since: str | None
    due: str
    late: bool
    assignee: str | None
    mine: bool
    story: list[Happening]


def log(session: Session, employee: Employee, conversation: str, language: str) -> list[Line]:
    """The last lines of this person's conversation on the web, oldest first; a pressed button is something said."""
    events = session.scalars(
        select(InboxEvent).filter_by(conversation=conversation).order_by(InboxEvent.id.desc()).limit(LAST)
    ).all()
    messages = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.employee_id == employee.id)
        .where((OutboxMessage.conversation == conversation) | (OutboxMessage.conversation.is_(None)))
        .order_by(OutboxMessage.id.desc())
        .limit(LAST)
    ).all()
    pressed = outbox.pressed_labels(session, messages)
    lines = []
    for event in events:
        label = pressed.get(event.pressed or "")
        own = say(label["key"], language, label["facts"]) if label else event.text
        if own:
            lines.append((event.received_at, 0, event.id, Line(own, None)))
    replies = settled.as_it_stands(session, [speak(message, language) for message in messages], pressed=set(pressed))
    for message, reply in zip(messages, replies, strict=True):
        lines.append((message.created_at, 1, message.id, Line(None, reply)))
    return [line for *_, line in sorted(lines, key=lambda line: line[:3])]


def starters(session: Session, employee: Employee) -> list[str]:
    """Four examples that work for this person: names of entries of words/session.yml."""
    leads = people.leads_anybody(session, employee)
    fits = {
        "balance": not employee.agency,
        "shift": employee.department in SHIFT_WORK,
        "approve": leads,
        "stock": employee.department in SHIFT_WORK,
        "contact": bool(employee.agency),
        "laptop": employee.department not in SHIFT_WORK,
        "policy": True,
        "pay": not employee.agency,
    }
    return [f"session.try_{name}" for name, fit in fits.items() if fit][:4]


def told(session: Session, employee: Employee, language: str) -> list[Told]:
    """What others were told last, newest first; the demo shows both sides."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.employee_id != employee.id, OutboxMessage.turn.is_(None))
        .order_by(OutboxMessage.id.desc())
        .limit(6)
    )
    return [Told(people.by_id(session, row.employee_id).name, word(row, language)) for row in rows]


def queue(session: Session, staff: Employee, *, now: datetime) -> list[Case]:
    """What is open in the person's queues: the urgent ones, then all others, each as they are due."""
    served = tickets.of_queues(session, staff, at=now)
    in_order = sorted(served, key=lambda ticket: (ticket.urgency != "urgent", ticket.due_at))
    return [_case(session, ticket, staff, now) for ticket in in_order]


def _case(session: Session, ticket: Ticket, staff: Employee, now: datetime) -> Case:
    worker = tickets.worked_on_by(ticket, at=now)
    story = [
        Happening(people.by_id(session, event.author_id).name, f"tickets.did_{event.kind}", event.at.isoformat(), text)
        for event in tickets.history(session, ticket)
        if (text := event.text or "") or event.kind != "opened"
    ]
    return Case(
        id=ticket.id,
        number=ticket.number,
        summary=ticket.summary,
        requester=f"{ticket.requester.name}, {ticket.requester.site.name}",
        first_name=ticket.requester.first_name,
        state=tickets.status_said(ticket),
        urgency=tickets.urgency_word(ticket),
        category=f"tickets.category_{ticket.category}",
        since=ticket.since,
        due=ticket.due_at.isoformat(),
        late=ticket.due_at < now,
        assignee=worker.name if worker else None,
        mine=ticket.assignee_id == staff.id,
        story=story,
    )
