"""What came in, what must be said, what was pressed, and where each conversation stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.database import Base, UtcDateTime

OPEN = text("done_at IS NULL")


class TalkState(Base):
    """A conversation: its id is an HMAC of the door's key; `state` is Rasa's, and what was offered last."""

    __tablename__ = "talk_state"
    id: Mapped[str] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    door: Mapped[str]
    address: Mapped[str]
    language: Mapped[str]
    state: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class InboxEvent(Base):
    """One event of a door, stored before it is acknowledged. `key` makes a repeat the same row.

    `forget`: the text goes as soon as the turn is answered; until then a repeat of the turn needs it.
    `failures`: how often answering it failed through a fault of ours.
    """

    __tablename__ = "inbox_event"
    __table_args__ = (
        Index("ix_inbox_event_open", "conversation", sqlite_where=OPEN, postgresql_where=OPEN),  # few rows, always
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    turn: Mapped[str] = mapped_column(unique=True)
    conversation: Mapped[str] = mapped_column(index=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    text: Mapped[str | None]
    pressed: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    apologised: Mapped[bool] = mapped_column(default=False)
    forget: Mapped[bool] = mapped_column(default=False, server_default=false())
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutboxMessage(Base):
    """Something that must be said to somebody. `said`: {text, card?, buttons?, link?}; worded when it is delivered.

    `language` is the one it was first worded in: what was said stays as it was said.
    `undeliverable` says why it will never arrive where it was sent to, e.g. because the bot is blocked there.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_open", "delivered_at", "employee_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[str | None] = mapped_column(index=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    conversation: Mapped[str | None]
    said: Mapped[dict[str, Any]] = mapped_column(JSON)
    language: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undeliverable: Mapped[str | None]


class ActionRun(Base):
    """What an action returned in a turn, so that a repeated turn gets the same and does nothing again."""

    __tablename__ = "action_run"
    __table_args__ = (UniqueConstraint("turn", "action", "nth"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[str]
    action: Mapped[str]
    nth: Mapped[int]
    events: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Pressable(Base):
    """The row behind a button: whose it is and what it means. `kind`: answer (to the bot) or deed."""

    __tablename__ = "pressable"
    nonce: Mapped[str] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    kind: Mapped[str]
    meaning: Mapped[dict[str, Any]] = mapped_column(JSON)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_by: Mapped[str | None]


class Mark(Base):
    """Facts about this database itself, such as that it belongs to the demo."""

    __tablename__ = "mark"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
