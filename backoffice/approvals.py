"""Who decides what somebody asks for. Found when it is asked, never stored: people come, go and change places."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backoffice import people
from backoffice.models import Employee


def deciders(session: Session, employee: Employee, *, at: datetime) -> list[Employee]:
    """The nearest manager above who is at work, else HR, else whoever leads the company; never the person.

    Any one of them decides. Empty: nobody but the person is left who could.
    """
    if manager := people.manager_at_work(session, employee, at=at):
        return [manager]
    hr = [one for one in people.serving(session, "hr", at=at) if one.id != employee.id]
    return hr or [one for one in people.heads(session, at=at) if one.id != employee.id]


def may_decide(session: Session, by: Employee, employee: Employee, *, at: datetime) -> bool:
    """Whether one of them."""
    return any(one.id == by.id for one in deciders(session, employee, at=at))
