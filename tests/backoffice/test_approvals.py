"""Leave always has somebody who decides, never oneself, also when managers leave."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from backoffice import approvals, demo, leave, outbox, people
from backoffice.errors import NotFound
from backoffice.models import Employee, LeaveRequest, OutboxMessage
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = date(2026, 12, 2)
HR = ["aylin.demir", "petra.roth", "tobias.kern"]
HEAD = "henrike.vogt"


def ask(session: Session, key: str) -> LeaveRequest:
    return leave.request_leave(session, employee(session, key), first=DAY, last=DAY, now=NOW, today=demo.TODAY)


def leave_the_company(session: Session, *keys: str) -> None:
    for key in keys:
        employee(session, key).ends = demo.TODAY - timedelta(days=1)
    session.flush()


def deciders(session: Session, key: str) -> list[str]:
    return sorted(one.key for one in approvals.deciders(session, employee(session, key), at=NOW))


def asked(session: Session, request: LeaveRequest) -> list[str]:
    """Who got the buttons for it."""
    found = set()
    for message in session.query(OutboxMessage):
        if message.said["text"]["key"].startswith("leave.asks_you") and request.number in str(message.said):
            found.add(people.by_id(session, message.employee_id).key)
    return sorted(found)


def sees(session: Session, request: LeaveRequest) -> list[str]:
    """In whose inbox it is, whoever in the whole company looks."""
    return sorted(one.key for one in session.query(Employee) if request in leave.to_decide(session, one, at=NOW))


def test_usually_the_manager_decides(session: Session) -> None:
    request = ask(session, "mara.lindt")
    assert deciders(session, "mara.lindt") == asked(session, request) == sees(session, request) == ["eva.brandt"]


def test_when_the_manager_has_left_the_managers_manager_decides(session: Session) -> None:
    above = people.by_id(session, employee(session, "eva.brandt").manager_id or 0).key
    leave_the_company(session, "eva.brandt")
    request = ask(session, "mara.lindt")
    assert deciders(session, "mara.lindt") == asked(session, request) == sees(session, request) == [above]
    with pytest.raises(NotFound):
        leave.decide(session, request.id, by=employee(session, "eva.brandt"), approved=True, now=NOW)
    assert leave.decide(session, request.id, by=employee(session, above), approved=True, now=NOW).status == "approved"


def test_without_a_manager_hr_decides_once(session: Session) -> None:
    request = ask(session, HEAD)
    assert deciders(session, HEAD) == asked(session, request) == sees(session, request) == HR
    petra, aylin = employee(session, "petra.roth"), employee(session, "aylin.demir")
    leave.decide(session, request.id, by=petra, approved=True, now=NOW)
    with pytest.raises(leave.AlreadyDecided):
        leave.decide(session, request.id, by=aylin, approved=False, now=NOW)
    assert (request.approver_id, sees(session, request)) == (petra.id, [])


@pytest.mark.parametrize("key", HR)
def test_nobody_of_hr_decides_about_oneself(session: Session, key: str) -> None:
    employee(session, key).manager_id = None
    request = ask(session, key)
    assert deciders(session, key) == asked(session, request) == sees(session, request) == [
        one for one in HR if one != key
    ]  # fmt: skip
    with pytest.raises(NotFound):
        leave.decide(session, request.id, by=employee(session, key), approved=True, now=NOW)


def test_the_last_of_hr_asks_whoever_leads(session: Session) -> None:
    leave_the_company(session, "aylin.demir", "tobias.kern")
    employee(session, "petra.roth").manager_id = None
    session.flush()
    assert deciders(session, "petra.roth") == [HEAD]


def test_the_inbox_of_the_next_one_shows_what_waits_when_the_manager_leaves(session: Session) -> None:
    request = ask(session, "mara.lindt")
    above = people.by_id(session, employee(session, "eva.brandt").manager_id or 0).key
    leave_the_company(session, "eva.brandt")
    assert sees(session, request) == [above]
    leave.decide(session, request.id, by=employee(session, above), approved=False, now=NOW)
    assert request.status == "rejected"


def test_a_new_manager_decides_on_what_waits(session: Session) -> None:
    request = ask(session, "mara.lindt")
    employee(session, "mara.lindt").manager_id = employee(session, "petra.roth").id
    session.flush()
    assert sees(session, request) == ["petra.roth"]
    with pytest.raises(NotFound):
        leave.decide(session, request.id, by=employee(session, "eva.brandt"), approved=True, now=NOW)


def test_who_would_decide_now_hears_that_it_is_withdrawn(session: Session) -> None:
    request = ask(session, "mara.lindt")
    above = people.by_id(session, employee(session, "eva.brandt").manager_id or 0)
    leave_the_company(session, "eva.brandt")
    leave.cancel(session, request.id, by=employee(session, "mara.lindt"), now=NOW, today=demo.TODAY)
    heard = [message.said["text"]["key"] for message in outbox.waiting(session, above, now=NOW)]
    assert heard == ["leave.was_withdrawn"]


def test_who_has_left_is_not_named_as_the_one_to_talk_to(session: Session) -> None:
    request = ask(session, "mara.lindt")
    leave.decide(session, request.id, by=employee(session, "eva.brandt"), approved=True, now=NOW)
    assert [one.key for one in leave.in_charge(session, request, at=NOW)] == ["eva.brandt"]
    leave_the_company(session, "eva.brandt")
    above = people.by_id(session, employee(session, "eva.brandt").manager_id or 0)
    with pytest.raises(leave.AlreadyBegan) as broken:
        leave.cancel(session, request.id, by=employee(session, "mara.lindt"), now=NOW, today=DAY)
    assert broken.value.facts["name"] == [above.name]


def test_everybody_has_somebody_who_decides(session: Session) -> None:
    leave_the_company(session, HEAD, "petra.roth", "eva.brandt")
    at_work = [one for one in session.query(Employee) if people.is_at_work(one, NOW)]
    nobody = [one.key for one in at_work if not approvals.deciders(session, one, at=NOW)]
    oneself = [one.key for one in at_work if approvals.may_decide(session, one, one, at=NOW)]
    assert (nobody, oneself) == ([], [])
