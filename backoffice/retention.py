"""Forgetting: what people typed and what they were told is kept for some weeks, pay for a day (GDPR Art. 5(1)(e)).

The records themselves (requests, tickets, reports, the ledger) have periods of their own and are not touched here.
What is typed about illness or in confidence is forgotten when the turn is answered: `inbox.blank`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Delete, Update, delete, or_, select, update
from sqlalchemy.orm import Session

from backoffice.models import ActionRun, InboxEvent, OutboxMessage, Pressable

FORGOTTEN = "session.forgotten"
PAY = "payroll."  # replies of these words hold figures of pay
PAY_KEPT = timedelta(hours=24)  # after delivery
TURN_KEPT = timedelta(days=1)  # a turn that is answered is not repeated after that


@dataclass(frozen=True)
class Forgotten:
    """How much is gone: `texts` typed, `messages` replaced by a marker, `rows` of buttons, turns and old events."""

    texts: int
    messages: int
    rows: int


def blank(session: Session, *, now: datetime, days: int) -> Forgotten:
    """Forget what is older than `days`, and pay a day after it was delivered. Harmless to repeat.

    What is not answered or not delivered yet stays whole: nothing is lost. What can never be delivered does not.
    Blanked rows go after twice the time; buttons that were used or have expired stay for the time, so that a late press
    is told so.
    """
    cutoff, gone = now - timedelta(days=days), now - timedelta(days=2 * days)
    pay = OutboxMessage.said["text"]["key"].as_string().like(f"{PAY}%")
    never = OutboxMessage.undeliverable.is_not(None)
    paid = or_(OutboxMessage.delivered_at < now - PAY_KEPT, never & (OutboxMessage.created_at < now - PAY_KEPT)) & pay
    texts = _forget_texts(session, InboxEvent.turn.in_(select(OutboxMessage.turn).where(paid)))
    texts += _forget_texts(session, InboxEvent.received_at < cutoff)
    messages = _mark(session, paid) + _mark(session, OutboxMessage.created_at < cutoff)
    rows = sum(
        _count(session, statement)
        for statement in (
            delete(ActionRun).where(ActionRun.turn.in_(_done_before(now - TURN_KEPT))),
            delete(Pressable).where(or_(Pressable.expires_at < cutoff, Pressable.used_by.in_(_done_before(cutoff)))),
            delete(InboxEvent).where(InboxEvent.done_at < gone, InboxEvent.text.is_(None)),
            delete(OutboxMessage).where(or_(OutboxMessage.delivered_at < gone, never), OutboxMessage.created_at < gone),
        )
    )
    return Forgotten(texts, messages, rows)


def _done_before(moment: datetime) -> Any:
    return select(InboxEvent.turn).where(InboxEvent.done_at < moment)


def _forget_texts(session: Session, which: ColumnElement[bool]) -> int:
    answered = (InboxEvent.done_at.is_not(None), InboxEvent.text.is_not(None))
    return _count(session, update(InboxEvent).where(which, *answered).values(text=None))


def _mark(session: Session, which: ColumnElement[bool]) -> int:
    """Put the neutral marker in the place of what was said, so that a page that shows it does not break."""
    marker = {"text": {"key": FORGOTTEN, "facts": {}}}
    known = OutboxMessage.said["text"]["key"].as_string() == FORGOTTEN
    over = or_(OutboxMessage.delivered_at.is_not(None), OutboxMessage.undeliverable.is_not(None))
    statement = update(OutboxMessage).where(which, over, ~known)
    return _count(session, statement.values(said=marker))


def _count(session: Session, statement: Update | Delete) -> int:
    session.flush()
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return int(getattr(result, "rowcount", 0))
