"""Two processes at the same moment: one deed, one number, one balance; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pyotp
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice import (
    leave,
    leave_account,
    outbox,
    people,
    second_factor,
    sessions,
    sickness,
    signing_in,
    tickets,
    tries,
)
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.errors import RuleBroken
from backoffice.models import LeaveRequest, Login, OutboxMessage, SickReport, Ticket, WebSession

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
AT_ONCE = 4
KEY = "a secret of the tests, long enough to pass"


def at_once(url: str, *works: Callable[[Session], object]) -> list[object]:
    """What comes of each, every one in a process of its own as far as the database knows."""
    start = Barrier(len(works))

    def run(work: Callable[[Session], object]) -> object:
        database = Database(url)
        start.wait()
        try:
            with database.transaction() as session:
                return work(session)
        except RuleBroken as error:
            return type(error)
        finally:
            database.engine.dispose()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def url_of(db: Database) -> str:
    return db.url.render_as_string(hide_password=False)


def test_tickets_opened_at_once_have_numbers_of_their_own(db: Database) -> None:
    def open_one(session: Session) -> int:
        mara = people.by_key(session, "mara.lindt")
        return tickets.open_ticket(session, mara, summary="Drucker druckt nicht", now=NOW).id

    numbers = at_once(url_of(db), *[open_one] * AT_ONCE)
    assert len(set(numbers)) == AT_ONCE
    with db.transaction() as session:
        assert session.scalar(select(func.count(Ticket.id)).where(Ticket.id.in_(numbers))) == AT_ONCE


def test_one_request_from_two_doors_is_one(db: Database) -> None:
    day = date(2026, 12, 2)

    def ask(session: Session) -> str:
        mara = people.by_key(session, "mara.lindt")
        return leave.request_leave(session, mara, first=day, last=day, now=NOW, today=TODAY).status

    assert sorted(map(str, at_once(url_of(db), *[ask] * AT_ONCE))) == sorted(
        ["pending", *[str(leave.OverlapsRequest)] * (AT_ONCE - 1)]
    )


def test_withdrawn_and_approved_at_once_costs_no_day(db: Database) -> None:
    day = date(2026, 12, 2)
    for _ in range(5):
        with db.transaction() as session:
            mara = people.by_key(session, "mara.lindt")
            number = leave.request_leave(session, mara, first=day, last=day, now=NOW, today=TODAY).id
            left = leave_account.balance(session, mara, on=TODAY).left

        def approve(session: Session, number: int = number) -> str:
            eva = people.by_key(session, "eva.brandt")
            return leave.decide(session, number, by=eva, approved=True, now=NOW).status

        def withdraw(session: Session, number: int = number) -> str:
            mara = people.by_key(session, "mara.lindt")
            return leave.cancel(session, number, by=mara, now=NOW, today=TODAY).status

        at_once(url_of(db), approve, withdraw)
        with db.transaction() as session:
            mara = people.by_key(session, "mara.lindt")
            assert session.get_one(LeaveRequest, number).status == "cancelled"
            assert leave_account.balance(session, mara, on=TODAY).left == left


def test_a_ticket_solved_by_two_is_told_once(db: Database) -> None:
    with db.transaction() as session:
        mara = people.by_key(session, "mara.lindt")
        number = tickets.open_ticket(session, mara, summary="Drucker druckt nicht", now=NOW).id

    def solve(session: Session) -> str:
        return tickets.solve(session, number, by=people.by_key(session, "jonas.weber"), now=NOW).status

    found = at_once(url_of(db), *[solve] * AT_ONCE)
    assert sorted(map(str, found)) == sorted(["resolved", *[str(tickets.AlreadySolved)] * (AT_ONCE - 1)])
    with db.transaction() as session:
        said = [row.said["text"]["key"] for row in session.query(OutboxMessage)]
        assert said.count("tickets.was_solved") == 1


def test_reported_sick_from_two_doors_is_one_report(db: Database) -> None:
    def report(session: Session) -> str:
        mara = people.by_key(session, "mara.lindt")
        return sickness.report(session, mara, first=TODAY, until=TODAY, now=NOW).news

    assert sorted(map(str, at_once(url_of(db), *[report] * AT_ONCE))) == ["known"] * (AT_ONCE - 1) + ["new"]
    with db.transaction() as session:
        mara = people.by_key(session, "mara.lindt")
        assert session.scalar(select(func.count(SickReport.id)).filter_by(employee_id=mara.id, first=TODAY)) == 1


def test_a_parcel_is_claimed_by_one_courier(db: Database) -> None:
    with db.transaction() as session:
        mara = people.by_key(session, "mara.lindt")
        message = outbox.post(session, mara, outbox.Said("session.empty"), now=NOW)
        session.flush()
        parcel = message.id

    def claim(session: Session) -> bool:
        return outbox.claim(session, session.get_one(OutboxMessage, parcel), now=NOW)

    assert sorted(map(bool, at_once(url_of(db), *[claim] * AT_ONCE))) == [False] * (AT_ONCE - 1) + [True]


def test_a_code_shown_at_once_in_four_browsers_sets_one_secret(db: Database) -> None:
    clock = Clock(TODAY)
    with db.transaction() as session:
        code = signing_in.issue_code(session, people.by_key(session, "mara.lindt"), by=None, now=clock.now())
    tokens = []
    for _ in range(AT_ONCE):
        with db.transaction() as session:
            tokens.append(str(signing_in.redeem(session, "mara.lindt", code, clock=clock)))
    with db.transaction() as session:
        idle = timedelta(minutes=15)
        visits = [sessions.find(session, token, clock=clock, idle=idle, active=True) for token in tokens]

    def choose(number: int) -> Callable[[Session], object]:
        def work(session: Session) -> str:
            visit = visits[number]
            assert visit
            return signing_in.choose(session, visit, f"secret {number}", kind="password", now=clock.now())

        return work

    outcomes = at_once(url_of(db), *(choose(number) for number in range(AT_ONCE)))
    assert outcomes.count(signing_in.NoLongerOpen) == AT_ONCE - 1
    with db.transaction() as session:
        assert session.scalar(select(func.count(WebSession.id))) == 1


def test_the_same_digits_and_the_same_recovery_code_count_once(db: Database) -> None:
    with db.transaction() as session:
        mara = people.by_key(session, "mara.lindt")
        login = Login(employee_id=mara.id, kind="password", secret="x", set_at=NOW, failures=0, last_step=0)
        session.add(login)
        totp = pyotp.TOTP(second_factor.offer(session, login, key=KEY))
        codes = second_factor.confirm(session, login, mara, totp.at(NOW), key=KEY, now=NOW)
        number = mara.id
    later = NOW + timedelta(minutes=1)
    for code, said in ((totp.at(later), "totp"), ((codes or [""])[0], "recovery")):

        def show(session: Session, code: str = code) -> str | None:
            return second_factor.fits(session, session.get_one(Login, number), code, key=KEY, now=later)

        outcomes = at_once(url_of(db), *[show] * AT_ONCE)
        assert sorted(map(str, outcomes)) == sorted([said, *["None"] * (AT_ONCE - 1)])


def test_tries_at_once_are_all_counted(db: Database) -> None:
    def guess(session: Session) -> str:
        tries.count(session, account="mara.lindt", address="192.0.2.1", key=KEY, now=NOW)
        return "tried"

    outcomes = [one for _ in range(4) for one in at_once(url_of(db), *[guess] * AT_ONCE)]
    assert outcomes.count("tried") == tries.MOST["account"]
