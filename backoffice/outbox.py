"""What must be said to people: written in the deed's own transaction, delivered afterwards, at least once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, SessionTransaction

from backoffice.database import changed
from backoffice.models import ChannelAccount, Employee, InboxEvent, OutboxMessage, Pressable, TalkState

_OF_TURN = select(OutboxMessage).where(OutboxMessage.turn == bindparam("turn")).order_by(OutboxMessage.id)
LEASE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
BUTTON_LIFE = timedelta(days=14)


@dataclass(frozen=True)
class Said:
    """One entry of the words with its facts, e.g. Said("leave.balance", {"left": 1250})."""

    key: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A fact on a card; `sum` is set apart below a line."""

    label: Said
    value: Said
    sum: bool = False


@dataclass(frozen=True)
class CardSaid:
    """A card: what it is, how it stands (`tone`: wait, done, refused or none), its facts."""

    title: Said
    rows: tuple[Row, ...] = ()
    tag: Said | None = None
    tone: str = ""


@dataclass(frozen=True)
class ButtonSaid:
    """A button to be: `kind` answer means (intent, slots) for the bot, deed means (verb, subject) for `deeds.py`."""

    label: Said
    kind: str
    meaning: dict[str, Any]
    first: bool = False


@dataclass(frozen=True)
class LinkSaid:
    """Something of the person's own to open on the signed-in page."""

    label: Said
    url: str


def post(
    session: Session,
    to: Employee,
    said: Said,
    *,
    now: datetime,
    card: CardSaid | None = None,
    buttons: Sequence[ButtonSaid] = (),
    link: LinkSaid | None = None,
    turn: str | None = None,
    conversation: str | None = None,
) -> OutboxMessage:
    """Write down what is to be said, and where it is heard; each button becomes a row of its own with a random name."""
    content: dict[str, Any] = {"text": asdict(said), "zone": to.site.zone}
    if card:
        content["card"] = asdict(card)
    if link:
        content["link"] = asdict(link)
    if buttons:
        content["buttons"] = [_button(session, to, button, now) for button in buttons]
    message = OutboxMessage(employee_id=to.id, said=content, created_at=now, turn=turn, conversation=conversation)
    session.add(message)
    return message


def _button(session: Session, to: Employee, button: ButtonSaid, now: datetime) -> dict[str, Any]:
    nonce = secrets.token_urlsafe(16)
    session.add(
        Pressable(
            nonce=nonce, employee_id=to.id, kind=button.kind, meaning=button.meaning, expires_at=now + BUTTON_LIFE
        )
    )
    return {"label": asdict(button.label), "nonce": nonce, "first": button.first}


def of_turn(session: Session, turn: str) -> list[OutboxMessage]:
    """The replies of one turn, in order."""
    return list(session.scalars(_OF_TURN, {"turn": turn}))


def before(session: Session, event: InboxEvent) -> list[OutboxMessage]:
    """What the same person was answered in the same conversation just before this event, in order."""
    earlier = select(func.max(InboxEvent.id)).where(
        InboxEvent.conversation == event.conversation,
        InboxEvent.employee_id == event.employee_id,
        InboxEvent.id < event.id,
    )
    turn = select(InboxEvent.turn).where(InboxEvent.id == earlier.scalar_subquery())
    rows = select(OutboxMessage).where(OutboxMessage.turn == turn.scalar_subquery()).order_by(OutboxMessage.id)
    return list(session.scalars(rows))


def answered_before(session: Session, turn: str) -> set[str]:
    """The sentences that the turn before this one was answered with, by name."""
    event = session.scalar(select(InboxEvent).filter_by(turn=turn))
    return {message.said["text"]["key"] for message in before(session, event)} if event else set()


def unsay(session: Session, messages: Sequence[OutboxMessage], since: SessionTransaction) -> None:
    """Take back what was written since a savepoint; `messages` are all of it that could be read again."""
    since.rollback()
    for message in messages:
        if message in session:  # its number is free again: the next one may get it
            session.expunge(message)


def waiting(
    session: Session, employee: Employee, *, now: datetime, conversation: str | None = None
) -> list[OutboxMessage]:
    """What nobody has delivered to this person and nobody is delivering now; `conversation` leaves out other ones."""
    rows = (
        select(OutboxMessage)
        .where(
            OutboxMessage.employee_id == employee.id,
            OutboxMessage.delivered_at.is_(None),
            _free(now),
        )
        .order_by(OutboxMessage.id)
    )
    if conversation:
        rows = rows.where(or_(OutboxMessage.conversation.is_(None), OutboxMessage.conversation == conversation))
    return list(session.scalars(rows))


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(OutboxMessage.claimed_until.is_(None), OutboxMessage.claimed_until < now)


def claim(session: Session, message: OutboxMessage, *, now: datetime) -> bool:
    """Make it one's own for a lease; of many at once, one succeeds."""
    claiming = update(OutboxMessage).where(OutboxMessage.id == message.id, _free(now))
    return changed(session, claiming.values(claimed_until=now + LEASE))


def for_doors(session: Session, doors: Sequence[str], *, now: datetime) -> list[OutboxMessage]:
    """What could go through these doors: replies of turns that have ended, and what is said to people with an
    account there."""
    here = select(TalkState.id).where(TalkState.door.in_(doors))
    reachable = select(ChannelAccount.employee_id).where(ChannelAccount.channel.in_(doors))
    in_progress = select(InboxEvent.turn).where(InboxEvent.done_at.is_(None))
    rows = (
        select(OutboxMessage)
        .where(OutboxMessage.delivered_at.is_(None), OutboxMessage.undeliverable.is_(None), _free(now))
        .where(
            or_(
                OutboxMessage.conversation.in_(here),
                OutboxMessage.conversation.is_(None) & OutboxMessage.employee_id.in_(reachable),
            )
        )
        .where(or_(OutboxMessage.turn.is_(None), OutboxMessage.turn.not_in(in_progress)))
        .order_by(OutboxMessage.id)
    )
    return list(session.scalars(rows))


def newest(session: Session) -> int:
    """The number of the newest row; 0 when nothing was ever said."""
    return session.scalar(select(func.max(OutboxMessage.id))) or 0


def pressed_labels(session: Session, messages: Sequence[OutboxMessage]) -> dict[str, dict[str, Any]]:
    """Buttons of these messages that were pressed: nonce -> label as {key, facts}."""
    labels = {button["nonce"]: button["label"] for one in messages for button in one.said.get("buttons", [])}
    used = select(Pressable.nonce).where(Pressable.nonce.in_(labels), Pressable.used_by.is_not(None))
    return {nonce: labels[nonce] for nonce in session.scalars(used)}


def release(session: Session, *, turn: str) -> None:
    """Whoever asked is gone: let somebody else deliver this turn's replies now."""
    rows = update(OutboxMessage).where(OutboxMessage.turn == turn, OutboxMessage.delivered_at.is_(None))
    session.execute(rows.values(claimed_until=None))


def try_later(session: Session, message_id: int, *, now: datetime) -> None:
    """It did not arrive: wait about as long again as it has been waiting, at most a quarter of an hour."""
    message = session.get_one(OutboxMessage, message_id)
    message.claimed_until = now + min(max(LEASE, now - message.created_at), LONGEST_PAUSE)


def give_up(session: Session, message_id: int, *, reason: str) -> None:
    """It will never arrive there; the web page still shows it."""
    session.get_one(OutboxMessage, message_id).undeliverable = reason


def delivered(session: Session, message_ids: Sequence[int], *, now: datetime) -> None:
    """These have reached their person."""
    session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(message_ids)).values(delivered_at=now))
