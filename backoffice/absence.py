"""Who of the team is away on which day; why is nobody's business."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backoffice.models import Employee, LeaveRequest, SickReport
from backoffice.workdays import days_of, working_share

OPEN_END_COUNTS = timedelta(weeks=6)  # EFZG §3: so long an absence without an end is taken to go on


def team_of(session: Session, employee: Employee) -> list[Employee]:
    """Colleagues with the same manager, and those whom the person leads; nobody else, and not the person."""
    leads = {employee.manager_id, employee.id} - {None}
    rows = select(Employee).where(Employee.manager_id.in_(leads), Employee.id != employee.id)
    return list(session.scalars(rows.order_by(Employee.first_name, Employee.last_name)))


def away(session: Session, employee: Employee, *, first: date, last: date) -> dict[date, list[str]]:
    """Day -> names of the team who do not come although they would work; only days on which somebody is away."""
    team = team_of(session, employee)
    ids = [one.id for one in team]
    leave = select(LeaveRequest.employee_id, LeaveRequest.first, LeaveRequest.last).where(
        LeaveRequest.employee_id.in_(ids),
        LeaveRequest.status == "approved",
        LeaveRequest.first <= last,
        LeaveRequest.last >= first,
    )
    sick = select(SickReport.employee_id, SickReport.first, SickReport.until).where(
        SickReport.employee_id.in_(ids),
        SickReport.first <= last,
        or_(SickReport.until.is_(None), SickReport.until >= first),
    )
    spans = [
        (who, begin, end or begin + OPEN_END_COUNTS)
        for who, begin, end in [*session.execute(leave), *session.execute(sick)]
    ]
    found: dict[date, list[str]] = {}
    for day in days_of(first, last):
        gone = {who for who, begin, end in spans if begin <= day <= end}
        names = [one.name for one in team if one.id in gone and working_share(one, day)]
        if names:
            found[day] = names
    return found
