"""Leave: what is left, asking, deciding, withdrawing. A balance is the sum of a ledger: every day can be explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice import outbox
from backoffice.database import changed
from backoffice.errors import NotFound, RuleBroken
from backoffice.models import Employee, LeaveEntry, LeaveRequest
from backoffice.outbox import ButtonSaid, CardSaid, Row, Said

HALF_DAYS = {(12, 24), (12, 31)}  # half a working day by company agreement


class NotEnoughLeave(RuleBroken):
    """More days than are left."""


class InThePast(RuleBroken):
    """Leave that would begin before today."""


class NoWorkingDay(RuleBroken):
    """Nothing to take: weekend, holiday, or a day off by the personal week."""


class OverlapsRequest(RuleBroken):
    """Another open or approved request covers one of the days."""


class AlreadyDecided(RuleBroken):
    """Somebody decided before."""


@dataclass(frozen=True)
class Balance:
    """One year of leave, in hundredths of a day."""

    year: int
    granted: int
    carried: int
    taken: int
    planned: int
    pending: int

    @property
    def left(self) -> int:
        """Free to ask for; what waits for a decision is still in it."""
        return self.granted + self.carried - self.taken - self.planned

    @property
    def askable(self) -> int:
        """Free after everything that was asked is granted."""
        return self.left - self.pending


@lru_cache(maxsize=64)
def _holidays(region: str, year: int, language: str) -> dict[date, str]:
    return dict(holidays.country_holidays("DE", subdiv=region, years=year, language=language))


def holiday_name(employee: Employee, day: date, *, language: str = "de") -> str | None:
    """The public holiday at the employee's place of work, or None."""
    code = {"en": "en_US"}.get(language, language)
    return _holidays(employee.site.region, day.year, code).get(day)


def next_holidays(employee: Employee, *, after: date, language: str, count: int = 3) -> list[tuple[date, str]]:
    """The coming public holidays at the employee's place of work."""
    found: list[tuple[date, str]] = []
    day = after
    while len(found) < count:
        name = holiday_name(employee, day, language=language)
        if name:
            found.append((day, name))
        day += timedelta(days=1)
    return found


def working_share(employee: Employee, day: date) -> int:
    """How much of a working day this is for the person, in hundredths: personal week, holidays, half days."""
    if holiday_name(employee, day):
        return 0
    share = employee.week[day.weekday()]
    return min(share, 50) if (day.month, day.day) in HALF_DAYS else share


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def cost(employee: Employee, first: date, last: date, *, first_part: str = "full", last_part: str = "full") -> int:
    """Hundredths of leave that the days cost, end days halved where only a part is taken."""
    total = 0
    for day in _days(first, last):
        share = working_share(employee, day)
        part = first_part if day == first else last_part if day == last else "full"
        total += share if part == "full" else min(share, 50)
    return total


def balance(session: Session, employee: Employee, *, on: date) -> Balance:
    """The year of `on`; approved days count as taken once they are past."""
    entries = session.scalars(select(LeaveEntry).filter_by(employee_id=employee.id, year=on.year)).all()

    def total(*kinds: str) -> int:
        return sum(entry.hundredths for entry in entries if entry.kind in kinds)

    uses = [entry for entry in entries if entry.kind in ("take", "release")]
    past = -sum(entry.hundredths for entry in uses if entry.on < on)
    ahead = -sum(entry.hundredths for entry in uses if entry.on >= on)
    asked = session.scalars(select(LeaveRequest).filter_by(employee_id=employee.id, status="pending")).all()
    pending = sum(one.hundredths for one in asked if one.kind == "vacation" and one.first.year == on.year)
    carried = total("carry", "expire")
    return Balance(on.year, total("grant", "correct"), carried, past, ahead, pending)


def check_request(
    session: Session, employee: Employee, *, first: date, last: date, first_part: str, last_part: str, today: date
) -> int:
    """What the request would cost, in hundredths. Raises the rule that it breaks."""
    if first < today:
        raise InThePast(first=first.isoformat())
    days = cost(employee, first, last, first_part=first_part, last_part=last_part)
    if days == 0:
        name = holiday_name(employee, first, language=employee.language)
        raise NoWorkingDay(first=first.isoformat(), holiday=name or "")
    for other in session.scalars(select(LeaveRequest).filter_by(employee_id=employee.id)):
        if other.status in ("pending", "approved") and other.first <= last and first <= other.last:
            raise OverlapsRequest(number=other.number, first=other.first.isoformat(), last=other.last.isoformat())
    free = balance(session, employee, on=date(first.year, 1, 1)).askable if first.year == today.year else None
    if free is not None and days > free:
        raise NotEnoughLeave(asked=days, left=free)
    return days


