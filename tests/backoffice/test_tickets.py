from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from backoffice import outbox, tickets
from backoffice.database import Database
from backoffice.errors import NotFound
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    with db.transaction() as session:
        yield session


def keys(session: Session, who: str) -> list[str]:
    return [m.said["text"]["key"] for m in outbox.waiting(session, employee(session, who), now=NOW)]


def test_a_ticket_reaches_it_and_its_solution_the_requester(session: Session) -> None:
    mara, jonas = employee(session, "mara.lindt"), employee(session, "jonas.weber")
    ticket = tickets.open_ticket(session, mara, summary="my laptop won't start", now=NOW, can_work="no")
    assert (ticket.number, ticket.category, ticket.urgency) == ("IT-1003", "device", "high")
    assert keys(session, "jonas.weber") == ["tickets.opened"]
    tickets.take(session, ticket.id, by=jonas, now=NOW)
    tickets.solve(session, ticket.id, by=jonas, now=NOW, words="Akku getauscht.")
    assert keys(session, "mara.lindt") == ["tickets.was_taken", "tickets.was_solved_with"]


def test_only_the_first_takes_it(session: Session) -> None:
    jonas = employee(session, "jonas.weber")
    tickets.take(session, 1001, by=jonas, now=NOW)
    with pytest.raises(tickets.AlreadyTaken):
        tickets.take(session, 1001, by=jonas, now=NOW)


def test_staff_of_another_queue_is_refused(session: Session) -> None:
    with pytest.raises(NotFound):
        tickets.solve(session, 1001, by=employee(session, "petra.roth"), now=NOW)


def test_a_foreign_ticket_is_the_same_as_none(session: Session) -> None:
    mara = employee(session, "mara.lindt")
    for number in ("IT-1001", "IT-9999", "IT-99999999999999", ""):
        with pytest.raises(NotFound):
            tickets.find(session, number, by=mara)


def test_cards_of_payroll_show_no_name_and_no_text(session: Session) -> None:
    mara = employee(session, "mara.lindt")
    ticket = tickets.open_ticket(session, mara, summary="mein netto stimmt nicht", now=NOW, queue="payroll")
    shown = str(tickets.staff_card(ticket))
    assert "Mara" not in shown
    assert "netto" not in shown


@pytest.mark.parametrize(
    ("text", "category", "can_work"),
    [
        ("Outlook startet nicht", "mail", "no"),
        ("VPN bricht ab, kann aber noch arbeiten", "network", "yes"),
        ("Drucker 3. OG druckt Streifen", "printing", None),
        ("the heating is off", "building", None),
        ("mein Rechner ist langsam", "device", None),
        ("nothing works at table 14", "other", "no"),
    ],
)
def test_category_and_urgency_are_inferred(text: str, category: str, can_work: str | None) -> None:
    assert (tickets.category_of(text), tickets.can_work_from(text)) == (category, can_work)
