"""What must not be kept: reports in confidence, bank and tax data, illness; and declarations, which must be."""

from __future__ import annotations

from actions.turn import Turn
from backoffice import inbox, outbox, people, tickets
from backoffice.outbox import Said


def confidential_report(turn: Turn) -> None:
    """Name the contacts and forget the words."""
    inbox.blank(turn.session, turn.context.turn)
    turn.reply("session.confidential")


def payroll_change_bank(turn: Turn) -> None:
    """Bank data is never taken in chat."""
    inbox.blank(turn.session, turn.context.turn)
    turn.reply("session.bank")


def tax_document(turn: Turn) -> None:
    """Where tax documents are."""
    inbox.blank(turn.session, turn.context.turn)
    turn.reply("session.tax")


def privacy_request(turn: Turn) -> None:
    """Where it is done; no ticket with the words."""
    turn.reply("session.privacy")


def sick_report(turn: Turn) -> None:
    """Absent from today: the manager hears "absent", HR gets the task; why is neither asked nor kept."""
    inbox.blank(turn.session, turn.context.turn)
    name = {"name": turn.employee.name}
    if turn.employee.manager_id:
        manager = people.by_id(turn.session, turn.employee.manager_id)
        outbox.post(turn.session, manager, Said("session.absent_notice", name), now=turn.now)
    for colleague in people.with_role(turn.session, "hr"):
        outbox.post(turn.session, colleague, Said("session.absent_task", name), now=turn.now)
    turn.reply("session.sick_filed")


def declare(turn: Turn) -> None:
    """Kept word for word for HR, with a receipt; nothing takes effect through us."""
    ticket = tickets.open_ticket(
        turn.session,
        turn.employee,
        summary=turn.text,
        now=turn.now,
        queue="hr",
        category="request",
        urgency="high",
        conversation=turn.context.conversation,
    )
    turn.reply("session.declared", number=ticket.number, at=turn.now.isoformat())


ACTS = {
    "confidential_report": confidential_report,
    "payroll_change_bank": payroll_change_bank,
    "tax_document": tax_document,
    "privacy_request": privacy_request,
    "sick_report": sick_report,
    "declare_parental_leave": declare,
    "declare_part_time": declare,
    "declare_resignation": declare,
}