def request_leave(
    session: Session,
    employee: Employee,
    *,
    first: date,
    last: date,
    now: datetime,
    today: date,
    kind: str = "vacation",
    first_part: str = "full",
    last_part: str = "full",
) -> LeaveRequest:
    """File the request and tell the manager. Raises the rules of `check_request`."""
    days = check_request(
        session, employee, first=first, last=last, first_part=first_part, last_part=last_part, today=today
    )
    request = LeaveRequest(
        employee=employee,
        kind=kind,
        first=first,
        last=last,
        first_part=first_part,
        last_part=last_part,
        hundredths=days,
        approver_id=employee.manager_id,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    approver = session.get(Employee, request.approver_id) if request.approver_id else None
    if approver:
        outbox.post(
            session,
            approver,
            Said("leave.asks_you", {"name": employee.name}),
            now=now,
            card=card(request, left=balance(session, employee, on=today).askable),
            buttons=decision_buttons(request),
        )
    return request


def decision_buttons(request: LeaveRequest) -> list[ButtonSaid]:
    """What the manager can press."""
    return [
        ButtonSaid(Said("leave.approve"), "deed", {"verb": "leave.approve", "request": request.id}, first=True),
        ButtonSaid(Said("leave.reject"), "deed", {"verb": "leave.reject", "request": request.id}),
    ]


def card(request: LeaveRequest, *, left: int | None = None) -> CardSaid:
    """The request as both sides see it."""
    dates = {"first": request.first.isoformat(), "last": request.last.isoformat()}
    period = Said("leave.one_day" if request.first == request.last else "leave.period", dates)
    rows = [
        Row(Said("leave.label_when"), period),
        Row(Said("leave.label_days"), Said("units.some_days", {"days": request.hundredths})),
    ]
    if left is not None:
        rows.append(Row(Said("leave.label_then_left"), Said("units.some_days", {"days": left}), sum=True))
    tone = {"pending": "wait", "approved": "done", "rejected": "refused", "cancelled": "refused"}[request.status]
    title = Said("leave.card_title", {"number": request.number, "name": request.employee.name})
    return CardSaid(title, tuple(rows), Said(f"leave.status_{request.status}"), tone)


def decide(session: Session, request_id: int, *, by: Employee, approved: bool, now: datetime) -> LeaveRequest:
    """Approve or reject. Raises NotFound for anybody but the approver, AlreadyDecided for the second."""
    request = session.get(LeaveRequest, request_id)
    if request is None or request.approver_id != by.id or request.employee_id == by.id:
        raise NotFound(number=str(request_id))
    status = "approved" if approved else "rejected"
    applied = changed(
        session,
        update(LeaveRequest)
        .where(LeaveRequest.id == request_id, LeaveRequest.status == "pending")
        .values(status=status, decided_at=now),
    )
    if not applied:
        raise AlreadyDecided(number=request.number, status=f"leave.status_{request.status}")
    session.refresh(request)
    if approved and request.kind == "vacation":
        post_days(session, request, sign=-1, kind="take")
    outbox.post(
        session,
        request.employee,
        Said(f"leave.was_{status}", {"number": request.number, "name": by.name}),
        now=now,
        card=card(request),
    )
    return request


def cancel(session: Session, request_id: int, *, by: Employee, now: datetime, today: date) -> LeaveRequest:
    """Withdraw an own request that has not begun; days that were taken go back."""
    request = session.get(LeaveRequest, request_id)
    if request is None or request.employee_id != by.id or request.status not in ("pending", "approved"):
        raise NotFound(number=str(request_id))
    if request.first < today:
        raise InThePast(first=request.first.isoformat())
    if request.status == "approved" and request.kind == "vacation":
        post_days(session, request, sign=1, kind="release")
    request.status = "cancelled"
    approver = session.get(Employee, request.approver_id) if request.approver_id else None
    if approver:
        said = Said("leave.was_withdrawn", {"number": request.number, "name": by.name})
        outbox.post(session, approver, said, now=now, card=card(request))
    return request


def post_days(session: Session, request: LeaveRequest, *, sign: int, kind: str) -> None:
    """One ledger entry per day of the request, each in the year that it belongs to."""
    for day in _days(request.first, request.last):
        part = request.first_part if day == request.first else request.last_part if day == request.last else "full"
        share = working_share(request.employee, day)
        days = share if part == "full" else min(share, 50)
        if days:
            session.add(
                LeaveEntry(
                    employee_id=request.employee_id,
                    year=day.year,
                    kind=kind,
                    hundredths=sign * days,
                    on=day,
                    request_id=request.id,
                )
            )


def requests_of(session: Session, employee: Employee, *, on: date) -> list[LeaveRequest]:
    """Own requests that still lie ahead, and those that wait; soonest first."""
    rows = session.scalars(select(LeaveRequest).filter_by(employee_id=employee.id).order_by(LeaveRequest.first))
    return [one for one in rows if one.last >= on or one.status == "pending"]


def to_decide(session: Session, approver: Employee) -> list[LeaveRequest]:
    """What waits for this person's decision, soonest first."""
    rows = select(LeaveRequest).filter_by(approver_id=approver.id, status="pending").order_by(LeaveRequest.first)
    return list(session.scalars(rows))


def away(session: Session, employee: Employee, *, on: date) -> list[str]:
    """Names of colleagues with the same manager who are on approved leave that day; never why."""
    rows = select(LeaveRequest).where(
        LeaveRequest.status == "approved", LeaveRequest.first <= on, LeaveRequest.last >= on
    )
    team = (one.employee for one in session.scalars(rows))
    managers = {employee.manager_id, employee.id} - {None}
    return sorted({one.name for one in team if one.manager_id in managers and one.id != employee.id})
