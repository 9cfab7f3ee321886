"""Reporting sick (EFZG §5): taken at any time, answered at once. The manager hears "absent", HR gets the task."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from backoffice import outbox, people
from backoffice.models import Employee, SickReport
from backoffice.outbox import Said


def report(session: Session, employee: Employee, *, first: date, until: date | None, now: datetime) -> SickReport:
    """File it and tell those who must know that, not why."""
    filed = SickReport(employee_id=employee.id, first=first, until=until, reported_at=now)
    session.add(filed)
    session.flush()
    facts = {"name": employee.name, "first": first.isoformat(), "until": until.isoformat() if until else ""}
    ending = "until" if until else "open"
    if employee.manager_id:
        manager = people.by_id(session, employee.manager_id)
        outbox.post(session, manager, Said(f"sickness.absent_{ending}", facts), now=now)
    for colleague in people.with_role(session, "hr"):
        outbox.post(session, colleague, Said(f"sickness.task_{ending}", facts), now=now)
    return filed
