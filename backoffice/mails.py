"""Mails to work addresses: written in the deed's own transaction, sent afterwards, at least once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from backoffice.database import changed
from backoffice.models import Employee, MailMessage

LEASE = timedelta(seconds=60)
NEWS_LIFE = timedelta(days=3)


def post(
    session: Session,
    to: Employee,
    name: str,
    *,
    now: datetime,
    life: timedelta = NEWS_LIFE,
    facts: dict[str, Any] | None = None,
) -> None:
    """To be sent to the work address; nothing for people without one. After its life it is not worth sending."""
    if to.email:
        row = MailMessage(employee_id=to.id, name=name, facts=facts or {}, created_at=now, expires_at=now + life)
        session.add(row)


def take(session: Session, *, now: datetime) -> list[MailMessage]:
    """What waits to be sent, made one's own for a lease, oldest first."""
    free = or_(MailMessage.claimed_until.is_(None), MailMessage.claimed_until < now)
    waiting = (
        select(MailMessage)
        .options(joinedload(MailMessage.employee))
        .where(MailMessage.done_at.is_(None), MailMessage.expires_at > now, free)
        .order_by(MailMessage.id)
    )
    mine = []
    for mail in session.scalars(waiting).all():
        claiming = update(MailMessage).where(MailMessage.id == mail.id, free)
        if changed(session, claiming.values(claimed_until=now + LEASE)):
            mine.append(mail)
    return mine


def done(session: Session, mail_id: int, *, now: datetime) -> None:
    """It was sent, or never can be: its facts are forgotten."""
    session.execute(update(MailMessage).where(MailMessage.id == mail_id).values(done_at=now, facts={}))


def forget(session: Session, *, now: datetime) -> None:
    """The facts of what has expired go, sent or not."""
    over = update(MailMessage).where(MailMessage.done_at.is_(None), MailMessage.expires_at <= now)
    session.execute(over.values(done_at=now, facts={}))
