"""One transaction per test, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from backoffice.database import Database
from backoffice.models import Employee
from tests.conftest import employee


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    with db.transaction() as session:
        yield session


@pytest.fixture
def mara(session: Session) -> Employee:
    return employee(session, "mara.lindt")
