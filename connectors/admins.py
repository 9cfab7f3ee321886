"""The first admin, and codes from the operator, for when nobody else can give one."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.orm import Session

from backoffice import people, signing_in
from backoffice.clock import Clock
from backoffice.errors import Misconfigured, NotFound
from backoffice.models import Employee
from backoffice.settings import Settings
from connectors.installation import database_of

EVERYWHERE = ("0.0.0.0", "::")


app = typer.Typer(no_args_is_help=True, help="Who lets people in on the web page.")
For = Annotated[str, typer.Option("--for", help="the employee's key, e.g. mara.lindt")]


@app.command("first")
def first(for_: For) -> None:
    """Make this employee the first admin; prints a link that is good once, for an hour."""
    settings = Settings()
    with database_of(settings).transaction() as session:
        employee = _employee(session, settings, for_)
        try:
            code = signing_in.first_admin(session, employee, now=Clock(settings.today).now())
        except signing_in.AdminThere as error:
            there = error.facts["key"]
            raise Misconfigured(f"{there} is admin already and gives codes to others on the page /people") from None
    print(_told(settings, employee, code))


@app.command("code")
def code(
    for_: For,
    second_factor: Annotated[bool, typer.Option("--second-factor", help="it is set up anew, too")] = False,
) -> None:
    """A link with which this employee chooses a new password, for when no admin can give one."""
    settings = Settings()
    with database_of(settings).transaction() as session:
        employee, now = _employee(session, settings, for_), Clock(settings.today).now()
        made = signing_in.issue_code(
            session, employee, by=None, now=now, lasts=signing_in.AT_ONCE, renews_second_factor=second_factor
        )
    print(_told(settings, employee, made))


@app.command("role")
def role(
    for_: For,
    give: Annotated[list[str] | None, typer.Option(help="a role to have from now on; more than once for more")] = None,
    take: Annotated[list[str] | None, typer.Option(help="a role to have no longer")] = None,
) -> None:
    """Whose task is what: it, hr, payroll, operations, kb (the articles), works_council, admin; prints what is held."""
    settings = Settings()
    with database_of(settings).transaction() as session:
        employee, now = _employee(session, settings, for_), Clock(settings.today).now()
        try:
            for name, holds in [*((one, True) for one in give or ()), *((one, False) for one in take or ())]:
                signing_in.set_role(session, employee, name, holds=holds, now=now)
        except signing_in.NoSuchRole as error:
            raise Misconfigured(f"there is no role {name}: give one of {', '.join(error.facts['roles'])}") from None
        held = ", ".join(sorted(employee.roles)) or "no role"
    print(f"{employee.key}: {held}")


def _told(settings: Settings, employee: Employee, code: str) -> str:
    host = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    start = f"{settings.public_url or f'http://{host}:{settings.port}'}".rstrip("/") + "/start"
    name, minutes = signing_in.name_of(employee), int(signing_in.AT_ONCE.total_seconds() // 60)
    return f"{start}?code={code}\n{employee.name} opens it as {name}; it is good once, for {minutes} minutes"


def _employee(session: Session, settings: Settings, key: str) -> Employee:
    if settings.demo:
        raise Misconfigured("the demo has no sign-in: choose a person on its page")
    try:
        employee = people.by_key(session, key)
    except NotFound:
        raise Misconfigured(f"there is no employee {key}: give a key such as mara.lindt") from None
    if not people.works_here(employee, Clock(settings.today).today_in(employee.site.zone)):
        raise Misconfigured(f"the contract of {key} does not cover today: give somebody who works here")
    return employee
