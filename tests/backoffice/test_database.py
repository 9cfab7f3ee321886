"""What the database does for all topics, on both kinds."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backoffice.database import Database


def test_an_error_does_not_repeat_what_was_to_be_stored(db: Database) -> None:
    with pytest.raises(SQLAlchemyError) as raised, db.transaction() as session:
        session.execute(text("INSERT INTO nowhere (words) VALUES (:words)"), {"words": "Bandscheibe"})
    assert "Bandscheibe" not in str(raised.value)
