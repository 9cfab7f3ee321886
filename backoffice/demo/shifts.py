"""Four weeks of shifts in the warehouse and in returns, around leave, sickness and the ends of contracts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.demo.lists import dice, put, read
from backoffice.demo.people import FULL_TIME_MINUTES, Person, works_all_of
from backoffice.models import Employee, LeaveRequest, Shift, SickReport

BREAK = timedelta(minutes=30)  # due after six hours (ArbZG §4)


def four_weeks(session: Session, staff: dict[str, Person]) -> None:
    """One row per shift."""
    plan = read("shifts")
    days = [plan["first"] + timedelta(days=number) for number in range(7 * plan["weeks"])]
    absent = _absences(session, days)
    rows: list[dict[str, Any]] = []
    for person in staff.values():
        for day in days if person.pattern else []:
            name = _shift_of(person, day, plan)
            if name and works_all_of(person.employee, day, day) and (person.employee.id, day) not in absent:
                starts, ends = _hours(person.employee, day, *plan["hours"][name])
                rows.append({"employee_id": person.employee.id, "starts": starts, "ends": ends, "published": True})
    put(session, Shift, rows)


def _shift_of(person: Person, day: date, plan: dict[str, Any]) -> str | None:
    name: str = plan["patterns"][person.pattern][day.isocalendar().week % 2]
    if day in plan["saturdays"]:
        comes = dice(f"saturday {day}", person.key).random() < 0.5
        full = person.employee.weekly_minutes == FULL_TIME_MINUTES
        return "saturday" if name == "early" and full and comes else None
    return name if person.employee.week[day.weekday()] else None


def _hours(employee: Employee, day: date, begins: str, ends: str) -> tuple[datetime, datetime]:
    zone = ZoneInfo(employee.site.zone)
    first = datetime.combine(day, time.fromisoformat(begins), zone)
    last = datetime.combine(day, time.fromisoformat(ends), zone)
    last += timedelta(days=1) if last < first else timedelta()
    if share := employee.week[day.weekday()]:  # part-timers go home earlier
        minutes = timedelta(minutes=employee.weekly_minutes * share // sum(employee.week))
        last = min(last, first + minutes + (BREAK if minutes > timedelta(hours=6) else timedelta()))
    return first, last


def _absences(session: Session, days: list[date]) -> set[tuple[int, date]]:
    leaves = select(LeaveRequest.employee_id, LeaveRequest.first, LeaveRequest.last).filter_by(status="approved")
    sick = select(SickReport.employee_id, SickReport.first, SickReport.until)
    spans = [*session.execute(leaves), *session.execute(sick)]
    return {(who, day) for who, first, last in spans for day in days if first <= day and (last is None or day <= last)}
