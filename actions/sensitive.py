"""What must not be kept: reports in confidence, bank and tax data, illness; and declarations, which must be."""

from __future__ import annotations

from actions import articles
from actions.turn import Turn
from backoffice import inbox, safety, tickets, triage


def confidential_report(turn: Turn) -> None:
    """Name the contacts and forget the words."""
    inbox.blank(turn.session, turn.context.turn)
    turn.reply("session.confidential")


def report_accident(turn: Turn) -> None:
    """Help first; those who must come are told at once, without the words."""
    inbox.blank(turn.session, turn.context.turn)
    safety.report_accident(turn.session, turn.employee, now=turn.now)
    turn.reply("safety.accident")


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


def declare(turn: Turn) -> None:
    """Kept word for word for HR, with a receipt; nothing takes effect through us. A question declares nothing."""
    if triage.asks(turn.text):
        articles.policy_question(turn)
        return
    turn.hide_numbers()
    ticket = tickets.open_ticket(
        turn.session,
        turn.employee,
        summary=turn.text,
        now=turn.now,
        queue="hr",
        category="request",
        urgency="high",
        conversation=turn.news_to,
    )
    turn.reply("session.declared", number=ticket.number, at=turn.now.isoformat())


ACTS = {
    "confidential_report": confidential_report,
    "report_accident": report_accident,
    "payroll_change_bank": payroll_change_bank,
    "tax_document": tax_document,
    "privacy_request": privacy_request,
    "declare_parental_leave": declare,
    "declare_part_time": declare,
    "declare_resignation": declare,
}
