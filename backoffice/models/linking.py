"""How a platform account is proven to be somebody's, and the mails that go to work addresses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.database import Base, UtcDateTime
from backoffice.models.people import Employee


class LinkCode(Base):
    """A one-time code for one person; only its SHA-256 is kept. `way`: web or mail.

    A code that was asked for by an account (`channel`, `handle`) connects that account and no other.
    """

    __tablename__ = "link_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    way: Mapped[str]
    channel: Mapped[str | None]
    handle: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LinkAttempt(Base):
    """What an account has tried: `kind` ask (a code by mail), try (a code) or part; `outcome` names what was said.

    `key` is that of the event, so that its repeat does nothing. Rows go after a day.
    """

    __tablename__ = "link_attempt"
    __table_args__ = (Index("ix_link_attempt_account", "channel", "handle", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    handle: Mapped[str]
    kind: Mapped[str]
    outcome: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MailMessage(Base):
    """A mail to a work address. `name` is an entry of the words; with `_subject` behind it, that of its subject.

    `facts` are blanked once it was sent or has expired, since they may hold a code.
    """

    __tablename__ = "mail_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    name: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    employee: Mapped[Employee] = relationship(lazy="raise")
