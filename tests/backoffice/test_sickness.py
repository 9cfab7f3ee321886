from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from backoffice import absence, demo, leave, outbox, sickness
from backoffice.models import Employee
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MONDAY, WEDNESDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 27)


def told(session: Session, who: str) -> list[dict[str, Any]]:
    return [message.said for message in outbox.waiting(session, employee(session, who), now=NOW)]


def keys(session: Session, who: str) -> list[str]:
    return [said["text"]["key"] for said in told(session, who)]


def report(session: Session, who: Employee, first: date, until: date | None, **more: Any) -> sickness.Reported:
    return sickness.report(session, who, first=first, until=until, now=NOW, **more)


def on_leave(session: Session, who: Employee, first: date, last: date) -> int:
    request = leave.request_leave(session, who, first=first, last=last, now=NOW, today=demo.TODAY)
    leave.decide(session, request.id, by=employee(session, "eva.brandt"), approved=True, now=NOW)
    return request.id


def left(session: Session, who: Employee) -> int:
    return leave.balance(session, who, on=demo.TODAY).left


def test_the_manager_hears_absent_and_hr_gets_the_task(session: Session, mara: Employee) -> None:
    report(session, mara, MONDAY, WEDNESDAY)
    assert keys(session, "eva.brandt") == ["sickness.absent_new_until"]
    assert keys(session, "petra.roth") == ["sickness.task_new_until"]


def test_the_shift_lead_is_told_which_shifts_are_affected(session: Session) -> None:
    report(session, employee(session, "oksana.koval"), MONDAY, WEDNESDAY)
    (said,) = told(session, "ali.yildiz")
    days = [row["label"]["facts"]["day"] for row in said["card"]["rows"]]
    hours = said["card"]["rows"][0]["value"]["facts"]
    assert days == ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert hours == {"starts": "2026-11-23T05:00:00+00:00", "ends": "2026-11-23T13:30:00+00:00"}
    assert said["card"]["title"]["key"] == "sickness.shifts_until"


def test_whoever_has_no_shift_there_is_announced_without_any(session: Session, mara: Employee) -> None:
    report(session, mara, MONDAY, WEDNESDAY)
    assert "card" not in told(session, "eva.brandt")[0]


def test_a_child_that_is_ill_is_the_same_absence_to_the_manager(session: Session, mara: Employee) -> None:
    report(session, mara, MONDAY, MONDAY, kind="child")
    child = told(session, "eva.brandt")[0]
    report(session, employee(session, "kim.sommer"), MONDAY, MONDAY)
    own = told(session, "eva.brandt")[1]
    assert (child["text"]["key"], set(child)) == (own["text"]["key"], set(own))
    papers = [said["text"]["facts"].get("paper") for said in told(session, "petra.roth")]
    assert papers == ["sickness.paper_child_new", "sickness.paper_self_new", None]  # the last: Kim's leave goes back


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("mein Kind ist krank, ich bleibe zuhause", "de", "child"),
        ("meine Tochter hat Fieber", "de", "child"),
        ("my son is ill today", "en", "child"),
        ("I'm kind of sick", "en", "self"),
        ("bin krank", "de", "self"),
    ],
)
def test_who_is_ill_is_in_the_words(text: str, language: str, kind: str) -> None:
    assert sickness.kind_in(text, language=language) == kind


@pytest.mark.parametrize(
    ("again", "until", "news"),
    [
        (WEDNESDAY, FRIDAY, "changed"),  # while it is open
        (date(2026, 11, 26), FRIDAY, "changed"),  # the day after
        (MONDAY, WEDNESDAY, "known"),
        (MONDAY, None, "changed"),
        (FRIDAY, FRIDAY, "new"),  # Thursday was worked
    ],
)
def test_reported_again_an_open_report_goes_on(
    session: Session, mara: Employee, again: date, until: date | None, news: str
) -> None:
    first = report(session, mara, MONDAY, WEDNESDAY).report
    done = report(session, mara, again, until)
    assert (done.news, done.report.until) == (news, until)
    assert (done.report is first) == (news != "new")
    assert done.report.first == (MONDAY if news != "new" else again)
    said = {"known": [], "new": ["sickness.absent_new_day"]}
    changed = ["sickness.absent_changed_until" if until else "sickness.absent_changed_open"]
    assert keys(session, "eva.brandt")[1:] == said.get(news, changed)


def test_a_weekend_does_not_end_a_report(session: Session, mara: Employee) -> None:
    report(session, mara, WEDNESDAY, FRIDAY)
    assert report(session, mara, date(2026, 11, 30), date(2026, 12, 2)).news == "changed"


