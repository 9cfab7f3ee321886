"""What must not be kept: reports in confidence, bank and tax data, illness; and declarations, which must be."""

from __future__ import annotations

from actions import articles
from actions.turn import Turn
from backoffice import inbox, safety, tickets, triage

DUTIES = {
    "declare_parental_leave": "session.duty_parental_leave",
    "declare_part_time": "session.duty_part_time",
    "declare_resignation": "session.duty_resignation",
}
"""What is to be done by when, by whom: BEEG §§ 15, 16; TzBfG § 8; BGB § 623."""


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
    """Kept word for word for HR, with a receipt; nothing takes effect through us. A question declares nothing.

    The ticket is the record: where the words touch on health, it alone keeps them.
    """
    if triage.asks(turn.text):
        articles.policy_question(turn)
        return
    turn.hide_numbers()
    turn.forget_if_health()
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
    turn.reply(DUTIES[turn.intent])


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
