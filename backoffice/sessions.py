"""Open browsers: a random token in the cookie, its SHA-256 in the database, a new one whenever the level changes.

Levels: `start` may choose a secret (a code was shown), `half` owes the second factor, `pin` opens what is the person's
own, `password` also the pages of the roles, `second` all of them.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backoffice import people
from backoffice.clock import Clock
from backoffice.models import Employee, WebSession

START, HALF, PIN, PASSWORD, SECOND = "start", "half", "pin", "password", "second"
INSIDE = (PIN, PASSWORD, SECOND)
BEFORE = timedelta(minutes=15)  # for choosing a secret, or for the second factor
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
SECOND_FACTOR_ROLES = frozenset({"admin", "hr", "payroll", "kb"})


@dataclass(frozen=True)
class Visit:
    """Who is asking, and how they came in."""

    session: int
    employee: int
    level: str
    code: int | None
    owes_second_factor: bool

    @property
    def is_inside(self) -> bool:
        """Whether signed in, not only on the way."""
        return self.level in INSIDE


def open_for(session: Session, employee: Employee, level: str, *, now: datetime, code: int | None = None) -> str:
    """A new session; the token is for the cookie and is not kept."""
    token = secrets.token_urlsafe(32)
    row = WebSession(digest=_digest(token), employee_id=employee.id, level=level, code_id=code)
    row.started_at = row.seen_at = now
    session.add(row)
    return token


def find(session: Session, token: str, *, clock: Clock, idle: timedelta, active: bool) -> Visit | None:
    """Whose token this is; None when it is unknown, has ended, or the person has left.

    Only what a person does keeps a session open: `active` is False for what a page asks by itself.
    """
    found = session.execute(
        select(WebSession, Employee)
        .join(Employee, Employee.id == WebSession.employee_id)
        .filter_by(digest=_digest(token))
    ).one_or_none()
    if found is None:
        return None
    row, employee = found
    now = clock.now()
    if not _is_open(row, now, idle) or not people.works_here(employee, clock.today_in(employee.site.zone)):
        return None
    if active and row.seen_at <= now - NOTED_EVERY:
        row.seen_at = now
    owes = row.level != SECOND and bool(SECOND_FACTOR_ROLES & set(employee.roles))
    return Visit(row.id, employee.id, row.level, row.code_id, owes)


def still_open(session: Session, visit: Visit, *, now: datetime, idle: timedelta) -> bool:
    """Whether it has not ended meanwhile; for pages that stay open."""
    row = session.get(WebSession, visit.session)
    return row is not None and _is_open(row, now, idle)


def end(session: Session, visit: Visit) -> None:
    """Signed out here."""
    session.execute(delete(WebSession).filter_by(id=visit.session))


def end_all(session: Session, employee: Employee) -> None:
    """Signed out everywhere."""
    session.execute(delete(WebSession).filter_by(employee_id=employee.id))


def end_others(session: Session, employee: Employee, visit: Visit) -> None:
    """Signed out everywhere but here."""
    others = delete(WebSession).filter_by(employee_id=employee.id)
    session.execute(others.where(WebSession.id != visit.session))


def raise_level(session: Session, visit: Visit, level: str, *, now: datetime) -> str:
    """The same visit at another level: its old token is good for nothing, the new one comes back."""
    token = secrets.token_urlsafe(32)
    values = {"level": level, "digest": _digest(token), "seen_at": now, "code_id": None}
    session.execute(update(WebSession).filter_by(id=visit.session).values(values))
    return token


def forget(session: Session, *, now: datetime) -> None:
    """Rows that open nothing any more go."""
    session.execute(delete(WebSession).where(WebSession.started_at <= now - LONGEST))


def _is_open(row: WebSession, now: datetime, idle: timedelta) -> bool:
    if row.level not in INSIDE:
        return now < row.started_at + BEFORE
    return now < row.started_at + LONGEST and now < row.seen_at + idle


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
