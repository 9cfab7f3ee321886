"""Who is who."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice import audit, spelling
from backoffice.clock import Clock
from backoffice.errors import NotFound, RuleBroken
from backoffice.models import ApiToken, ChannelAccount, Employee, InboxEvent, TalkState

SHORTEST_NAME = 5  # letters, of a misspelt one: "many" is not Mandy


class AlreadyBound(RuleBroken):
    """The account speaks for somebody else."""


class HasLeft(RuleBroken):
    """The contract does not cover today: whatever they still hold opens nothing."""


def by_key(session: Session, key: str) -> Employee:
    """The employee with a key such as mara.lindt. Raises NotFound."""
    employee = session.scalar(select(Employee).filter_by(key=key))
    if employee is None:
        raise NotFound(key=key)
    return employee


def by_id(session: Session, employee_id: int) -> Employee:
    """Raises NotFound."""
    employee = session.get(Employee, employee_id)
    if employee is None:
        raise NotFound(key=str(employee_id))
    return employee


def at_work(session: Session, employee_id: int, *, clock: Clock) -> Employee:
    """The employee, if the contract covers today at the place of work. Raises NotFound, HasLeft."""
    employee = by_id(session, employee_id)
    if not works_here(employee, clock.today_in(employee.site.zone)):
        raise HasLeft(key=employee.key)
    return employee


def recognise(session: Session, channel: str, handle: str, *, clock: Clock) -> Employee | None:
    """Whose platform account this is; None for strangers and for people who have left."""
    account = session.scalar(select(ChannelAccount).filter_by(channel=channel, handle=handle))
    return _if_at_work(session, account.employee_id, clock) if account else None


def bind_account(session: Session, employee: Employee, *, channel: str, handle: str) -> None:
    """From now on this platform account speaks for this person. Raises AlreadyBound."""
    account = session.scalar(select(ChannelAccount).filter_by(channel=channel, handle=handle))
    if account and account.employee_id != employee.id:
        raise AlreadyBound(key=by_id(session, account.employee_id).key)
    if account is None:
        session.add(ChannelAccount(channel=channel, handle=handle, employee_id=employee.id))


def unbind_account(session: Session, *, channel: str, handle: str) -> None:
    """The account speaks for nobody any more. Raises NotFound."""
    account = session.scalar(select(ChannelAccount).filter_by(channel=channel, handle=handle))
    if account is None:
        raise NotFound(key=handle)
    session.delete(account)


def accounts(session: Session, employee: Employee) -> list[ChannelAccount]:
    """The platform accounts that speak for this person."""
    rows = select(ChannelAccount).filter_by(employee_id=employee.id).order_by(ChannelAccount.id)
    return list(session.scalars(rows))


def last_talk(session: Session, employee: Employee, doors: Sequence[str]) -> TalkState | None:
    """The conversation through one of these doors in which the person spoke last."""
    if not doors:
        return None
    rows = (
        select(TalkState)
        .join(InboxEvent, InboxEvent.conversation == TalkState.id)
        .where(TalkState.employee_id == employee.id, TalkState.door.in_(doors))
        .order_by(InboxEvent.id.desc())
    )
    return session.scalars(rows.limit(1)).first()


def named_in(text: str, among: Sequence[Employee]) -> list[Employee]:
    """Those of them that a text names, also misspelt; whoever is named with more of the name comes before namesakes."""
    words = re.findall(r"[^\W\d_]{3,}", spelling.plain(text))
    names = {one.id: set(spelling.plain(one.name).split()) for one in among}
    known = set().union(*names.values())
    said = {word if word in known else spelling.meant(word, known, shortest=SHORTEST_NAME) for word in words}
    hits = {one.id: len(names[one.id] & said) for one in among}
    most = max(hits.values(), default=0)
    return [one for one in among if most and hits[one.id] == most]


def works_here(employee: Employee, on: date) -> bool:
    """Whether the contract covers the day."""
    return employee.starts <= on and (employee.ends is None or on <= employee.ends)


def leads_anybody(session: Session, employee: Employee) -> bool:
    """Whether somebody's manager."""
    return session.scalar(select(Employee.id).filter_by(manager_id=employee.id).limit(1)) is not None


def with_role(session: Session, role: str) -> list[Employee]:
    """Everybody who holds a role such as it, hr, payroll."""
    return [one for one in session.scalars(select(Employee).order_by(Employee.id)) if role in one.roles]


def issue_token(session: Session, employee: Employee, *, now: datetime) -> str:
    """A new bearer token for this person; shown once, kept as a digest."""
    token = "kontor_" + secrets.token_urlsafe(32)
    session.add(ApiToken(digest=_digest(token), employee_id=employee.id))
    audit.write(session, "people.issue_token", ("employee", employee.key), by=None, at=now)
    return token


def by_token(session: Session, token: str, *, clock: Clock) -> Employee | None:
    """Whom a bearer token speaks for; None if it is unknown or the person has left."""
    row = session.scalar(select(ApiToken).filter_by(digest=_digest(token)))
    return _if_at_work(session, row.employee_id, clock) if row else None


def _if_at_work(session: Session, employee_id: int, clock: Clock) -> Employee | None:
    try:
        return at_work(session, employee_id, clock=clock)
    except HasLeft:
        return None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
