"""Who sees to what, as people come and go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from backoffice import demo, outbox, people, safety, sickness, tickets
from backoffice.database import Database
from backoffice.errors import NotFound
from backoffice.models import Employee, OutboxMessage
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
YESTERDAY = demo.TODAY - timedelta(days=1)
HEAD = "henrike.vogt"


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    with db.transaction() as session:
        yield session


def leave_the_company(session: Session, *keys: str, last: date = YESTERDAY) -> None:
    for key in keys:
        employee(session, key).ends = last


def nobody_holds(session: Session, role: str) -> None:
    leave_the_company(session, *(one.key for one in people.with_role(session, role, at=NOW)))


def told(session: Session, since: int) -> dict[str, list[str]]:
    """Key -> what was said to whom after a row of the outbox."""
    said: dict[str, list[str]] = {}
    for message in session.query(OutboxMessage).where(OutboxMessage.id > since).order_by(OutboxMessage.id):
        said.setdefault(people.by_id(session, message.employee_id).key, []).append(message.said["text"]["key"])
    return said


def keys(found: list[Employee]) -> list[str]:
    return [one.key for one in found]


def test_a_role_is_held_by_those_at_work(session: Session) -> None:
    assert keys(people.with_role(session, "it", at=NOW)) == ["jonas.weber", "nadia.kowalska", "duc.tran"]
    leave_the_company(session, "jonas.weber")
    leave_the_company(session, "nadia.kowalska", last=demo.TODAY)  # the last day is a day at work
    assert keys(people.with_role(session, "it", at=NOW)) == ["nadia.kowalska", "duc.tran"]


def test_a_role_is_its_whole_name(session: Session) -> None:
    employee(session, "mara.lindt").roles = ["it_training"]
    session.flush()
    assert "mara.lindt" not in keys(people.with_role(session, "it", at=NOW))


def test_the_last_day_is_that_of_the_place(session: Session) -> None:
    jonas = employee(session, "jonas.weber")
    jonas.ends = date(2026, 11, 22)
    late = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    assert people.is_at_work(jonas, late)
    assert not people.is_at_work(jonas, late + timedelta(hours=1))


def test_who_has_left_hears_of_no_ticket(session: Session) -> None:
    leave_the_company(session, "jonas.weber")
    before = outbox.newest(session)
    tickets.open_ticket(session, employee(session, "mara.lindt"), summary="VPN geht nicht", now=NOW)
    assert told(session, before) == {"nadia.kowalska": ["tickets.opened"], "duc.tran": ["tickets.opened"]}


def test_a_queue_without_anybody_is_that_of_the_head(session: Session) -> None:
    nobody_holds(session, "it")
    before, head = outbox.newest(session), employee(session, HEAD)
    ticket = tickets.open_ticket(session, employee(session, "mara.lindt"), summary="VPN geht nicht", now=NOW)
    assert told(session, before) == {HEAD: ["tickets.opened"]}
    assert ticket in tickets.of_queues(session, head, at=NOW)
    assert tickets.find(session, ticket.number, by=head, at=NOW) is ticket
    assert tickets.take(session, ticket.id, by=head, now=NOW).assignee is head


@pytest.mark.parametrize("key", [HEAD, "eva.brandt", "petra.roth"])
def test_a_queue_with_somebody_is_nobody_elses(session: Session, key: str) -> None:
    ticket = tickets.open_ticket(session, employee(session, "mara.lindt"), summary="VPN geht nicht", now=NOW)
    by = employee(session, key)
    assert "it" not in people.queues_of(session, by, at=NOW)
    with pytest.raises(NotFound):
        tickets.find(session, ticket.number, by=by, at=NOW)
    with pytest.raises(NotFound):
        tickets.take(session, ticket.id, by=by, now=NOW)


def test_a_queue_without_anybody_is_not_every_managers(session: Session) -> None:
    nobody_holds(session, "it")
    assert people.queues_of(session, employee(session, "eva.brandt"), at=NOW) == set()
    assert people.queues_of(session, employee(session, HEAD), at=NOW) == {"it"}


def test_when_the_head_leaves_those_below_lead(session: Session) -> None:
    below = [one.key for one in session.query(Employee).filter_by(manager_id=employee(session, HEAD).id)]
    leave_the_company(session, HEAD)
    heads = keys(people.heads(session, at=NOW))
    assert heads
    assert set(heads) <= set(below)


def test_what_somebody_took_who_has_left_is_free(session: Session) -> None:
    jonas, nadia = employee(session, "jonas.weber"), employee(session, "nadia.kowalska")
    ticket = tickets.open_ticket(session, employee(session, "mara.lindt"), summary="VPN geht nicht", now=NOW)
    tickets.take(session, ticket.id, by=jonas, now=NOW)
    with pytest.raises(tickets.AlreadyTaken):
        tickets.take(session, ticket.id, by=nadia, now=NOW)
    leave_the_company(session, "jonas.weber")
    before = outbox.newest(session)
    tickets.tell_staff(session, ticket, outbox.Said("tickets.was_answered"), NOW)
    assert set(told(session, before)) == {"nadia.kowalska", "duc.tran"}
    assert tickets.take(session, ticket.id, by=nadia, now=NOW).assignee is nadia


def test_tasks_of_hr_go_to_those_at_work(session: Session) -> None:
    leave_the_company(session, "petra.roth")
    before = outbox.newest(session)
    sickness.report(session, employee(session, "mara.lindt"), first=demo.TODAY, until=demo.TODAY, now=NOW)
    assert "petra.roth" not in told(session, before)
    assert told(session, before)["aylin.demir"] == ["sickness.task_new_day"]


def test_without_hr_and_manager_an_absence_still_reaches_somebody(session: Session) -> None:
    nobody_holds(session, "hr")
    leave_the_company(session, "eva.brandt")
    before, mara = outbox.newest(session), employee(session, "mara.lindt")
    above = people.manager_at_work(session, mara, at=NOW)
    assert above
    sickness.report(session, mara, first=demo.TODAY, until=demo.TODAY, now=NOW)
    safety.report_accident(session, mara, now=NOW)
    heard = told(session, before)
    assert "eva.brandt" not in heard
    assert "sickness.absent_new_day" in heard[above.key]
    assert "sickness.task_new_day" in heard[HEAD]
    assert heard[HEAD].count("safety.tell_accident") == heard[above.key].count("safety.tell_accident") == 1


def test_managers_in_a_circle_come_to_an_end(session: Session) -> None:
    mara, eva = employee(session, "mara.lindt"), employee(session, "eva.brandt")
    eva.manager_id = mara.id
    eva.ends = YESTERDAY
    assert people.manager_at_work(session, mara, at=NOW) is None
