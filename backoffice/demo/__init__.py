"""A believable company for `make demo` and for the tests: Nordstern Versand GmbH, four weeks before Christmas 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from backoffice import articles, leave, tickets
from backoffice.demo import accounts, records
from backoffice.models import Employee, LeaveEntry, LeaveRequest, Mark, Site, TicketEvent

TODAY = date(2026, 11, 23)
PERSONAS = ("mara.lindt", "ali.yildiz", "eva.brandt", "jonas.weber", "petra.roth", "oksana.koval")
ARTICLES = Path(__file__).parents[2] / "knowledge" / "articles"
FULL_WEEK = [100, 100, 100, 100, 100, 0, 0]


def is_demo(session: Session) -> bool:
    """Whether this database carries the demo's mark."""
    return session.get(Mark, "demo") is not None


def seed(session: Session) -> None:
    """Fill an empty database; a database that has the mark is left as it is."""
    if is_demo(session):
        return
    content = yaml.safe_load((Path(__file__).parent / "company.yml").read_text(encoding="utf-8"))
    session.add(Mark(key="demo", value=TODAY.isoformat()))
    sites = {key: Site(key=key, **about) for key, about in content["sites"].items()}
    session.add_all(sites.values())
    session.flush()
    people: dict[str, Employee] = {}
    for key, about in content["people"].items():
        people[key] = _employee(key, about, sites, people)
        session.add(people[key])
        session.flush()
        _leave(session, people[key], about.get("leave", {}))
    articles.import_folder(session, ARTICLES)
    for about in content["tickets"]:
        _ticket(session, people, about)
    records.payslips(session, people, content["pay"], content["extra"])
    records.stock(session, sites, content["stock"])
    records.assets(session, people, content["assets"])
    records.shifts(session, people, content["shifts"])
    accounts.bind(session)


def _employee(key: str, about: dict[str, Any], sites: dict[str, Site], people: dict[str, Employee]) -> Employee:
    manager = about.get("manager")
    return Employee(
        key=key,
        first_name=about["first"],
        last_name=about["last"],
        email=about.get("email", f"{key}@nordstern.example"),
        language=about.get("language", "de"),
        title=about["title"],
        department=about["department"],
        site=sites[about["site"]],
        manager_id=people[manager].id if manager else None,
        week=about.get("week", FULL_WEEK),
        starts=about.get("starts", date(2020, 1, 1)),
        ends=about.get("ends"),
        roles=about.get("roles", []),
        agency=about.get("agency"),
        agency_contact=about.get("agency_contact"),
    )


def _leave(session: Session, employee: Employee, about: dict[str, Any]) -> None:
    def entry(kind: str, days: float, on: date) -> None:
        session.add(
            LeaveEntry(employee_id=employee.id, year=TODAY.year, kind=kind, hundredths=round(days * 100), on=on)
        )

    start = max(date(TODAY.year, 1, 1), employee.starts)
    if not employee.agency:
        entry("grant", about.get("granted", 30), start)
    if about.get("carried"):
        entry("carry", about["carried"], start)
    for on, days in about.get("taken", {}).items():
        entry("take", -days, on)
    for first, last in about.get("approved", []):
        asked_at = datetime(TODAY.year, 10, 1, 8, 0, tzinfo=UTC)
        request = LeaveRequest(
            employee=employee,
            first=first,
            last=last,
            hundredths=leave.cost(employee, first, last),
            approver_id=employee.manager_id,
            asked_at=asked_at,
            decided_at=asked_at,
            status="approved",
        )
        session.add(request)
        session.flush()
        leave.post_days(session, request, sign=-1, kind="take")


def _ticket(session: Session, people: dict[str, Employee], about: dict[str, Any]) -> None:
    ticket = tickets.open_ticket(
        session, people[about["by"]], summary=about["summary"], now=about["at"].replace(tzinfo=UTC), quiet=True
    )
    if about.get("solved"):
        ticket.status, ticket.assignee_id = "resolved", people["jonas.weber"].id
        session.add(
            TicketEvent(
                ticket_id=ticket.id,
                author_id=ticket.assignee_id,
                kind="solved",
                text=about["solved"],
                at=ticket.opened_at,
            )
        )
