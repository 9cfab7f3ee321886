"""Who works at Nordstern Versand: rows of people.yml become employees, managers first."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backoffice.demo.lists import read
from backoffice.models import Employee, Site

FULL_TIME_MINUTES = 2400
SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i", "ł": "l", "đ": "d", "ø": "oe"})


@dataclass(frozen=True)
class Person:
    """An employee beside what the lists say. `pay_cents` is the basic pay a month; 0 for people of an agency."""

    employee: Employee
    pay_cents: int
    pattern: str | None = None
    devices: tuple[str, ...] = ()
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Such as mara.lindt."""
        return self.employee.key


def key_of(name: str) -> str:
    """The first and the last word in ASCII, umlauts as Germans spell them out."""
    words = name.lower().translate(SPELT_OUT).split()
    plain = unicodedata.normalize("NFKD", f"{words[0]}.{words[-1]}")
    return plain.encode("ascii", "ignore").decode()


def hire(session: Session) -> tuple[dict[str, Site], dict[str, Person]]:
    """Write down sites and people, each by key, in the order of the list."""
    content = read("people")
    sites = {key: Site(key=key, **about) for key, about in content["sites"].items()}
    session.add_all(sites.values())
    session.flush()
    staff: dict[str, Person] = {}
    for team in content["teams"]:
        new = [_person(row, team, sites, staff) for row in team["people"]]
        session.add_all(person.employee for person in new)
        session.flush()  # their teams come next and need their ids
        for person in new:
            person.employee.number = str(10_000 + person.employee.id)
        staff.update((person.key, person) for person in new)
    return sites, staff


def _person(row: list[Any], team: dict[str, Any], sites: dict[str, Site], staff: dict[str, Person]) -> Person:
    name, title, starts, pay, about = (*row, {})[:5]
    content = read("people")
    agency = content["agencies"].get(about.get("agency"), {})
    week = content["weeks"][about.get("week", "full")]
    minutes = about["hours"] * 60 if "hours" in about else sum(week) * FULL_TIME_MINUTES // 500
    key = key_of(name)
    first_name, _, last_name = name.rpartition(" ")
    employee = Employee(
        key=key,
        first_name=first_name,
        last_name=last_name,
        email=None if agency else f"{key}@nordstern.example",
        language=about.get("language", "de"),
        title=title,
        department=team["department"],
        site=sites[team["site"]],
        manager_id=staff[team["manager"]].employee.id if "manager" in team else None,
        week=list(week),
        weekly_minutes=minutes,
        starts=starts,
        ends=about.get("ends"),
        probation_until=about.get("probation"),
        roles=list(about.get("roles", [])),
        **(agency or {"agency": None, "agency_contact": None}),
    )
    devices = (*team.get("devices", ()), *about.get("devices", ()))
    euros = round(pay * minutes / FULL_TIME_MINUTES)
    return Person(employee, euros * 100, about.get("pattern", team.get("pattern")), devices, about)


def works_all_of(employee: Employee, first: date, last: date) -> bool:
    """Whether the contract covers every one of these days."""
    return employee.starts <= first and (employee.ends is None or last <= employee.ends)


def last_of_month(first: date) -> date:
    """Its last day."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
