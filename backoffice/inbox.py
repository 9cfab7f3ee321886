"""What came in: stored before it is acknowledged; the same event twice is the same row."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from backoffice import identifiers
from backoffice.models import Employee, InboxEvent, TalkState

# Statements that every turn needs are put together once.
_BY_KEY = select(InboxEvent).where(InboxEvent.key == bindparam("key"))
_BY_TURN = select(InboxEvent).where(InboxEvent.turn == bindparam("turn"))
_WITH_TALK = _BY_TURN.add_columns(TalkState).outerjoin(TalkState, TalkState.id == InboxEvent.conversation)
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


def waiting_before(session: Session, event: InboxEvent) -> list[tuple[str, datetime]]:
    """What was said before in the same conversation and is still to be heard, oldest first: turn and when it came.

    What failed through a fault of ours is not among them: nobody waits for that.
    """
    older = select(InboxEvent.turn, InboxEvent.received_at).where(
        InboxEvent.conversation == event.conversation,
        InboxEvent.done_at.is_(None),
        InboxEvent.failures == 0,
        InboxEvent.id < event.id,
    )
    return [(turn, received_at) for turn, received_at in session.execute(older.order_by(InboxEvent.id))]


def is_due(event: InboxEvent, *, now: datetime) -> bool:
    """Whether to try again: what failed through a fault of ours rests, each time twice as long."""
    return not event.failures or now >= event.received_at + FIRST_REST * 2**event.failures


def of_turn(session: Session, turn: str) -> InboxEvent:
    """The event that began a turn; reads its talk too, which is needed next."""
    event: InboxEvent = session.execute(_WITH_TALK, {"turn": turn}).one()[0]
    return event


def turn_of(said: str) -> str:
    """The turn in which it was said."""
    return said.partition(":")[0]


def part_of(turn: str, start: int, end: int) -> str:
    """The name of a part of what was typed in a turn, for `text_of`."""
    return f"{turn}:{start}-{end}"


def text_of(session: Session, said: str) -> str:
    """What was typed in a turn, or in the part of it that `said` names; empty once it has been blanked."""
    text = session.scalar(_TEXT, {"turn": turn_of(said)}) or ""
    start, end = _span(said, text)
    return text[start:end]


def _span(said: str, text: str) -> tuple[int, int]:
    _, _, span = said.partition(":")
    start, end = span.split("-") if span else (0, len(text))
    return int(start), int(end)


def hide_numbers(session: Session, said: str, *, language: str) -> bool:
    """Put marks in the place of IBANs, card and tax numbers in all that was typed then; whether there were any.

    A message with such numbers is never heard in parts: marks would shift where they stand.
    """
    event = session.scalar(_BY_TURN, {"turn": turn_of(said)})
    kept = identifiers.hidden(event.text, language=language) if event and event.text else None
    if event is None or kept == event.text:
        return False
    event.text = kept
    return True


def hand_over(session: Session, said: str, *, to: InboxEvent) -> None:
    """What was typed in a turn, or in a part of it, counts as typed in this later one, and stands there alone."""
    event = session.scalar(_BY_TURN, {"turn": turn_of(said)})
    if not event or not event.text or event.employee_id != to.employee_id:
        return
    start, end = _span(said, event.text)
    words, rest = event.text[start:end], event.text[:start] + " " * (end - start) + event.text[end:]
    if words.strip():  # else it is handed over already
        to.text, event.text = words, rest if rest.strip() else None  # the other parts stand where they stood


def blank(session: Session, said: str) -> None:
    """Forget all that was typed in this turn as soon as it is answered: after a crash before that it is heard again."""
    event = session.scalar(_BY_TURN, {"turn": turn_of(said)})
    if event:
        event.forget = True
        if event.done_at:
            event.text = None


def finish(event: InboxEvent, *, now: datetime) -> None:
    """The turn is answered."""
    event.done_at = now
    if event.forget:
        event.text = None
