"""The account of one year's leave: what the law and the contract give, what days cost, what is left and what lapses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice import audit
from backoffice.errors import RuleBroken
from backoffice.models import Employee, LeaveEntry, LeaveRequest
from backoffice.workdays import days_of, working_share

STATUTORY_WEEKS = 4  # BUrlG §3: 24 of 6 Werktage
WAIT_MONTHS = 6  # BUrlG §4


class NotWarned(RuleBroken):
    """Leave lapses only after the person was told in time, by name and number of days (BAG 9 AZR 423/16)."""


class _Days(Protocol):
    """What a request says about its days."""

    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...
    @property
    def first_part(self) -> str: ...
    @property
    def last_part(self) -> str: ...


@dataclass(frozen=True)
class Balance:
    """One year of leave, in hundredths of a day; `carried` is without what has `expired`."""

    year: int
    granted: int
    carried: int
    taken: int
    planned: int
    pending: int
    expired: int = 0

    @property
    def left(self) -> int:
        """Free to ask for; what waits for a decision is still in it."""
        return self.granted + self.carried - self.expired - self.taken - self.planned

    @property
    def askable(self) -> int:
        """Free after everything that was asked is granted."""
        return self.left - self.pending


def lapse_day(year: int) -> date:
    """The last day on which days carried into the year can be taken (BUrlG §7(3))."""
    return date(year, 3, 31)


def share_taken(employee: Employee, day: date, days: _Days) -> int:
    """Hundredths that one day of a request costs; half of an end day where only a part is taken."""
    share = working_share(employee, day)
    part = days.first_part if day == days.first else days.last_part if day == days.last else "full"
    return share if part == "full" else min(share, 50)


@dataclass(frozen=True)
class Days:
    """Days that somebody has in mind."""

    first: date
    last: date
    first_part: str = "full"
    last_part: str = "full"


def cost_by_year(employee: Employee, days: _Days, *, until: date | None = None) -> dict[int, int]:
    """Hundredths that the days cost, in the year of each day; only those up to `until` if it is given."""
    costs: dict[int, int] = {}
    for day in days_of(days.first, min(days.last, until) if until else days.last):
        if share := share_taken(employee, day, days):
            costs[day.year] = costs.get(day.year, 0) + share
    return costs


def cost(employee: Employee, first: date, last: date, *, first_part: str = "full", last_part: str = "full") -> int:
    """Hundredths of leave that the days cost, end days halved where only a part is taken."""
    return sum(cost_by_year(employee, Days(first, last, first_part, last_part)).values())


def full_months(first: date, last: date) -> int:
    """Whole months of employment from the first to the last day; the month runs from the first day on, not the 1st."""
    end = last + timedelta(days=1)
    return (end.year - first.year) * 12 + end.month - first.month - (end.day < first.day)


def entitlement(employee: Employee, yearly: int, year: int) -> int:
    """What the contract's yearly days come to in a year, in hundredths.

    Twelfths for whole months (BUrlG §5(1)) for whoever joins from July on, leaves before six months are over, or leaves
    by 30 June; otherwise the whole. A fraction of half a day or more becomes a day, a smaller one stays (§5(2)).
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    begins, ends = max(first, employee.starts), min(last, employee.ends or last)
    if begins > ends:
        return 0
    waits = employee.ends is not None and full_months(employee.starts, employee.ends) < WAIT_MONTHS
    if not (waits or begins >= date(year, 7, 1) or ends <= date(year, 6, 30)):
        return yearly
    twelfths = yearly * full_months(begins, ends) // 12
    days, fraction = divmod(twelfths, 100)
    return (days + 1) * 100 if fraction >= 50 else twelfths


def yearly_days(session: Session, employee: Employee) -> int:
    """The contract's days for a whole year, in hundredths: what stands with the person, else the newest grant of a year
    that was worked from its first day, else the four weeks of the law."""
    if employee.leave_per_year is not None:
        return employee.leave_per_year
    rows = select(LeaveEntry).filter_by(employee_id=employee.id, kind="grant").order_by(LeaveEntry.year.desc())
    whole = [entry for entry in session.scalars(rows) if employee.starts <= date(entry.year, 1, 1)]
    workdays = sum(1 for share in employee.week if share)
    return whole[0].hundredths if whole else STATUTORY_WEEKS * workdays * 100


def is_kept(session: Session, employee: Employee, year: int) -> bool:
    """Whether the ledger has anything of a year; of years before it was begun nobody knows what was taken."""
    return session.scalar(select(LeaveEntry.id).filter_by(employee_id=employee.id, year=year).limit(1)) is not None


