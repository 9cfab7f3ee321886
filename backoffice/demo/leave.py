"""A year of leave for everybody whom Nordstern employs: what was granted, asked, taken; and who is absent today."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backoffice import leave_account
from backoffice.demo.lists import dice, put, put_numbered
from backoffice.demo.people import Person, last_of_month, works_all_of
from backoffice.models import Employee, LeaveEntry, LeaveRequest, SickReport

YEAR = 2026
FULL_GRANT = 3000  # hundredths of a day for five days a week
CARRY_EXPIRES = date(YEAR, 3, 31)
LAST_DECISION = datetime(YEAR, 11, 18, 9, 0, tzinfo=UTC)
# What people like to take: chance in percent, possible first days, calendar days. Decided in this order.
HABITS = [
    (70, [date(YEAR, 7, 6), date(YEAR, 7, 20), date(YEAR, 8, 3)], 19),
    (50, [date(YEAR, 6, 22), date(YEAR, 8, 24), date(YEAR, 8, 31)], 12),
    (55, [date(YEAR, 10, 5), date(YEAR, 10, 19), date(YEAR, 10, 26)], 5),
    (45, [date(YEAR, 3, 30), date(YEAR, 4, 7)], 4),
    (35, [date(YEAR, 2, 2), date(YEAR, 2, 16)], 5),
    (50, [date(YEAR, 5, 15), date(YEAR, 5, 26)], 1),
    (30, [date(YEAR, 12, 28)], 3),
    (40, [date(YEAR, 9, 18), date(YEAR, 9, 25)], 1),
]


def year_of_leave(session: Session, staff: dict[str, Person]) -> None:
    """Requests numbered as they were asked, and the ledger that they make."""
    own = [person for person in staff.values() if not person.employee.agency]
    granted = {person.key: grant(person.employee) for person in own}
    carried = {person.key: _carried(person) for person in own}
    asked: list[tuple[Person, dict[str, Any]]] = []
    for person in own:
        asked += [(person, request) for request in _requests(person, granted[person.key])]
    asked.sort(key=lambda one: one[1]["asked_at"])
    ids = put_numbered(session, LeaveRequest, [request for _, request in asked])
    takes: dict[str, list[dict[str, Any]]] = {person.key: [] for person in own}
    for request_id, (person, request) in zip(ids, asked):
        if request["status"] == "approved":
            takes[person.key] += _takes(person.employee, request, request_id)
    ledger = [
        entry
        for person in own
        for entry in _ledger(person.employee, granted[person.key], carried[person.key], takes[person.key])
    ]
    put(session, LeaveEntry, ledger)


def absences(session: Session, staff: dict[str, Person]) -> None:
    """Who reported sick: the days, and nothing else."""
    for person in staff.values():
        for first, until in person.about.get("sick", []):
            at = datetime.combine(first, time(5, 20), UTC)
            session.add(SickReport(employee_id=person.employee.id, first=first, until=until, reported_at=at))


def grant(employee: Employee) -> int:
    """Hundredths of a day for the year: by working days a week; a twelfth for each full month (BUrlG §5)."""
    year = FULL_GRANT * sum(employee.week) // 500
    firsts = [date(YEAR, month, 1) for month in range(1, 13)]
    months = sum(works_all_of(employee, first, last_of_month(first)) for first in firsts)
    return year if months == 12 else (year * months // 12 + 50) // 100 * 100  # half a day and more is a whole one


def _carried(person: Person) -> int:
    chance = dice("carry", person.key)
    drawn = chance.choice([1, 2, 3, 4]) if chance.random() < 0.2 else 0
    if "leave" in person.about or person.employee.starts >= date(YEAR, 1, 1):
        drawn = 0
    return int(person.about.get("carried", drawn) * 100)


def _requests(person: Person, granted: int) -> list[dict[str, Any]]:
    """Those by hand, then the drawn ones that fit into what was granted; days carried over may expire unused."""
    about, chance = person.about, dice("leave", person.key)
    made = [
        _request(person, first, last, chance, last_part=part[0] if part else "full")
        for first, last, *part in [*about.get("leave", []), *about.get("more", [])]
    ]
    for status in ("pending", "rejected"):
        made += [_request(person, first, last, chance, status=status) for first, last in about.get(status, [])]
    free = granted - sum(one["hundredths"] for one in made)
    for percent, firsts, days in [] if "leave" in about else HABITS:
        first = chance.choice(firsts)
        drawn = _request(person, first, first + timedelta(days=days - 1), chance)
        wanted = chance.randrange(100) < percent
        settled = works_all_of(person.employee, first - timedelta(days=60), drawn["last"])
        apart = all(one["last"] < first or drawn["last"] < one["first"] for one in made)
        if wanted and settled and apart and 0 < drawn["hundredths"] < free:
            free -= drawn["hundredths"]
            made.append(drawn)
    return made


def _request(
    person: Person, first: date, last: date, chance: random.Random, *, status: str = "approved", last_part: str = "full"
) -> dict[str, Any]:
    ahead = timedelta(days=chance.randint(32, 75), minutes=chance.randint(-480, 60))
    asked_at = min(datetime.combine(first, time(8), UTC) - ahead, LAST_DECISION - timedelta(days=chance.randint(3, 9)))
    if status == "pending":
        asked_at = LAST_DECISION + timedelta(hours=chance.choice([1, 3, 26, 29, 52]), minutes=chance.randint(0, 59))
    decided_at = (
        None if status == "pending" else _on_a_weekday(asked_at + timedelta(hours=chance.choice([2, 5, 24, 27])))
    )
    return {
        "employee_id": person.employee.id,
        "kind": "vacation",
        "first": first,
        "last": last,
        "first_part": "full",
        "last_part": last_part,
        "hundredths": leave_account.cost(person.employee, first, last, last_part=last_part),
        "status": status,
        "approver_id": person.employee.manager_id,
        "asked_at": asked_at,
        "decided_at": decided_at,
    }


def _on_a_weekday(moment: datetime) -> datetime:
    return moment + timedelta(days=7 - moment.weekday() if moment.weekday() > 4 else 0)


def _takes(employee: Employee, request: dict[str, Any], request_id: int) -> Iterator[dict[str, Any]]:
    for offset in range((request["last"] - request["first"]).days + 1):
        day = request["first"] + timedelta(days=offset)
        part = request["last_part"] if day == request["last"] else "full"
        if share := leave_account.cost(employee, day, day, first_part=part):
            yield {"kind": "take", "hundredths": -share, "on": day, "request_id": request_id}


def _ledger(employee: Employee, granted: int, carried: int, takes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    begins = max(date(YEAR, 1, 1), employee.starts)
    entries = [{"kind": "grant", "hundredths": granted, "on": begins}]
    if carried:
        entries.append({"kind": "carry", "hundredths": carried, "on": begins})
    unused = carried + sum(take["hundredths"] for take in takes if take["on"] <= CARRY_EXPIRES)
    if unused > 0:
        entries.append({"kind": "expire", "hundredths": -unused, "on": CARRY_EXPIRES})
    for entry in sorted([*entries, *takes], key=lambda one: one["on"]):
        yield {"employee_id": employee.id, "year": YEAR, "request_id": None, **entry}
