from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from backoffice import demo, leave, leave_account
from backoffice.leave_account import Balance
from backoffice.models import Employee, LeaveEntry, LeaveRequest

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NEW_YEAR = date(2027, 1, 4)
APRIL = datetime(2027, 4, 1, 6, 0, tzinfo=UTC)


def ask(session: Session, who: Employee, first: date, last: date, **more: Any) -> LeaveRequest:
    return leave.request_leave(session, who, first=first, last=last, now=NOW, **{"today": demo.TODAY, **more})


def approve(session: Session, request: LeaveRequest) -> LeaveRequest:
    approver = session.get_one(Employee, request.approver_id)
    return leave.decide(session, request.id, by=approver, approved=True, now=NOW)


def post(session: Session, who: Employee, kind: str, hundredths: int, on: date) -> None:
    session.add(LeaveEntry(employee_id=who.id, year=on.year, kind=kind, hundredths=hundredths, on=on))
    session.flush()


def contract(starts: date, ends: date | None = None) -> Employee:
    return Employee(starts=starts, ends=ends, week=[100, 100, 100, 100, 100, 0, 0])


@pytest.mark.parametrize(
    ("starts", "ends", "yearly", "days"),
    [
        (date(2020, 1, 1), None, 3000, 3000),
        (date(2026, 8, 1), None, 3000, 1300),  # 5/12 of 30 are 12.5: half a day becomes a day (BUrlG §5(2))
        (date(2026, 9, 1), None, 2800, 933),  # 4/12 of 28 are 9.33: a smaller fraction stays
        (date(2026, 8, 15), None, 3000, 1000),  # four whole months, counted from the 15th
        (date(2026, 6, 15), None, 3000, 3000),  # six months are over before the year ends: the whole
        (date(2026, 7, 1), None, 3000, 1500),
        (date(2020, 1, 1), date(2026, 6, 30), 3000, 1500),  # leaves in the first half
        (date(2020, 1, 1), date(2026, 9, 30), 3000, 3000),  # leaves in the second
        (date(2026, 2, 1), date(2026, 6, 30), 2400, 1000),  # a fixed term of five months
        (date(2025, 10, 1), date(2026, 1, 31), 2400, 200),  # of four, one of them in this year
        (date(2020, 1, 1), date(2025, 12, 31), 3000, 0),
        (date(2020, 2, 29), None, 3000, 3000),
    ],
)
def test_the_contract_gives_twelfths_to_those_who_join_or_leave(
    starts: date, ends: date | None, yearly: int, days: int
) -> None:
    assert leave_account.entitlement(contract(starts, ends), yearly, 2026) == days


def test_next_year_is_known_before_its_grant_is_posted(session: Session, mara: Employee) -> None:
    assert leave_account.balance(session, mara, on=date(2027, 1, 1)) == Balance(2027, 3000, 0, 0, 0, 0)
    post(session, mara, "grant", 3100, date(2027, 1, 1))
    assert leave_account.balance(session, mara, on=date(2027, 1, 1)).granted == 3100


def test_days_of_the_contract_come_before_an_old_grant(session: Session, mara: Employee) -> None:
    mara.leave_per_year = 2800
    assert leave_account.balance(session, mara, on=date(2027, 1, 1)).granted == 2800
    assert leave_account.balance(session, mara, on=demo.TODAY).granted == 3000


def test_a_joiners_twelfths_are_not_taken_for_a_whole_year(session: Session, mara: Employee) -> None:
    mara.starts = date(2026, 8, 1)
    assert leave_account.balance(session, mara, on=date(2027, 1, 1)).granted == 2000  # what the law gives


def test_leave_over_new_year_is_split(session: Session, mara: Employee) -> None:
    request = ask(session, mara, date(2026, 12, 31), date(2027, 1, 8))
    assert leave_account.cost_by_year(mara, request) == {2026: 50, 2027: 500}
    assert [leave_account.balance(session, mara, on=on).pending for on in (demo.TODAY, NEW_YEAR)] == [50, 500]
    approve(session, request)
    assert [leave_account.balance(session, mara, on=on).planned for on in (demo.TODAY, NEW_YEAR)] == [350, 500]


def test_each_year_pays_for_its_own_days(session: Session, mara: Employee) -> None:
    ask(session, mara, date(2026, 12, 7), date(2026, 12, 16))  # 8 of the 8.5 days
    with pytest.raises(leave.NotEnoughLeave) as broken:
        ask(session, mara, date(2026, 12, 23), date(2026, 12, 24))
    assert broken.value.facts == {"asked": 150, "left": 50, "year": "2026"}
    with pytest.raises(leave.NotEnoughLeave) as broken:
        ask(session, mara, date(2026, 12, 31), date(2027, 2, 15))
    assert broken.value.facts == {"asked": 3100, "left": 3000, "year": "2027"}


