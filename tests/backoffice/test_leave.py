from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from backoffice import absence, demo, leave, leave_kinds, outbox, workdays
from backoffice.errors import NotFound
from backoffice.models import Employee
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def ask(session: Session, who: Employee, first: date, last: date, **parts: str) -> leave.LeaveRequest:
    return leave.request_leave(session, who, first=first, last=last, now=NOW, today=demo.TODAY, **parts)


@pytest.mark.parametrize(
    ("key", "left"),
    [
        ("mara.lindt", 850),
        ("ali.yildiz", 1200),
        ("eva.brandt", 700),
        ("jonas.weber", 1500),
        ("petra.roth", 1000),
    ],
)
def test_everybody_has_the_balance_that_the_readme_promises(session: Session, key: str, left: int) -> None:
    assert leave.balance(session, employee(session, key), on=demo.TODAY).left == left


def test_a_public_holiday_inside_the_leave_costs_no_day(mara: Employee) -> None:
    assert leave.cost(mara, date(2026, 5, 13), date(2026, 5, 15)) == 200  # 14 May 2026 is Ascension Day


def test_christmas_eve_and_new_years_eve_cost_half_a_day(mara: Employee) -> None:
    assert leave.cost(mara, date(2026, 12, 23), date(2027, 1, 3)) == 500  # 23., 28.-30. whole, 24. and 31. half


def test_reformation_day_is_a_holiday_in_leipzig_but_not_in_berlin(session: Session, mara: Employee) -> None:
    ali = employee(session, "ali.yildiz")
    assert workdays.holiday_name(ali, date(2028, 10, 31)) == "Reformationstag"
    assert workdays.holiday_name(mara, date(2028, 10, 31)) is None


def test_half_a_day_costs_half(mara: Employee) -> None:
    friday = date(2026, 12, 4)
    assert leave.cost(mara, friday, friday, first_part="afternoon", last_part="afternoon") == 50


def test_a_request_waits_and_tells_the_manager(session: Session, mara: Employee) -> None:
    request = ask(session, mara, date(2026, 12, 2), date(2026, 12, 2))
    eva = employee(session, "eva.brandt")
    assert request.status == "pending"
    assert leave.balance(session, mara, on=demo.TODAY).left == 850
    assert leave.balance(session, mara, on=demo.TODAY).askable == 750
    assert [m.said["text"]["key"] for m in outbox.waiting(session, eva, now=NOW)] == ["leave.asks_you_vacation"]


def test_the_manager_decides_once(session: Session, mara: Employee) -> None:
    request = ask(session, mara, date(2026, 12, 2), date(2026, 12, 2))
    eva = employee(session, "eva.brandt")
    leave.decide(session, request.id, by=eva, approved=True, now=NOW)
    with pytest.raises(leave.AlreadyDecided):
        leave.decide(session, request.id, by=eva, approved=False, now=NOW)
    assert leave.balance(session, mara, on=demo.TODAY).left == 750


@pytest.mark.parametrize("key", ["mara.lindt", "jonas.weber", "petra.roth"])
def test_nobody_else_decides(session: Session, mara: Employee, key: str) -> None:
    request = ask(session, mara, date(2026, 12, 2), date(2026, 12, 2))
    with pytest.raises(NotFound):
        leave.decide(session, request.id, by=employee(session, key), approved=True, now=NOW)


def test_a_withdrawn_leave_gives_the_days_back(session: Session, mara: Employee) -> None:
    request = ask(session, mara, date(2026, 12, 2), date(2026, 12, 3))
    leave.decide(session, request.id, by=employee(session, "eva.brandt"), approved=True, now=NOW)
    leave.cancel(session, request.id, by=mara, now=NOW, today=demo.TODAY)
    assert leave.balance(session, mara, on=demo.TODAY).left == 850


@pytest.mark.parametrize(
    ("first", "last", "rule"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), leave.InThePast),
        (date(2026, 12, 25), date(2026, 12, 26), leave.NoWorkingDay),
        (date(2026, 12, 5), date(2026, 12, 6), leave.NoWorkingDay),
        (date(2026, 11, 24), date(2026, 12, 23), leave.NotEnoughLeave),
        (date(2026, 12, 30), date(2026, 12, 31), leave.OverlapsRequest),
    ],
)
def test_a_broken_rule_says_which(session: Session, mara: Employee, first: date, last: date, rule: type) -> None:
    with pytest.raises(rule):
        ask(session, mara, first, last)


def test_who_is_away_never_says_why(session: Session, mara: Employee) -> None:
    assert absence.away(session, mara, first=demo.TODAY, last=demo.TODAY) == {demo.TODAY: ["Kim Sommer"]}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ich heirate am 11.12. und brauche frei", "special"),
        ("special leave for a funeral", "special"),
        ("ich ziehe um, brauche den Montag", "special"),
        ("unbezahlter Urlaub im Januar", "unpaid"),
        ("Überstunden abbauen am Freitag", "overtime"),
        ("time off in lieu on Friday", "overtime"),
        ("nein, normaler Urlaub", "vacation"),
        ("Urlaub am Geburtstag meiner Tochter", None),
        ("Urlaub vom 23.12. bis 3.1.", None),
    ],
)
def test_the_kind_of_leave_is_in_the_words(text: str, kind: str | None) -> None:
    assert leave_kinds.kind_in(text) == kind