def balance(session: Session, employee: Employee, *, on: date) -> Balance:
    """The year of `on`; approved days count as taken once they are past.

    A year whose grant is not posted yet has what the contract gives.
    """
    columns = select(LeaveEntry.kind, LeaveEntry.on, LeaveEntry.hundredths)
    entries = session.execute(columns.filter_by(employee_id=employee.id, year=on.year)).all()

    def total(*kinds: str) -> int:
        return sum(entry.hundredths for entry in entries if entry.kind in kinds)

    granted = total("grant", "correct")
    if not any(entry.kind == "grant" for entry in entries) and not employee.agency:
        granted += entitlement(employee, yearly_days(session, employee), on.year)
    uses = [entry for entry in entries if entry.kind in ("take", "release")]
    taken = -sum(entry.hundredths for entry in uses if entry.on < on)
    planned = -sum(entry.hundredths for entry in uses if entry.on >= on)
    pending = sum(cost_by_year(employee, one).get(on.year, 0) for one in _asked(session, employee))
    return Balance(on.year, granted, total("carry"), taken, planned, pending, -total("expire"))


def _asked(session: Session, employee: Employee) -> list[Days]:
    columns = (LeaveRequest.first, LeaveRequest.last, LeaveRequest.first_part, LeaveRequest.last_part)
    rows = select(*columns).filter_by(employee_id=employee.id, status="pending", kind="vacation")
    return [Days(*row) for row in session.execute(rows)]


def unused_carry(session: Session, employee: Employee, *, year: int, with_asked: bool = False) -> int:
    """Hundredths carried into the year that no leave up to 31 March uses: days carried over are used first.

    `with_asked` counts requests that wait for a decision as used.
    """
    entries = session.scalars(select(LeaveEntry).filter_by(employee_id=employee.id, year=year)).all()
    carried = sum(entry.hundredths for entry in entries if entry.kind in ("carry", "expire"))
    in_time = [entry for entry in entries if entry.kind in ("take", "release") and entry.on <= lapse_day(year)]
    used = -sum(entry.hundredths for entry in in_time)
    if with_asked:
        used += sum(
            cost_by_year(employee, one, until=lapse_day(year)).get(year, 0) for one in _asked(session, employee)
        )
    return max(0, carried - max(0, used))


def lapse_carried(
    session: Session, employee: Employee, *, year: int, warned_on: date | None, by: Employee, now: datetime
) -> int:
    """Let days lapse that were carried into the year and not used by 31 March; how many, in hundredths.

    Raises NotWarned unless the person was told before that day: then the days stay (CJEU C-684/16, BAG 9 AZR 266/20).
    """
    if warned_on is None or warned_on > lapse_day(year):
        raise NotWarned(year=str(year))
    if now.date() <= lapse_day(year):
        return 0
    unused = unused_carry(session, employee, year=year)
    if unused:
        entry = LeaveEntry(
            employee_id=employee.id,
            year=year,
            kind="expire",
            hundredths=-unused,
            on=lapse_day(year) + timedelta(days=1),
        )
        session.add(entry)
        facts: dict[str, audit.Fact] = {"year": year, "warned_on": warned_on.isoformat()}
        audit.write(session, "leave.lapse", ("employee", employee.key), by=by, at=now, hundredths=unused, **facts)
        session.flush()
    return unused


def post_days(session: Session, request: LeaveRequest, *, sign: int, kind: str) -> None:
    """One ledger entry per day of the request, each in the year that it belongs to; `take` has the sign -1."""
    for day in days_of(request.first, request.last):
        if days := share_taken(request.employee, day, request):
            _post(session, request, day, kind, sign * days)


def taken_days(session: Session, request: LeaveRequest) -> dict[date, int]:
    """Day -> hundredths that the request uses now, after everything that was given back."""
    used: dict[date, int] = {}
    for entry in session.scalars(select(LeaveEntry).filter_by(request_id=request.id)):
        used[entry.on] = used.get(entry.on, 0) - entry.hundredths
    return {day: days for day, days in used.items() if days}


def give_back(session: Session, request: LeaveRequest, *, first: date | None = None, last: date | None = None) -> int:
    """Post back what the request still uses on these days, or on all; how many hundredths."""
    returned = 0
    for day, days in taken_days(session, request).items():
        if (first is None or first <= day) and (last is None or day <= last):
            _post(session, request, day, "release", days)
            returned += days
    return returned


def take_again(session: Session, request: LeaveRequest, *, first: date, last: date) -> int:
    """Use days anew that had been given back; how many hundredths."""
    used, again = taken_days(session, request), 0
    for day in days_of(max(first, request.first), min(last, request.last)):
        missing = share_taken(request.employee, day, request) - used.get(day, 0)
        if missing > 0:
            _post(session, request, day, "take", -missing)
            again += missing
    return again


def _post(session: Session, request: LeaveRequest, day: date, kind: str, hundredths: int) -> None:
    session.add(
        LeaveEntry(
            employee_id=request.employee_id,
            year=day.year,
            kind=kind,
            hundredths=hundredths,
            on=day,
            request_id=request.id,
        )
    )
    session.flush()