def test_a_childs_illness_does_not_prolong_ones_own(session: Session, mara: Employee) -> None:
    report(session, mara, MONDAY, WEDNESDAY)
    assert report(session, mara, WEDNESDAY, FRIDAY, kind="child").news == "new"


def test_sick_days_in_leave_are_given_back(session: Session, mara: Employee) -> None:
    on_leave(session, mara, MONDAY, FRIDAY)
    before = left(session, mara)
    assert report(session, mara, WEDNESDAY, FRIDAY).given_back == 300
    assert left(session, mara) == before + 300
    assert keys(session, "petra.roth") == ["sickness.task_new_until", "sickness.task_leave_back"]


def test_nothing_is_given_back_while_the_end_is_not_known(session: Session, mara: Employee) -> None:
    on_leave(session, mara, MONDAY, FRIDAY)
    before = left(session, mara)
    done = report(session, mara, WEDNESDAY, None)
    assert (done.given_back, done.leave_waits, left(session, mara)) == (0, True, before)
    assert report(session, mara, WEDNESDAY, FRIDAY).given_back == 300
    assert left(session, mara) == before + 300


def test_well_earlier_than_thought_the_leave_counts_again(session: Session, mara: Employee) -> None:
    on_leave(session, mara, MONDAY, FRIDAY)
    before = left(session, mara)
    report(session, mara, MONDAY, FRIDAY)
    assert report(session, mara, MONDAY, WEDNESDAY).given_back == -200
    assert left(session, mara) == before + 300


def test_a_childs_illness_gives_no_leave_back(session: Session, mara: Employee) -> None:
    on_leave(session, mara, MONDAY, FRIDAY)
    assert report(session, mara, WEDNESDAY, FRIDAY, kind="child").given_back == 0


def test_withdrawn_leave_is_not_given_back_twice(session: Session, mara: Employee) -> None:
    before = left(session, mara)
    request = on_leave(session, mara, date(2026, 11, 30), date(2026, 12, 4))
    report(session, mara, date(2026, 11, 30), date(2026, 12, 1))
    leave.cancel(session, request, by=mara, now=NOW, today=demo.TODAY)
    assert left(session, mara) == before


def test_no_leave_on_days_reported_sick(session: Session, mara: Employee) -> None:
    report(session, mara, MONDAY, WEDNESDAY)
    with pytest.raises(leave.OverlapsSickness):
        leave.request_leave(session, mara, first=WEDNESDAY, last=FRIDAY, now=NOW, today=demo.TODAY)


@pytest.mark.parametrize(
    ("first", "until", "key"),
    [
        (date(2026, 11, 20), None, None),
        (date(2026, 11, 19), None, "sickness.long_ago"),
        (date(2026, 11, 30), None, None),
        (date(2026, 12, 1), None, "sickness.far_ahead"),
        (MONDAY, date(2027, 1, 2), None),
        (MONDAY, date(2027, 1, 4), "sickness.very_long"),
    ],
)
def test_unusual_days_are_asked_about(first: date, until: date | None, key: str | None) -> None:
    said = sickness.doubt(first=first, until=until, today=demo.TODAY)
    assert (said.key if said else None) == key


def test_who_is_away_counts_the_sick_and_never_says_why(session: Session, mara: Employee) -> None:
    jonas, eva = employee(session, "jonas.weber"), employee(session, "eva.brandt")
    report(session, mara, MONDAY, WEDNESDAY)
    report(session, jonas, MONDAY, None)
    week = {"first": MONDAY, "last": date(2026, 11, 29)}
    away = absence.away(session, employee(session, "kim.sommer"), **week)
    assert away == {day: ["Mara Lindt"] for day in (MONDAY, date(2026, 11, 24), WEDNESDAY)}
    assert absence.away(session, eva, first=FRIDAY, last=FRIDAY) == {FRIDAY: ["Kim Sommer"]}
    assert absence.away(session, employee(session, "markus.thiele"), first=FRIDAY, last=FRIDAY) == {
        FRIDAY: ["Jonas Weber"]
    }


def test_other_teams_stay_unseen(session: Session) -> None:
    report(session, employee(session, "oksana.koval"), MONDAY, WEDNESDAY)
    seen = {key: absence.away(session, employee(session, key), first=MONDAY, last=MONDAY) for key in demo.PERSONAS}
    assert [key for key, days in seen.items() if "Oksana Koval" in days.get(MONDAY, [])] == ["ali.yildiz"]
