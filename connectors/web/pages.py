"""What a page shows, as plain data: the talk so far, what others see, the queue."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice import people, tickets
from backoffice.models import Employee, InboxEvent, OutboxMessage
from connectors.messages import Reply, word

LAST = 40


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
class Case:
    """A ticket of the queue with its story."""

    id: int
    number: str
    summary: str
    requester: str
    status: str
    urgency: str
    mine: bool
    story: list[tuple[str, str]]


def log(session: Session, employee: Employee, conversation: str, language: str) -> list[Line]:
    """The last lines of this person's conversation on the web, oldest first."""
    typed = session.scalars(
        select(InboxEvent).filter_by(conversation=conversation).order_by(InboxEvent.id.desc()).limit(LAST)
    )
    said = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.employee_id == employee.id)
        .where((OutboxMessage.conversation == conversation) | (OutboxMessage.conversation.is_(None)))
        .order_by(OutboxMessage.id.desc())
        .limit(LAST)
    )
    lines = [(event.received_at, 0, event.id, Line(event.text, None)) for event in typed if event.text]
    lines += [(message.created_at, 1, message.id, Line(None, word(message, language))) for message in said]
    return [line for *_, line in sorted(lines, key=lambda line: line[:3])]


def told(session: Session, employee: Employee, language: str) -> list[Told]:
    """What others were told last, newest first; the demo shows both sides."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.employee_id != employee.id, OutboxMessage.turn.is_(None))
        .order_by(OutboxMessage.id.desc())
        .limit(6)
    )
    return [Told(people.by_id(session, row.employee_id).name, word(row, language)) for row in rows]


def queue(session: Session, staff: Employee) -> list[Case]:
    """What is open in the person's queues, most urgent first."""
    cases = []
    for ticket in tickets.of_queues(session, staff):
        story = [(event.kind, event.text or "") for event in tickets.history(session, ticket)]
        requester = f"{ticket.requester.name}, {ticket.requester.site.name}"
        mine = ticket.assignee_id == staff.id
        cases.append(
            Case(
                ticket.id,
                ticket.number,
                ticket.summary,
                requester,
                f"tickets.status_{ticket.status}",
                f"tickets.urgency_{ticket.urgency}",
                mine,
                story,
            )
        )
    return cases
