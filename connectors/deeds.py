"""The one road for what is pressed: a button's row says whose it is, until when, and which verb it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from backoffice import leave, ticket_changes, tickets
from backoffice.database import changed
from backoffice.errors import RuleBroken
from backoffice.models import Employee, InboxEvent, OutboxMessage, Pressable
from backoffice.outbox import BUTTON_LIFE, Said
from backoffice.wording import knows
from connectors.messages import Reply

LONGEST_LABEL = 60
SLEEPS_AFTER = timedelta(hours=8)  # as a form's open question does
Offered = tuple[str, str, int]
"""A button below an answer: label, nonce, and the message's row."""
Verb = Callable[[Session, Employee, dict[str, Any], datetime, date], Said]


def _decide(approved: bool) -> Verb:
    def verb(session: Session, by: Employee, meaning: dict[str, Any], now: datetime, today: date) -> Said:
        request = leave.decide(session, meaning["request"], by=by, approved=approved, now=now)
        key = "leave.you_approved" if approved else "leave.you_rejected"
        return Said(key, {"number": request.number, "name": request.employee.name})

    return verb


def _cancel_leave(session: Session, by: Employee, meaning: dict[str, Any], now: datetime, today: date) -> Said:
    request = leave.cancel(session, meaning["request"], by=by, now=now, today=today)
    key = "leave.you_cancelled" if request.kind == "vacation" else "leave.you_cancelled_other"
    return Said(key, {"number": request.number, "days": request.hundredths})


def _take(session: Session, by: Employee, meaning: dict[str, Any], now: datetime, today: date) -> Said:
    ticket = tickets.take(session, meaning["ticket"], by=by, now=now)
    return Said("tickets.you_took", {"number": ticket.number, "name": ticket.requester.name})


def _solve(session: Session, by: Employee, meaning: dict[str, Any], now: datetime, today: date) -> Said:
    ticket = tickets.solve(session, meaning["ticket"], by=by, now=now, words=meaning.get("words", ""))
    return Said("tickets.you_solved", {"number": ticket.number, "name": ticket.requester.name})


def _answer(session: Session, by: Employee, meaning: dict[str, Any], now: datetime, today: date) -> Said:
    ticket = ticket_changes.answer(session, meaning["ticket"], by=by, words=meaning["words"], now=now)
    return Said("tickets.you_answered", {"number": ticket.number, "name": ticket.requester.name})


def _ask(session: Session, by: Employee, meaning: dict[str, Any], now: datetime, today: date) -> Said:
    ticket = tickets.ask(session, meaning["ticket"], by=by, question=meaning["words"], now=now)
    return Said("tickets.you_asked", {"number": ticket.number, "name": ticket.requester.name})


def _reopen(session: Session, by: Employee, meaning: dict[str, Any], now: datetime, today: date) -> Said:
    ticket = ticket_changes.reopen(session, meaning["ticket"], by=by, now=now)
    return Said("tickets.you_reopened", {"number": ticket.number})


VERBS: dict[str, Verb] = {
    "leave.approve": _decide(True),
    "leave.reject": _decide(False),
    "leave.cancel": _cancel_leave,
    "tickets.take": _take,
    "tickets.solve": _solve,
    "tickets.answer": _answer,
    "tickets.ask": _ask,
    "tickets.reopen": _reopen,
}


def perform(session: Session, by: Employee, meaning: dict[str, Any], *, now: datetime, today: date) -> Said:
    """Do it in the session's transaction and say what came of it; a broken rule is an outcome."""
    try:
        with session.begin_nested():
            return VERBS[meaning["verb"]](session, by, meaning, now, today)
    except RuleBroken as error:
        topic = meaning["verb"].partition(".")[0]
        key = f"{topic}.errors.{type(error).__name__}"
        return Said(key if knows(key) else "session.errors.NotFound", error.facts)


def claim(session: Session, nonce: str, *, by: Employee, now: datetime, turn: str) -> Pressable | Said:
    """The row of a button, used up by this turn; or what to say when it is foreign, old, or was pressed before.

    The same turn may claim again: it is sent anew when Rasa was away.
    """
    row = session.get(Pressable, nonce)
    if row is None or row.employee_id != by.id:
        return Said("session.not_yours")
    free = or_(Pressable.used_by.is_(None), Pressable.used_by == turn)
    claiming = update(Pressable).where(Pressable.nonce == nonce, free, Pressable.expires_at > now)
    if changed(session, claiming.values(used_by=turn)):
        return row
    return Said("session.expired" if row.used_by is None and row.expires_at <= now else "session.used_up")


def offered(replies: Sequence[Reply]) -> list[Offered]:
    """The buttons below an answer, for the talk to remember until the next one: what `typed` is asked with."""
    return [(button.label, button.nonce, reply.id) for reply in replies for button in reply.buttons]


def typed(session: Session, event: InboxEvent, below: Sequence[Offered], *, now: datetime) -> str | None:
    """The button below the answer before that this text names by its whole label, and no other one does; else None.

    A deed that somebody has had news since is not done by a word: another card may lie above it by now. Nor is a word
    of another day, or of hours later, a press ("ja" fits many a question): it is heard like any other.
    """
    wanted = _label(event.text or "") if below and len(event.text or "") <= LONGEST_LABEL else ""
    named = [(nonce, message) for label, nonce, message in below if _label(label) == wanted] if wanted else []
    if len(named) != 1:
        return None
    nonce, message = named[0]
    row = session.get(Pressable, nonce)
    if row is None or row.employee_id != event.employee_id or row.used_by or row.expires_at <= now:
        return None
    if not _is_fresh(event.received_at, row.expires_at - BUTTON_LIFE, session.get_one(Employee, event.employee_id)):
        return None
    if row.kind == "deed" and _has_had_news(session, event.employee_id, since=message):
        return None
    return nonce


def _is_fresh(typed_at: datetime, shown_at: datetime, employee: Employee) -> bool:
    zone = ZoneInfo(employee.site.zone)
    return typed_at - shown_at < SLEEPS_AFTER and typed_at.astimezone(zone).date() == shown_at.astimezone(zone).date()


def _label(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _has_had_news(session: Session, employee_id: int, *, since: int) -> bool:
    news = select(OutboxMessage.id).where(OutboxMessage.employee_id == employee_id, OutboxMessage.turn.is_(None))
    return session.scalar(news.where(OutboxMessage.id > since).limit(1)) is not None
