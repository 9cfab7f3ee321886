"""Who sees to what, as people come and go."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from backoffice import demo, migrating, outbox, people, safety, sickness, tickets
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.errors import NotFound
from backoffice.models import AuditEntry, Employee, OutboxMessage
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
YESTERDAY = demo.TODAY - timedelta(days=1)
HEAD = "henrike.vogt"


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


@pytest.mark.parametrize("left", [False, True])
def test_a_token_speaks_until_it_expires(session: Session, left: bool) -> None:
    mara = employee(session, "mara.lindt")
    if left:
        leave_the_company(session, mara.key)
    token = people.issue_token(session, mara, now=NOW, days=3)
    days = {day: people.by_token(session, token, clock=Clock(demo.TODAY + timedelta(days=day))) for day in (0, 2, 4)}
    assert days == ({0: None, 2: None, 4: None} if left else {0: mara.id, 2: mara.id, 4: None})


def test_a_revoked_token_opens_nothing_and_the_others_stay(session: Session) -> None:
    mara, clock = employee(session, "mara.lindt"), Clock(demo.TODAY)
    lost, kept = (people.issue_token(session, mara, now=NOW) for _ in range(2))
    row = people.tokens(session, mara)[0]
    for moment in (NOW, NOW + timedelta(days=1)):  # once more changes nothing
        assert people.revoke_token(session, row.id, now=moment).revoked_at == NOW
    assert people.by_token(session, lost, clock=clock) is None
    assert people.by_token(session, kept, clock=clock) == mara.id
    assert [people.token_state(one, at=NOW) for one in people.tokens(session, mara)] == ["revoked", "valid"]
    audited = session.scalars(select(AuditEntry).where(AuditEntry.verb.like("people.%")).order_by(AuditEntry.id)).all()
    ids = [one.id for one in people.tokens(session)]
    assert [(one.verb, one.subject_id, one.facts) for one in audited] == [
        ("people.issue_token", "mara.lindt", {"token": ids[0], "days": 365}),
        ("people.issue_token", "mara.lindt", {"token": ids[1], "days": 365}),
        ("people.revoke_token", "mara.lindt", {"token": ids[0]}),
    ]


def test_a_token_that_is_not_there_cannot_be_revoked(session: Session) -> None:
    with pytest.raises(NotFound):
        people.revoke_token(session, 4711, now=NOW)


def test_looking_a_token_up_takes_one_statement(db: Database) -> None:
    with db.transaction() as session:
        token = people.issue_token(session, employee(session, "mara.lindt"), now=NOW)
    said: list[str] = []

    def listen(connection: object, cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    with db.transaction() as session:
        assert people.by_token(session, token, clock=Clock(demo.TODAY))
    assert [statement.partition(" ")[0] for statement in said] == ["SELECT"]


def test_tokens_from_before_end_a_year_after_the_upgrade(empty: Database) -> None:
    migrating.upgrade(empty, "7f3b2e8db4c7")
    with empty.transaction() as session:
        session.execute(text("INSERT INTO site VALUES (1, 'b', 'B', 'BE', 'Europe/Berlin')"))
        columns = (
            "id, key, first_name, last_name, language, title, department, site_id, week, weekly_minutes, starts, roles"
        )
        values = "1, 'm', 'M', 'L', 'de', '', '', 1, '[]', 2400, '2020-01-01', '[]'"
        session.execute(text(f"INSERT INTO employee ({columns}) VALUES ({values})"))
        session.execute(text("INSERT INTO api_token (id, digest, employee_id) VALUES (1, 'd', 1)"))
    migrating.upgrade(empty)
    with empty.transaction() as session:
        token = people.tokens(session)[0]
        left = token.expires_at - Clock().now()
        assert (token.issued_at, token.revoked_at) == (None, None)
        assert timedelta(days=364) < left <= timedelta(days=365)
