"""What came in: stored before it is acknowledged; the same event twice is the same row."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from backoffice.models import Employee, InboxEvent

# Statements that every turn needs are put together once.
_BY_KEY = select(InboxEvent).where(InboxEvent.key == bindparam("key"))
_BY_TURN = select(InboxEvent).where(InboxEvent.turn == bindparam("turn"))
_TEXT = select(InboxEvent.text).where(InboxEvent.turn == bindparam("turn"))
MOST_FAILURES = 5
FIRST_REST = timedelta(seconds=2)


def receive(
    session: Session,
    *,
    key: str,
    conversation: str,
    employee: Employee,
    text: str | None,
    pressed: str | None = None,
    now: datetime,
) -> tuple[InboxEvent, bool]:
    """The event's row, and whether it is new."""
    known = session.scalar(_BY_KEY, {"key": key})
    if known:
        return known, False
    event = InboxEvent(
        key=key,
        turn=secrets.token_hex(8),
        conversation=conversation,
        employee_id=employee.id,
        text=text,
        pressed=pressed,
        received_at=now,
    )
    session.add(event)
    session.flush()
    return event, True


def unfinished(session: Session) -> list[InboxEvent]:
    """Events that were taken in and never answered, oldest first: after a crash, or while Rasa was away."""
    return list(session.scalars(select(InboxEvent).filter_by(done_at=None).order_by(InboxEvent.id)))


def is_due(event: InboxEvent, *, now: datetime) -> bool:
    """Whether to try again: what failed through a fault of ours rests, each time twice as long."""
    return not event.failures or now >= event.received_at + FIRST_REST * 2**event.failures


def of_turn(session: Session, turn: str) -> InboxEvent:
    """The event that began a turn."""
    return session.scalars(_BY_TURN, {"turn": turn}).one()


def part_of(turn: str, start: int, end: int) -> str:
    """The name of a part of what was typed in a turn, for `text_of`."""
    return f"{turn}:{start}-{end}"


def text_of(session: Session, said: str) -> str:
    """What was typed in a turn, or in the part of it that `said` names; empty once it has been blanked."""
    turn, _, span = said.partition(":")
    text = session.scalar(_TEXT, {"turn": turn}) or ""
    if not span:
        return text
    start, end = map(int, span.split("-"))
    return text[start:end]


def blank(session: Session, turn: str) -> None:
    """Forget what is typed in this turn as soon as it is answered: after a crash before that it is heard again."""
    event = session.scalar(_BY_TURN, {"turn": turn})
    if event:
        event.forget = True
        if event.done_at:
            event.text = None


def finish(event: InboxEvent, *, now: datetime) -> None:
    """The turn is answered."""
    event.done_at = now
    if event.forget:
        event.text = None