def test_requests_stop_at_the_end_of_the_contract(session: Session, mara: Employee) -> None:
    mara.ends = date(2026, 12, 11)
    with pytest.raises(leave.AfterContract):
        ask(session, mara, date(2026, 12, 10), date(2026, 12, 14))
    assert ask(session, mara, date(2026, 12, 10), date(2026, 12, 11)).hundredths == 200


# Days carried over, taken before, after and over 31 March, and in part: the four cases on which such ledgers go wrong.
@pytest.mark.parametrize(
    ("first", "last", "unused"),
    [
        (date(2027, 3, 1), date(2027, 3, 4), 0),  # all taken before
        (date(2027, 4, 12), date(2027, 4, 15), 400),  # taken after: those are days of the new year
        (date(2027, 3, 30), date(2027, 4, 2), 200),  # over the date; 30 and 31 March count
        (date(2027, 3, 1), date(2027, 3, 1), 300),  # in part
    ],
)
def test_only_what_is_unused_by_31_march_lapses(
    session: Session, mara: Employee, first: date, last: date, unused: int
) -> None:
    post(session, mara, "carry", 400, date(2027, 1, 1))
    approve(session, ask(session, mara, first, last))
    late = {"year": 2027, "warned_on": date(2027, 2, 1), "by": mara, "now": APRIL}
    before = leave_account.balance(session, mara, on=NEW_YEAR).left
    assert leave_account.lapse_carried(session, mara, **late) == unused
    assert leave_account.lapse_carried(session, mara, **late) == 0  # once
    after = leave_account.balance(session, mara, on=NEW_YEAR)
    assert (after.left, after.expired) == (before - unused, unused)


@pytest.mark.parametrize("warned_on", [None, date(2027, 4, 1)])
def test_nothing_lapses_without_a_warning_in_time(session: Session, mara: Employee, warned_on: date | None) -> None:
    post(session, mara, "carry", 400, date(2027, 1, 1))
    with pytest.raises(leave_account.NotWarned):
        leave_account.lapse_carried(session, mara, year=2027, warned_on=warned_on, by=mara, now=APRIL)
    assert leave_account.balance(session, mara, on=NEW_YEAR).expired == 0


def test_nothing_lapses_before_its_day(session: Session, mara: Employee) -> None:
    post(session, mara, "carry", 400, date(2027, 1, 1))
    known = {"year": 2027, "warned_on": date(2027, 2, 1), "by": mara, "now": datetime(2027, 3, 31, tzinfo=UTC)}
    assert leave_account.lapse_carried(session, mara, **known) == 0


def test_days_carried_over_cannot_be_planned_for_the_summer(session: Session, mara: Employee) -> None:
    post(session, mara, "carry", 400, date(2027, 1, 1))
    with pytest.raises(leave.CarriedDaysFirst) as broken:
        ask(session, mara, date(2027, 7, 5), date(2027, 8, 17), today=NEW_YEAR)  # 32 days
    assert broken.value.facts == {"asked": 3200, "left": 3000, "carried": 400, "until": "2027-03-31"}
    ask(session, mara, date(2027, 3, 1), date(2027, 3, 4), today=NEW_YEAR)
    assert ask(session, mara, date(2027, 7, 5), date(2027, 8, 13), today=NEW_YEAR).hundredths == 3000


def test_a_half_worked_day_costs_half_and_a_free_day_nothing(session: Session, mara: Employee) -> None:
    mara.week = [100, 100, 50, 100, 0, 0, 0]  # Wednesday afternoon and Friday are free
    assert leave_account.cost(mara, date(2026, 12, 7), date(2026, 12, 13)) == 350
    with pytest.raises(leave.NoWorkingDay):
        ask(session, mara, date(2026, 12, 11), date(2026, 12, 11))


def test_only_the_other_half_of_a_day_can_be_asked_too(session: Session, mara: Employee) -> None:
    friday = date(2026, 12, 4)
    ask(session, mara, friday, friday, first_part="morning", last_part="morning")
    with pytest.raises(leave.OverlapsRequest):
        ask(session, mara, friday, friday, first_part="morning", last_part="morning")
    ask(session, mara, friday, friday, first_part="afternoon", last_part="afternoon")
    assert leave_account.balance(session, mara, on=demo.TODAY).pending == 100


def test_christmas_eve_is_one_half_only(session: Session, mara: Employee) -> None:
    eve = date(2026, 12, 24)
    assert ask(session, mara, eve, eve, first_part="morning", last_part="morning").hundredths == 50
    with pytest.raises(leave.OverlapsRequest):
        ask(session, mara, eve, eve, first_part="afternoon", last_part="afternoon")
