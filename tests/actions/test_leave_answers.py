"""What is answered about leave on days that the demo does not reach."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from actions import leave
from actions.turn import Turn
from backoffice import inbox, leave_account, outbox
from backoffice.context import Context
from backoffice.database import Database
from backoffice.models import LeaveEntry, LeaveRequest
from backoffice.wording import say
from knowledge.library import Library
from tests.conftest import employee


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    with db.transaction() as session:
        yield session


def turn(session: Session, who: str, *, on: date, text: str = "", language: str = "de") -> Turn:
    """A turn as if the person had typed this on that day."""
    now = datetime(on.year, on.month, on.day, 8, 0, tzinfo=UTC)
    person = employee(session, who)
    event, _ = inbox.receive(session, key=f"{who}-{on}-{text}", conversation="c", employee=person, text=text, now=now)
    signed = Context(person.id, "test", language, "c", event.turn, on.isoformat())
    return Turn(session, signed, "", 1.0, {}, now, Library(None))


def said(of: Turn) -> list[str]:
    texts = [message.said["text"] for message in outbox.of_turn(of.session, of.context.turn)]
    return [say(text["key"], of.language, text["facts"]).replace("**", "") for text in texts]


def rows(of: Turn) -> list[str]:
    (message,) = outbox.of_turn(of.session, of.context.turn)
    return [row["label"]["key"] for row in message.said["card"]["rows"]]


def post(session: Session, who: str, kind: str, hundredths: int, on: date) -> None:
    session.add(
        LeaveEntry(employee_id=employee(session, who).id, year=on.year, kind=kind, hundredths=hundredths, on=on)
    )
    session.flush()


@pytest.mark.parametrize(
    ("on", "answers"),
    [
        (
            date(2027, 3, 1),
            [
                "Dir bleiben 34 Tage Urlaub für 2027.",
                "4 Tage davon sind aus dem Vorjahr. Nimm sie bis Mittwoch, 31. März 2027.",
            ],
        ),
        (date(2027, 4, 1), ["Dir bleiben 34 Tage Urlaub für 2027."]),  # nobody was warned: nothing has lapsed
    ],
)
def test_days_carried_over_are_named_until_their_day(session: Session, on: date, answers: list[str]) -> None:
    post(session, "mara.lindt", "carry", 400, date(2027, 1, 1))
    asked = turn(session, "mara.lindt", on=on)
    leave.leave_balance(asked)
    assert said(asked) == answers


@pytest.mark.parametrize("lapsed", [True, False])
def test_the_arithmetic_says_lapsed_only_when_the_ledger_does(session: Session, lapsed: bool) -> None:
    post(session, "mara.lindt", "carry", 400, date(2027, 1, 1))
    asked = turn(session, "mara.lindt", on=date(2027, 4, 1))
    if lapsed:
        petra, warned_on = employee(session, "petra.roth"), date(2027, 1, 15)
        leave_account.lapse_carried(session, asked.employee, year=2027, warned_on=warned_on, by=petra, now=asked.now)
    leave.leave_explain(asked)
    assert ("leave.row_expired" in rows(asked)) == lapsed


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        (
            "de",
            "UA-0368 stornieren",
            "UA-0368 hat am Montag, 23. November 2026 begonnen. Das kann ich nicht mehr zurückziehen; "
            "sprich mit Eva Brandt.",
        ),
        (
            "en",
            "withdraw my leave",
            "UA-0368 began on Monday, 23 November 2026. I cannot withdraw it any more; talk to Eva Brandt.",
        ),
    ],
)
def test_leave_that_has_begun_names_whom_to_ask(session: Session, language: str, text: str, answer: str) -> None:
    asked = turn(session, "kim.sommer", on=date(2026, 11, 24), text=text, language=language)
    leave.leave_cancel(asked)
    assert said(asked) == [answer]


def test_several_requests_are_offered_one_button_each(session: Session) -> None:
    mara: dict[str, Any] = {"employee": employee(session, "mara.lindt"), "hundredths": 100}
    asked_at = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    for day in (date(2026, 12, 7), date(2027, 2, 1)):
        session.add(LeaveRequest(first=day, last=day, asked_at=asked_at, **mara))
    session.flush()
    asked = turn(session, "mara.lindt", on=date(2026, 11, 23), text="urlaub im dezember stornieren")
    leave.leave_cancel(asked)
    (message,) = outbox.of_turn(session, asked.context.turn)
    assert [button["label"]["facts"]["first"] for button in message.said["buttons"]] == ["2026-12-07", "2026-12-28"]


@pytest.mark.parametrize(
    ("country", "region", "told"),
    [
        ("DE", "BE", "in Berlin is Christmas Day on Friday, 25 December 2026."),
        ("DE", "BY", "at your place of work (Berlin) is Christmas Day on Friday, 25 December 2026."),
        ("PT", "", "at your place of work (Berlin) is Restoration of Independence Day on Tuesday, 1 December 2026."),
    ],
)
def test_the_next_holiday_is_that_of_the_country_and_region(
    session: Session, country: str, region: str, told: str
) -> None:
    site = employee(session, "mara.lindt").site
    site.country, site.region = country, region
    asked = turn(session, "mara.lindt", on=date(2026, 11, 23), language="en")
    leave.next_holiday(asked)
    assert said(asked) == [f"The next public holiday {told}"]
