"""How a request for leave looks to the person who asks and to the one who decides."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from backoffice import leave_account
from backoffice.leave_account import Days
from backoffice.models import LeaveRequest
from backoffice.outbox import ButtonSaid, CardSaid, Row, Said

TONES = {"pending": "wait", "approved": "done", "rejected": "refused", "cancelled": "refused"}


def when_rows(days: Days | LeaveRequest) -> list[Row]:
    """One day, or from when to when; and which half of an end day, where only half of it is meant."""
    dates = {"first": days.first.isoformat(), "last": days.last.isoformat()}
    period = Said("leave.one_day" if days.first == days.last else "leave.period", dates)
    parts = {days.first: days.first_part, days.last: days.last_part}
    halves = [
        Said("leave.half", {"day": day.isoformat(), "part": f"leave.part_{part}"})
        for day, part in parts.items()
        if part != "full"
    ]
    return [Row(Said("leave.label_when"), period), *(Row(Said("leave.label_half"), half) for half in halves)]


def cost_rows(kind: str, costs: dict[int, int]) -> list[Row]:
    """What it costs, year by year when it crosses New Year; other kinds than vacation last instead of costing."""
    label = "leave.label_days" if kind == "vacation" else "leave.label_lasts"
    return [_of_year(label, year, days, several=len(costs) > 1) for year, days in costs.items()]


def left_rows(left: dict[int, int], *, this_year: int) -> list[Row]:
    """What is free afterwards; the year is named unless it is this one alone."""
    several = set(left) != {this_year}
    return [_of_year("leave.label_then_left", year, days, several=several, is_sum=True) for year, days in left.items()]


def _of_year(label: str, year: int, days: int, *, several: bool, is_sum: bool = False) -> Row:
    named = Said(f"{label}_year", {"year": str(year)}) if several else Said(label)
    return Row(named, Said("units.some_days", {"days": days}), sum=is_sum)


def decision_buttons(request: LeaveRequest) -> list[ButtonSaid]:
    """What the manager can press; to reject is asked about first."""
    slots = {"reject_request": request.id, "reject_turn": None}
    return [
        ButtonSaid(Said("leave.approve"), "deed", {"verb": "leave.approve", "request": request.id}, first=True),
        ButtonSaid(Said("leave.reject"), "answer", {"intent": "leave_reject", "slots": slots}),
    ]


def card(request: LeaveRequest, *, left: dict[int, int] | None = None) -> CardSaid:
    """The request as both sides see it."""
    kind = [] if request.kind == "vacation" else [Row(Said("leave.label_kind"), Said(f"leave.kind_{request.kind}"))]
    rows = [
        *kind,
        *when_rows(request),
        *cost_rows(request.kind, leave_account.cost_by_year(request.employee, request)),
        *left_rows(left or {}, this_year=request.asked_at.year),
    ]
    title = Said("leave.card_title", {"number": request.number, "name": request.employee.name})
    return CardSaid(title, tuple(rows), *standing(request))


def standing(request: LeaveRequest) -> tuple[Said, str]:
    """How it stands, and the tone of that."""
    return Said(f"leave.status_{request.status}"), TONES[request.status]


def approval_card(session: Session, request: LeaveRequest) -> CardSaid:
    """For the one who decides: with what is left once all that waits is granted, where it costs vacation."""
    employee, years = request.employee, leave_account.cost_by_year(request.employee, request)
    if request.kind != "vacation":
        return card(request)
    left = {year: leave_account.balance(session, employee, on=date(year, 1, 1)).askable for year in years}
    return card(request, left=left)
