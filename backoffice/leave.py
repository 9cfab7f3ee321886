"""Leave: asking, deciding, withdrawing. What is left is the sum of a ledger: every day can be explained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, aliased

from backoffice import approvals, audit, leave_account, outbox, people
from backoffice.database import changed, lock
from backoffice.errors import NotFound, RuleBroken
from backoffice.leave_account import Days, balance, cost, post_days
from backoffice.leave_cards import card, decision_buttons
from backoffice.models import Employee, LeaveRequest, SickReport
from backoffice.outbox import Said
from backoffice.workdays import holiday_name, working_share

__all__ = ["balance", "card", "cost", "decision_buttons", "post_days"]


class NotEnoughLeave(RuleBroken):
    """More days than are left in the year that they belong to."""


class CarriedDaysFirst(NotEnoughLeave):
    """More days after 31 March than are left without those carried over, which are to be taken by then."""


class InThePast(RuleBroken):
    """Leave that would begin before today."""


class BeforeContract(RuleBroken):
    """Days before the first of the contract."""


class AfterContract(RuleBroken):
    """Days after the last of the contract."""


class NoWorkingDay(RuleBroken):
    """Nothing to take: weekend, holiday, or a day off by the personal week."""


class OverlapsRequest(RuleBroken):
    """Another open or approved request covers one of the days."""


class OverlapsSickness(RuleBroken):
    """The person is reported absent on one of the days: sick days are no leave (BUrlG §9)."""


class AlreadyDecided(RuleBroken):
    """Somebody decided before."""


class AlreadyBegan(RuleBroken):
    """Approved leave that has begun is changed by people, not in chat."""


@dataclass(frozen=True)
class Possible:
    """A request that breaks no rule: what it costs and what is free afterwards (of vacation), in hundredths by year."""

    costs: dict[int, int]
    left: dict[int, int]


def check_request(session: Session, employee: Employee, days: Days, *, today: date, kind: str = "vacation") -> Possible:
    """Raises the rule that the request breaks."""
    if days.first < today:
        raise InThePast(first=days.first.isoformat())
    if days.first < employee.starts:
        raise BeforeContract(starts=employee.starts.isoformat())
    if employee.ends and days.last > employee.ends:
        raise AfterContract(ends=employee.ends.isoformat())
    costs = leave_account.cost_by_year(employee, days)
    if not costs:
        name = holiday_name(employee, days.first, language=employee.language)
        raise NoWorkingDay(first=days.first.isoformat(), holiday=name or "")
    _check_overlaps(session, employee, days)
    if kind != "vacation":
        return Possible(costs, {})
    return Possible(
        costs,
        {
            year: _check_year(session, employee, days, year=year, asked=asked, today=today)
            for year, asked in costs.items()
        },
    )


def _check_overlaps(session: Session, employee: Employee, days: Days) -> None:
    others = select(LeaveRequest).where(
        LeaveRequest.employee_id == employee.id,
        LeaveRequest.status.in_(("pending", "approved")),
        LeaveRequest.first <= days.last,
        LeaveRequest.last >= days.first,
    )
    for other in session.scalars(others.order_by(LeaveRequest.first)):
        if not _other_half(employee, days, other):
            raise OverlapsRequest(number=other.number, first=other.first.isoformat(), last=other.last.isoformat())
    sick = select(SickReport).where(
        SickReport.employee_id == employee.id, SickReport.until >= days.first, SickReport.first <= days.last
    )
    if report := session.scalars(sick).first():
        raise OverlapsSickness(first=report.first.isoformat(), last=report.until.isoformat() if report.until else "")


def _other_half(employee: Employee, days: Days, other: LeaveRequest) -> bool:
    """Whether both are halves of one whole working day, one of the morning and one of the afternoon."""
    single = days.first == days.last == other.first == other.last
    parts = {days.first_part, other.first_part}
    return single and parts == {"morning", "afternoon"} and working_share(employee, days.first) > 50


def _check_year(session: Session, employee: Employee, days: Days, *, year: int, asked: int, today: date) -> int:
    """What would be left of the year."""
    free = leave_account.balance(session, employee, on=date(year, 1, 1)).askable
    if asked > free:
        raise NotEnoughLeave(asked=asked, left=max(0, free), year=str(year))
    lapses = leave_account.lapse_day(year)
    if today <= lapses < days.last:
        in_time = leave_account.cost_by_year(employee, days, until=lapses).get(year, 0)
        unused = leave_account.unused_carry(session, employee, year=year, with_asked=True) - in_time
        late, left = asked - in_time, free - in_time - max(0, unused)
        if late > left:
            raise CarriedDaysFirst(asked=late, left=max(0, left), carried=unused, until=lapses.isoformat())
    return free - asked


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
    """File the request and tell who decides. Raises the rules of `check_request`."""
    lock(session, employee)
    deciders = approvals.deciders(session, employee, at=now)
    possible = check_request(session, employee, Days(first, last, first_part, last_part), today=today, kind=kind)
    hundredths = sum(possible.costs.values())
    request = LeaveRequest(
        employee=employee,
        kind=kind,
        first=first,
        last=last,
        first_part=first_part,
        last_part=last_part,
        hundredths=hundredths,
        status="pending",
        approver_id=deciders[0].id if len(deciders) == 1 else None,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    facts: dict[str, audit.Fact] = {"kind": kind, "first": first.isoformat(), "last": last.isoformat()}
    subject = ("leave_request", request.id)
    audit.write(session, "leave.request", subject, by=employee, at=now, hundredths=hundredths, **facts)
    for decider in deciders:
        said = Said(f"leave.asks_you_{kind}", {"name": employee.name})
        shown = card(request, left=possible.left)
        outbox.post(session, decider, said, now=now, card=shown, buttons=decision_buttons(request))
    if kind == "special":
        _tell_hr(session, request, "leave.hr_checks", now)
    return request


def in_charge(session: Session, request: LeaveRequest, *, at: datetime) -> list[Employee]:
    """Whom to talk to about it: who has decided, if still at work, else who would decide now."""
    decided = request.decided_at and request.approver_id and people.by_id(session, request.approver_id)
    if decided and people.is_at_work(decided, at):
        return [decided]
    return approvals.deciders(session, request.employee, at=at)


def _tell_hr(session: Session, request: LeaveRequest, key: str, now: datetime) -> None:
    said = Said(key, {"name": request.employee.name, "number": request.number})
    for colleague in people.serving(session, "hr", at=now):
        outbox.post(session, colleague, said, now=now, card=card(request))


def undecided(session: Session, request_id: int, *, by: Employee, at: datetime) -> LeaveRequest:
    """What waits for this person's decision. Raises NotFound for anybody but those who may decide, AlreadyDecided."""
    request = session.get(LeaveRequest, request_id)
    if request is None or not approvals.may_decide(session, by, request.employee, at=at):
        raise NotFound(number=str(request_id))
    if request.status != "pending":
        raise AlreadyDecided(number=request.number, status=f"leave.status_{request.status}")
    return request