@pytest.mark.parametrize("kind", ["special", "unpaid", "overtime"])
def test_other_kinds_cost_no_vacation(session: Session, mara: Employee, kind: str) -> None:
    first, last = date(2026, 12, 7), date(2026, 12, 23)  # more days than are left
    request = leave.request_leave(session, mara, first=first, last=last, kind=kind, now=NOW, today=demo.TODAY)
    leave.decide(session, request.id, by=employee(session, "eva.brandt"), approved=True, now=NOW)
    assert leave.balance(session, mara, on=demo.TODAY).askable == 850


@pytest.mark.parametrize(
    ("kind", "asked", "approved"),
    [("special", ["leave.hr_checks"], []), ("unpaid", [], ["leave.hr_unpaid"]), ("overtime", [], [])],
)
def test_hr_hears_of_what_it_must_check(
    session: Session, mara: Employee, kind: str, asked: list[str], approved: list[str]
) -> None:
    petra = employee(session, "petra.roth")
    day = date(2026, 12, 11)
    request = leave.request_leave(session, mara, first=day, last=day, kind=kind, now=NOW, today=demo.TODAY)
    assert [m.said["text"]["key"] for m in outbox.waiting(session, petra, now=NOW)] == asked
    leave.decide(session, request.id, by=employee(session, "eva.brandt"), approved=True, now=NOW)
    assert [m.said["text"]["key"] for m in outbox.waiting(session, petra, now=NOW)] == asked + approved


def test_approved_leave_that_has_begun_is_for_people(session: Session, mara: Employee) -> None:
    request = ask(session, mara, date(2026, 12, 2), date(2026, 12, 3))
    leave.decide(session, request.id, by=employee(session, "eva.brandt"), approved=True, now=NOW)
    with pytest.raises(leave.AlreadyBegan) as broken:
        leave.cancel(session, request.id, by=mara, now=NOW, today=date(2026, 12, 2))
    assert broken.value.facts == {"number": request.number, "first": "2026-12-02", "name": ["Eva Brandt"]}
    leave.cancel(session, request.id, by=mara, now=NOW, today=date(2026, 12, 1))


def test_a_request_that_still_waits_can_always_be_withdrawn(session: Session, mara: Employee) -> None:
    request = ask(session, mara, date(2026, 12, 2), date(2026, 12, 3))
    assert leave.cancel(session, request.id, by=mara, now=NOW, today=date(2026, 12, 2)).status == "cancelled"


@pytest.mark.parametrize(("key", "allowed"), [("mara.lindt", True), ("eva.brandt", False)])
def test_only_an_own_request_is_found_and_withdrawn(session: Session, key: str, allowed: bool) -> None:
    by = employee(session, key)
    if allowed:
        assert leave.find(session, "UA-0390", by=by).number == "UA-0390"
        assert leave.cancel(session, 390, by=by, now=NOW, today=demo.TODAY).status == "cancelled"
    else:
        for number in ("UA-0390", "UA-9999", "UA-99999999999"):
            with pytest.raises(NotFound):
                leave.find(session, number, by=by)
        with pytest.raises(NotFound):
            leave.cancel(session, 390, by=by, now=NOW, today=demo.TODAY)


def test_requests_are_found_by_their_days(session: Session, mara: Employee) -> None:
    december = {"first": date(2026, 12, 1), "last": date(2026, 12, 31)}
    january = {"first": date(2027, 1, 1), "last": date(2027, 1, 31)}
    assert [one.number for one in leave.requests_of(session, mara, on=demo.TODAY, **december)] == ["UA-0390"]
    assert leave.requests_of(session, mara, on=demo.TODAY, **january) == []


@pytest.mark.parametrize(("kind", "other"), [("vacation", ""), ("unpaid", "_other")])
def test_whoever_is_rejected_is_told_the_reason_if_there_is_one(
    session: Session, mara: Employee, kind: str, other: str
) -> None:
    eva = employee(session, "eva.brandt")
    for day, reason in ((7, ""), (8, "Inventur")):
        request = ask(session, mara, date(2026, 12, day), date(2026, 12, day), kind=kind)
        leave.decide(session, request.id, by=eva, approved=False, now=NOW, reason=reason)
    told = [m.said["text"] for m in outbox.waiting(session, mara, now=NOW)]
    assert [one["key"] for one in told] == [f"leave.was_rejected{other}", f"leave.was_rejected_because{other}"]
    assert told[1]["facts"] == {"number": request.number, "name": "Eva Brandt", "reason": "Inventur"}


def test_only_the_approver_is_asked_why_and_only_once(session: Session, mara: Employee) -> None:
    eva, request = employee(session, "eva.brandt"), ask(session, mara, date(2026, 12, 7), date(2026, 12, 7))
    with pytest.raises(NotFound):
        leave.undecided(session, request.id, by=employee(session, "jonas.weber"), at=NOW)
    assert leave.undecided(session, request.id, by=eva, at=NOW) is request
    leave.decide(session, request.id, by=eva, approved=True, now=NOW)
    with pytest.raises(leave.AlreadyDecided):
        leave.undecided(session, request.id, by=eva, at=NOW)
