"""Who is who."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.errors import NotFound
from backoffice.models import ApiToken, ChannelAccount, Employee


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


def recognise(session: Session, channel: str, handle: str, *, on: date) -> Employee | None:
    """Whose platform account this is; None for strangers and for people who have left."""
    account = session.scalar(select(ChannelAccount).filter_by(channel=channel, handle=handle))
    employee = session.get(Employee, account.employee_id) if account else None
    return employee if employee and works_here(employee, on) else None


def works_here(employee: Employee, on: date) -> bool:
    """Whether the contract covers the day."""
    return employee.starts <= on and (employee.ends is None or on <= employee.ends)


def with_role(session: Session, role: str) -> list[Employee]:
    """Everybody who holds a role such as it, hr, payroll."""
    return [one for one in session.scalars(select(Employee).order_by(Employee.id)) if role in one.roles]


def issue_token(session: Session, employee: Employee) -> str:
    """A new bearer token for this person; shown once, kept as a digest."""
    token = "kontor_" + secrets.token_urlsafe(32)
    session.add(ApiToken(digest=_digest(token), employee_id=employee.id))
    return token


def by_token(session: Session, token: str, *, on: date) -> Employee | None:
    """Whom a bearer token speaks for; None if it is unknown or the person has left."""
    row = select(Employee).join(ApiToken, ApiToken.employee_id == Employee.id)
    employee = session.scalar(row.where(ApiToken.digest == _digest(token)))
    return employee if employee and works_here(employee, on) else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
