"""What the database does for all topics, on both kinds."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backoffice.database import Database
from backoffice.models import Mark


@pytest.mark.parametrize(("lasting", "waits"), [(True, {"2", "on"}), (False, {"1", "off"})])
def test_only_a_lasting_transaction_waits_for_the_disk(db: Database, lasting: bool, waits: set[str]) -> None:
    ask = "PRAGMA synchronous" if db.is_sqlite else "SHOW synchronous_commit"
    with db.transaction(lasting=not lasting):
        pass
    with db.transaction(lasting=lasting) as session:
        assert str(session.scalar(text(ask))) in waits


def test_what_need_not_last_is_there_for_everybody_all_the_same(db: Database) -> None:
    with db.transaction(lasting=False) as session:
        session.add(Mark(key="left", value="by a short one"))
    with db.transaction() as session:
        assert session.get_one(Mark, "left").value == "by a short one"


def test_an_error_does_not_repeat_what_was_to_be_stored(db: Database) -> None:
    with pytest.raises(SQLAlchemyError) as raised, db.transaction() as session:
        session.execute(text("INSERT INTO nowhere (words) VALUES (:words)"), {"words": "Bandscheibe"})
    assert "Bandscheibe" not in str(raised.value)
