"""A believable company for `make demo` and for the tests: Nordstern Versand GmbH, four weeks before Christmas 2026.

The lists (*.yml) are written by hand; where a list would be silly, dice that always fall alike fill in (lists.dice).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from backoffice import articles
from backoffice.demo import accounts, leave, payroll, people, shifts, stock, tickets
from backoffice.models import Mark

TODAY = date(2026, 11, 23)
PERSONAS = ("mara.lindt", "ali.yildiz", "eva.brandt", "jonas.weber", "petra.roth", "oksana.koval")
ARTICLES = Path(__file__).parents[2] / "knowledge" / "articles"


def is_demo(session: Session) -> bool:
    """Whether this database carries the demo's mark."""
    return session.get(Mark, "demo") is not None


def seed(session: Session) -> None:
    """Fill an empty database; a database that has the mark is left as it is."""
    if is_demo(session):
        return
    session.add(Mark(key="demo", value=TODAY.isoformat()))
    sites, staff = people.hire(session)
    leave.year_of_leave(session, staff)
    leave.absences(session, staff)
    shifts.four_weeks(session, staff)
    payroll.payslips(session, staff)
    stock.shelves(session, sites)
    stock.assets(session, staff)
    tickets.stories(session, staff)
    articles.import_folder(session, ARTICLES)
    accounts.bind(session)
