from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice import articles, audit, demo, leave, leave_account, people, sickness, ticket_changes, tickets
from backoffice.database import Database
from backoffice.models import Article, AuditEntry, Employee, LeaveEntry
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    with db.transaction() as session:
        audit.link(session)  # what the demo's own tickets left behind
        yield session


def fresh(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.place.is_(None)).order_by(AuditEntry.id)))


def verbs(session: Session) -> list[tuple[str | None, str]]:
    return [(entry.actor, entry.verb) for entry in fresh(session)]


def test_leave_is_audited_from_asking_to_withdrawing(session: Session, mara: Employee) -> None:
    first, last = date(2026, 12, 7), date(2026, 12, 8)
    request = leave.request_leave(session, mara, first=first, last=last, now=NOW, today=demo.TODAY)
    leave.decide(session, request.id, by=employee(session, "eva.brandt"), approved=True, now=NOW)
    leave.cancel(session, request.id, by=mara, now=NOW, today=demo.TODAY)
    entries = [(entry.actor, entry.verb, entry.facts) for entry in fresh(session)]
    asked = {"kind": "vacation", "first": "2026-12-07", "last": "2026-12-08", "hundredths": 200}
    assert entries == [
        ("mara.lindt", "leave.request", asked),
        ("eva.brandt", "leave.decide", {"approved": True}),
        ("mara.lindt", "leave.cancel", {"given_back": 200}),
    ]
    assert {(entry.subject_kind, entry.subject_id) for entry in fresh(session)} == {("leave_request", str(request.id))}


def test_a_ticket_is_audited_without_its_words(session: Session, mara: Employee) -> None:
    jonas = employee(session, "jonas.weber")
    ticket = tickets.open_ticket(session, mara, summary="mein Passwort ist geheim123", now=NOW)
    tickets.take(session, ticket.id, by=jonas, now=NOW)
    tickets.ask(session, ticket.id, by=jonas, question="welches?", now=NOW)
    tickets.solve(session, ticket.id, by=jonas, now=NOW, words="zurückgesetzt")
    ticket_changes.reopen(session, ticket.id, by=mara, now=NOW)
    steps = ["opened", "assigned", "asked", "solved", "reopened"]
    assert [verb for _, verb in verbs(session)] == [f"tickets.{step}" for step in steps]
    assert not any("geheim" in str(entry.facts) for entry in fresh(session))


def test_sickness_articles_tokens_and_lapsed_leave_are_audited(session: Session, mara: Employee) -> None:
    petra = employee(session, "petra.roth")
    article = session.scalars(select(Article)).first()
    assert article
    sickness.report(session, mara, first=demo.TODAY, until=None, now=NOW)
    articles.save(session, article.id, by=petra, title="Neu", body="Neu", now=NOW)
    people.issue_token(session, mara, now=NOW)
    people.revoke_token(session, people.tokens(session, mara)[0].id, now=NOW)
    april = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
    jonas = employee(session, "jonas.weber")
    session.add(LeaveEntry(employee_id=jonas.id, year=2026, kind="carry", hundredths=900, on=date(2026, 1, 1)))
    session.flush()
    leave_account.lapse_carried(session, jonas, year=2026, warned_on=date(2026, 1, 10), by=petra, now=april)
    assert verbs(session) == [
        ("mara.lindt", "sickness.report"),
        ("petra.roth", "articles.save"),
        (None, "people.issue_token"),
        (None, "people.revoke_token"),
        ("petra.roth", "leave.lapse"),
    ]


@pytest.mark.parametrize("fact", ["my back hurts", "geheim!", "x" * 65])
def test_free_text_is_no_fact(session: Session, mara: Employee, fact: str) -> None:
    with pytest.raises(ValueError, match="free text"):
        audit.write(session, "leave.request", ("leave_request", 1), by=mara, at=NOW, reason=fact)


def chain(session: Session, mara: Employee) -> list[AuditEntry]:
    for number in range(4):
        audit.write(session, "tickets.opened", ("ticket", number), by=mara, at=NOW, number=number)
    session.flush()
    entries = fresh(session)
    assert audit.link(session) == 4
    assert audit.link(session) == 0
    return entries


def test_the_chain_holds(session: Session, mara: Employee) -> None:
    chain(session, mara)
    session.expire_all()
    assert audit.verify(session) is None


def test_a_changed_entry_breaks_the_chain(session: Session, mara: Employee) -> None:
    entry = chain(session, mara)[1]
    entry.facts = {"number": 99}
    session.flush()
    assert audit.verify(session) == entry.place


def test_a_missing_entry_breaks_the_chain(session: Session, mara: Employee) -> None:
    entry = chain(session, mara)[2]
    place = entry.place
    session.delete(entry)
    session.flush()
    assert audit.verify(session) == place


def test_later_entries_go_on_from_the_last_link(session: Session, mara: Employee) -> None:
    last = chain(session, mara)[-1]
    audit.write(session, "tickets.opened", ("ticket", 9), by=mara, at=NOW)
    session.flush()
    (entry,) = fresh(session)
    audit.link(session)
    assert entry.place == (last.place or 0) + 1
    assert audit.verify(session) is None
