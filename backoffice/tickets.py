"""Tickets: opened in a sentence, told to those on duty, solved, and the requester always hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backoffice import audit, identifiers, outbox, people, triage, workdays
from backoffice.database import alone, changed, lock
from backoffice.errors import NotFound, RuleBroken
from backoffice.models import Asset, Employee, Site, Ticket, TicketEvent
from backoffice.outbox import ButtonSaid, CardSaid, Row, Said

FIRST_NUMBER = 1001
ANSWER_WITHIN = {"urgent": timedelta(hours=1), "high": timedelta(hours=2), "normal": timedelta(hours=8)}
PRIVATE_QUEUES = {"hr", "payroll"}  # their cards name nobody and quote nothing
ROUND_THE_CLOCK = {"urgent"}  # the others count service hours at the requester's place of work


class AlreadyTaken(RuleBroken):
    """A colleague has it."""


class AlreadySolved(RuleBroken):
    """Nothing is left to do."""


def due(now: datetime, urgency: str, *, site: Site) -> datetime:
    """Until when somebody must have answered."""
    within = ANSWER_WITHIN[urgency]
    return now + within if urgency in ROUND_THE_CLOCK else workdays.after_service_hours(now, within, site=site)


def similar_open(session: Session, requester: Employee, text: str) -> Ticket | None:
    """An unsolved ticket of the same person that seems to be about the same trouble, the newest."""
    rows = select(Asset.tag, Asset.name).where(Asset.employee_id == requester.id)
    carried = [(tag, *(word for word in name.split() if len(word) > 3)) for tag, name in session.execute(rows)]
    devices = [word for words in carried for word in words]
    alike = (
        ticket
        for ticket in of_requester(session, requester)
        if ticket.queue == "it" and triage.about_the_same(ticket.summary, text, devices=devices)
    )
    return next(alike, None)


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
    """File it and, unless `quiet`, tell everybody on duty in the queue, in the same transaction.

    IBANs, card and tax numbers are never kept, here and in all that is said about it later.
    """
    urgency = urgency or triage.urgency_of(can_work)
    alone(session, "ticket numbers")
    highest = session.scalar(select(func.max(Ticket.id)))
    ticket = Ticket(
        id=max(FIRST_NUMBER, (highest or 0) + 1),
        queue=queue,
        requester=requester,
        summary=identifiers.hidden(" ".join(summary.split()), language=requester.language)[:2000],
        category=category or triage.category_of(summary),
        urgency=urgency,
        since=since and identifiers.hidden(since, language=requester.language),
        can_work=can_work,
        conversation=conversation,
        opened_at=now,
        changed_at=now,
        due_at=due(now, urgency, site=requester.site),
    )
    session.add(ticket)
    session.flush()
    log(session, ticket, requester, "opened", now)
    for colleague in people.serving(session, queue, at=now):
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
    state, tone = status_said(ticket, private=ticket.queue in PRIVATE_QUEUES), status_tone(ticket)
    if ticket.queue in PRIVATE_QUEUES:
        return CardSaid(title, (due,), state, tone)
    rows = (
        Row(Said("tickets.label_what"), Said("units.verbatim", {"text": ticket.summary})),
        Row(
            Said("tickets.label_who"),
            Said("units.verbatim", {"text": f"{ticket.requester.name}, {ticket.requester.site.name}"}),
        ),
        Row(Said("tickets.label_urgency"), Said(urgency_word(ticket))),
        Row(Said("tickets.label_category"), Said(f"tickets.category_{ticket.category}")),
        due,
    )
    return CardSaid(title, rows, state, tone)


def status_said(ticket: Ticket, *, private: bool = False) -> Said:
    """How it stands, for everybody but its requester; `private` leaves her name out."""
    if ticket.status != "waiting":
        return Said(f"tickets.status_{ticket.status}")
    return Said("tickets.status_asked") if private else Said("web.waits_for", {"name": ticket.requester.first_name})


def status_tone(ticket: Ticket) -> str:
    """The colour of it on a card."""
    return "done" if ticket.status == "resolved" else "wait"


def urgency_word(ticket: Ticket) -> str:
    """The words for it: it is high because its requester cannot work, or because it was said to be pressing."""
    return word_for(ticket.urgency, ticket.can_work)


def word_for(urgency: str, can_work: str | None) -> str:
    """The same for a ticket that is not filed yet."""
    pressing = urgency == "high" and can_work != "no"
    return "tickets.urgency_raised" if pressing else f"tickets.urgency_{urgency}"


def staff_buttons(ticket: Ticket) -> list[ButtonSaid]:
    """What can be pressed on the card."""
    return [
        ButtonSaid(Said("tickets.take"), "deed", {"verb": "tickets.take", "ticket": ticket.id}, first=True),
        ButtonSaid(Said("tickets.solve"), "deed", {"verb": "tickets.solve", "ticket": ticket.id}),
    ]


def find(session: Session, number: str, *, by: Employee, at: datetime | None = None) -> Ticket:
    """An own ticket, or one of a queue that the person serves; without `at`, by the own roles alone.

    Raises NotFound for all others.
    """
    digits = "".join(character for character in number if character.isdigit())
    ticket = session.get(Ticket, int(digits)) if digits and len(digits) < 10 else None
    if ticket is None or (ticket.requester_id != by.id and not _serves(session, by, ticket.queue, at)):
        raise NotFound(number=number)
    return ticket


def of_requester(session: Session, requester: Employee) -> list[Ticket]:
    """Own tickets that are not solved, newest first."""
    rows = select(Ticket).where(Ticket.requester_id == requester.id, Ticket.status != "resolved")
    return list(session.scalars(rows.order_by(Ticket.id.desc())))


def of_queues(session: Session, staff: Employee, *, at: datetime | None = None) -> list[Ticket]:
    """Everything unsolved in the queues that this person serves, most urgent first; `at` as in `find`."""
    queues = people.queues_of(session, staff, at=at) if at else staff.roles
    rows = select(Ticket).where(Ticket.queue.in_(queues), Ticket.status != "resolved")
    return list(session.scalars(rows.order_by(Ticket.due_at)))


def history(session: Session, ticket: Ticket) -> list[TicketEvent]:
    """The story so far."""
    return list(session.scalars(select(TicketEvent).filter_by(ticket_id=ticket.id).order_by(TicketEvent.id)))


def _serves(session: Session, employee: Employee, queue: str, at: datetime | None) -> bool:
    return queue in employee.roles or (at is not None and queue in people.queues_of(session, employee, at=at))


def served(session: Session, ticket_id: int, by: Employee, now: datetime) -> Ticket:
    """A ticket of a queue that the person serves, locked. Raises NotFound for all others."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or not _serves(session, by, ticket.queue, now):
        raise NotFound(number=str(ticket_id))
    lock(session, ticket)
    return ticket


