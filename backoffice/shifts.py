"""Shifts: who works when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.models import Employee, Shift
from backoffice.outbox import CardSaid, Row, Said


def of_days(session: Session, employee: Employee, *, first: date, last: date) -> list[Shift]:
    """Published shifts that begin on these days at the employee's place."""
    zone = ZoneInfo(employee.site.zone)
    begin = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    rows = select(Shift).where(Shift.employee_id == employee.id, Shift.starts >= begin, Shift.starts < end)
    return list(session.scalars(rows.where(Shift.published).order_by(Shift.starts)))


def card(title: Said, shifts: Iterable[Shift], *, zone: str) -> CardSaid:
    """Day and hours of each; a night shift stands under the day on which it begins at its place."""
    rows = tuple(
        Row(
            Said("shifts.day", {"day": one.starts.astimezone(ZoneInfo(zone)).date().isoformat()}),
            Said("shifts.hours", {"starts": one.starts.isoformat(), "ends": one.ends.isoformat()}),
        )
        for one in shifts
    )
    return CardSaid(title, rows)