def decide(
    session: Session, request_id: int, *, by: Employee, approved: bool, now: datetime, reason: str = ""
) -> LeaveRequest:
    """Approve or reject; the requester is told the reason, if there is one, and nobody else is.

    Raises NotFound for anybody but those who may decide, AlreadyDecided for the second.
    """
    request = undecided(session, request_id, by=by, at=now)
    status = "approved" if approved else "rejected"
    applied = changed(
        session,
        update(LeaveRequest)
        .where(LeaveRequest.id == request_id, LeaveRequest.status == "pending")
        .values(status=status, decided_at=now, approver_id=by.id),
    )
    if not applied:
        raise AlreadyDecided(number=request.number, status=f"leave.status_{request.status}")
    session.refresh(request)
    audit.write(session, "leave.decide", ("leave_request", request.id), by=by, at=now, approved=approved)
    if approved and request.kind == "vacation":
        post_days(session, request, sign=-1, kind="take")
    if approved and request.kind == "unpaid":
        _tell_hr(session, request, "leave.hr_unpaid", now)
    other = "" if request.kind == "vacation" else "_other"
    facts = {"number": request.number, "name": by.name}
    said = Said(f"leave.was_{status}{other}", facts)
    if reason and not approved:
        said = Said(f"leave.was_rejected_because{other}", {**facts, "reason": reason})
    outbox.post(session, request.employee, said, now=now, card=card(request))
    return request


def cancel(session: Session, request_id: int, *, by: Employee, now: datetime, today: date) -> LeaveRequest:
    """Withdraw an own request; days that were taken go back. Raises AlreadyBegan for approved leave that has begun."""
    request = session.get(LeaveRequest, request_id)
    if request is None or request.employee_id != by.id:
        raise NotFound(number=str(request_id))
    lock(session, request)
    if request.status not in ("pending", "approved"):
        raise NotFound(number=str(request_id))
    involved = in_charge(session, request, at=now)
    if has_begun(request, today=today):
        who = [one.name for one in involved]
        raise AlreadyBegan(number=request.number, first=request.first.isoformat(), name=who)
    returned = leave_account.give_back(session, request)
    request.status = "cancelled"
    audit.write(session, "leave.cancel", ("leave_request", request.id), by=by, at=now, given_back=returned)
    for colleague in involved:
        said = Said("leave.was_withdrawn", {"number": request.number, "name": by.name})
        outbox.post(session, colleague, said, now=now, card=card(request))
    return request


def has_begun(request: LeaveRequest, *, today: date) -> bool:
    """Whether it is approved and its first day has come."""
    return request.status == "approved" and request.first <= today


def find(session: Session, number: str, *, by: Employee) -> LeaveRequest:
    """An own request by its number. Raises NotFound."""
    digits = "".join(character for character in number if character.isdigit())
    request = session.get(LeaveRequest, int(digits)) if digits and len(digits) < 10 else None
    if request is None or request.employee_id != by.id:
        raise NotFound(number=number)
    return request


def requests_of(
    session: Session, employee: Employee, *, on: date, first: date | None = None, last: date | None = None
) -> list[LeaveRequest]:
    """Own requests that still lie ahead or wait, soonest first; only those that touch the days if given."""
    rows = select(LeaveRequest).where(
        LeaveRequest.employee_id == employee.id, or_(LeaveRequest.last >= on, LeaveRequest.status == "pending")
    )
    if first and last:
        rows = rows.where(LeaveRequest.first <= last, LeaveRequest.last >= first)
    return list(session.scalars(rows.order_by(LeaveRequest.first)))


def to_decide(session: Session, approver: Employee, *, at: datetime) -> list[LeaveRequest]:
    """What waits for this person's decision, soonest first."""
    asks, leads = aliased(Employee), aliased(Employee)
    # Most people's manager is here and somebody else: the database leaves them out, the rule decides about the others.
    elsewhere = (leads.id != approver.id) & leads.ends.is_(None) & (leads.starts < at.date() - timedelta(days=1))
    rows = (
        select(LeaveRequest)
        .join(asks, asks.id == LeaveRequest.employee_id)
        .outerjoin(leads, leads.id == asks.manager_id)
        .where(LeaveRequest.status == "pending", leads.id.is_(None) | ~elsewhere)
        .order_by(LeaveRequest.first)
    )
    return [one for one in session.scalars(rows) if approvals.may_decide(session, approver, one.employee, at=at)]
