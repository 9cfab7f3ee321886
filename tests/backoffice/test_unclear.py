"""What was not understood may teach, and tells nothing of who said it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import numpy as np
import pytest
from sqlalchemy.orm import Session

from backoffice import unclear
from backoffice.database import Database
from backoffice.models import UnclearSentence
from backoffice.unclear import Group
from tests.conftest import employee

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    with db.transaction() as session:
        yield session


def kept(session: Session) -> list[tuple[date, str, str, str]]:
    session.flush()
    return [(row.week, row.language, row.text, row.guess) for row in session.query(UnclearSentence)]


def alike(texts: list[str]) -> np.ndarray:
    """Sentences with the same first word point in the same direction."""
    first = sorted({text.split()[0] for text in texts})
    return np.eye(len(first), dtype=np.float32)[[first.index(text.split()[0]) for text in texts]]


def test_a_sentence_is_kept_with_its_week_alone_and_without_names(session: Session) -> None:
    mara = employee(session, "mara.lindt")
    text = f"Beamer für {mara.first_name} {mara.last_name}s Besprechung, {mara.last_name.upper()} wartet"
    unclear.note(session, text, language="de", ranking=["hardware_request", "order_status"], today=WEDNESDAY)
    assert kept(session) == [
        (date(2026, 11, 23), "de", "Beamer für [name] Lindts Besprechung, [name] wartet", "hardware_request")
    ]


@pytest.mark.parametrize("private", ["sick_report", "salary_amount", "payroll_change_bank", "confidential_report"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_nothing_is_kept_that_may_be_private(session: Session, private: str, place: int) -> None:
    ranking = ["leave_request", "leave_balance"]
    ranking.insert(place, private)
    unclear.note(session, "morgen", language="de", ranking=ranking, today=WEDNESDAY)
    assert kept(session) == []


@pytest.mark.parametrize(
    ("now", "left"), [(datetime(2026, 12, 23, tzinfo=UTC), 1), (datetime(2026, 12, 24, tzinfo=UTC), 0)]
)
def test_after_thirty_days_it_is_gone(session: Session, now: datetime, left: int) -> None:
    unclear.note(session, "Beamer", language="de", ranking=["hardware_request"], today=WEDNESDAY)
    unclear.forget(session, now=now)
    assert len(kept(session)) == left


@pytest.mark.parametrize(("different", "shown"), [(4, 0), (5, 1)])
def test_fewer_than_five_different_sentences_are_not_shown(session: Session, different: int, shown: int) -> None:
    for number in [*range(different), 0]:
        unclear.note(session, f"Beamer {number}", language="de", ranking=["hardware_request"], today=WEDNESDAY)
    unclear.note(session, "Kran", language="de", ranking=["order_status"], today=WEDNESDAY)
    found = unclear.groups(session, alike)
    assert [(group.language, group.guess, sorted(group.sentences)) for group in found] == [
        ("de", "hardware_request", [f"Beamer {number}" for number in range(5)])
    ][:shown]


def test_what_was_learned_is_let_go(session: Session) -> None:
    for number in range(5):
        unclear.note(session, f"Beamer {number}", language="en", ranking=["hardware_request"], today=WEDNESDAY)
    group: Group = unclear.groups(session, alike)[0]
    unclear.let_go(session, group.sentences)
    assert (kept(session), unclear.groups(session, alike)) == ([], [])
