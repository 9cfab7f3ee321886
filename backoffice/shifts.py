"""Shifts: who works when."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.models import Employee, Shift


def of_days(session: Session, employee: Employee, *, first: date, last: date) -> list[Shift]:
    """Published shifts that begin on these days at the employee's place."""
    zone = ZoneInfo(employee.site.zone)
    begin = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    rows = select(Shift).where(Shift.employee_id == employee.id, Shift.starts >= begin, Shift.starts < end)
    return list(session.scalars(rows.where(Shift.published).order_by(Shift.starts)))