def take(session: Session, ticket_id: int, *, by: Employee, now: datetime) -> Ticket:
    """Make it one's own, also from somebody who has left. Raises AlreadyTaken when a colleague was first."""
    ticket = served(session, ticket_id, by, now)
    left = None if worked_on_by(ticket, at=now) else ticket.assignee_id
    applied = changed(
        session,
        update(Ticket)
        .where(Ticket.id == ticket.id, Ticket.assignee_id == left, Ticket.status != "resolved")
        .values(assignee_id=by.id, status="assigned", changed_at=now),
    )
    session.refresh(ticket)
    if not applied:
        raise AlreadyTaken(number=ticket.number, name=ticket.assignee.name if ticket.assignee else "–")
    log(session, ticket, by, "assigned", now)
    tell_requester(session, ticket, Said("tickets.was_taken", {"number": ticket.number, "name": by.name}), now)
    return ticket


def ask(session: Session, ticket_id: int, *, by: Employee, question: str, now: datetime) -> Ticket:
    """A question to the requester; whoever asks works on it, and it waits. Raises AlreadySolved."""
    ticket = served(session, ticket_id, by, now)
    if ticket.status == "resolved":
        raise AlreadySolved(number=ticket.number)
    question = identifiers.hidden(question, language=by.language)
    ticket.assignee = worked_on_by(ticket, at=now) or by
    ticket.status, ticket.changed_at = "waiting", now
    log(session, ticket, by, "asked", now, question)
    said = Said("tickets.was_asked", {"number": ticket.number, "name": by.name, "question": question})
    tell_requester(session, ticket, said, now)
    return ticket


def solve(session: Session, ticket_id: int, *, by: Employee, now: datetime, words: str = "") -> Ticket:
    """Mark it as solved and tell the requester how. Raises AlreadySolved."""
    ticket = served(session, ticket_id, by, now)
    if ticket.status == "resolved":
        raise AlreadySolved(number=ticket.number)
    words = identifiers.hidden(words, language=by.language)
    ticket.status, ticket.changed_at = "resolved", now
    ticket.assignee = worked_on_by(ticket, at=now) or by
    log(session, ticket, by, "solved", now, words or None)
    key = f"tickets.was_solved{'_with' if words else ''}{'_request' if ticket.category == 'request' else ''}"
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


def worked_on_by(ticket: Ticket, *, at: datetime) -> Employee | None:
    """Whose it is; nobody's when who took it has left."""
    return ticket.assignee if ticket.assignee and people.is_at_work(ticket.assignee, at) else None


def tell_requester(session: Session, ticket: Ticket, said: Said, now: datetime) -> None:
    """Where it was asked."""
    outbox.post(session, ticket.requester, said, now=now, conversation=ticket.conversation)


def tell_staff(session: Session, ticket: Ticket, said: Said, now: datetime) -> None:
    """Whoever works on it; everybody of the queue while nobody does, or who did has left."""
    worker = worked_on_by(ticket, at=now)
    staff = [worker] if worker else people.serving(session, ticket.queue, at=now)
    buttons = [] if ticket.status == "resolved" else staff_buttons(ticket)
    for colleague in staff:
        outbox.post(session, colleague, said, now=now, card=staff_card(ticket), buttons=buttons)


def log(session: Session, ticket: Ticket, by: Employee, kind: str, now: datetime, text: str | None = None) -> None:
    """One more line of the story, and of the audit."""
    audit.write(session, f"tickets.{kind}", ("ticket", ticket.id), by=by, at=now, urgency=ticket.urgency)
    session.add(TicketEvent(ticket_id=ticket.id, author_id=by.id, kind=kind, text=text, at=now))
    session.flush()
