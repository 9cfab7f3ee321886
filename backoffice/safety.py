"""Accidents at work: help first, then those who must see to it (DGUV Vorschrift 1 §24: first aid, an entry of each)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backoffice import audit, outbox, people
from backoffice.models import Employee
from backoffice.outbox import Said


def report_accident(session: Session, employee: Employee, *, now: datetime) -> None:
    """Tell the manager and HR that there was one, and where; what happened is told among people."""
    facts = {"name": employee.name, "site": employee.site.name}
    told = {one.id: one for one in people.serving(session, "hr", at=now)}
    if manager := people.manager_at_work(session, employee, at=now):
        told[manager.id] = manager
    for colleague in told.values():
        outbox.post(session, colleague, Said("safety.tell_accident", facts), now=now)
    audit.write(session, "safety.report_accident", ("employee", employee.key), by=employee, at=now)
