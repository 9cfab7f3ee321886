from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from backoffice import demo, inventory, payroll, shifts
from backoffice.database import Database
from backoffice.errors import NotFound
from tests.conftest import employee


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 29), date(2026, 5, 29)])
def test_the_money_comes_on_the_last_bank_day(day: date) -> None:
    assert payroll.payday(day.year, day.month, country="DE") == day


def test_the_bank_day_is_one_of_the_country() -> None:
    """30 November is St Andrew's Day in Romania and no holiday in Germany."""
    days = {country: payroll.payday(2026, 11, country=country) for country in ("DE", "RO")}
    assert days == {"DE": date(2026, 11, 30), "RO": date(2026, 11, 27)}
    assert payroll.next_payday(on=date(2026, 11, 28), country="RO") == date(2026, 12, 31)


def test_maras_june_slip_is_what_the_payroll_office_wrote(session: Session) -> None:
    mara = employee(session, "mara.lindt")
    slip = payroll.of_month(session, mara, month=6, year=2026, on=demo.TODAY)
    assert (slip.gross_cents, slip.net_cents) == (315000, 206300)
    assert payroll.as_pdf(mara, slip, "de").startswith(b"%PDF")


def test_a_slip_is_not_there_before_its_payday(session: Session) -> None:
    mara = employee(session, "mara.lindt")
    for month, year in ((11, 2026), (6, 2024)):
        with pytest.raises(NotFound):
            payroll.of_month(session, mara, month=month, year=year, on=demo.TODAY)


def test_what_is_free_is_what_is_there_without_what_is_reserved(session: Session) -> None:
    item = inventory.find_items(session, "wie viele kartons 30x20 haben wir")[0]
    leipzig = inventory.levels(session, item, on=demo.TODAY)[1]
    assert (leipzig.site, leipzig.on_hand, leipzig.reserved, leipzig.free) == ("Leipzig", 4200, 600, 3600)
    assert leipzig.coming == (5000, date(2026, 11, 27))


def test_a_name_that_means_two_items_finds_both(session: Session) -> None:
    assert [item.sku for item in inventory.find_items(session, "scanner in leipzig")] == ["HS-100", "RS-20"]
    assert inventory.find_items(session, "einhorn") == []


def test_of_an_order_that_came_in_part_the_rest_is_awaited_and_late_when_it_is_due(session: Session) -> None:
    item = inventory.find_items(session, "Winterjacken")[0]  # 20 ordered, 8 received, due on 25 November
    before, after = (inventory.levels(session, item, on=date(2026, 11, day))[1] for day in (25, 26))
    assert (before.site, before.coming, before.late) == ("Leipzig", (12, date(2026, 11, 25)), None)
    assert (after.coming, after.late) == (None, (12, date(2026, 11, 25)))


def test_an_order_that_came_is_awaited_no_more(session: Session) -> None:
    item = inventory.find_items(session, "Stretchfolie Hand")[0]
    leipzig = inventory.levels(session, item, on=date(2026, 10, 1))[1]
    assert (leipzig.site, leipzig.coming, leipzig.late) == ("Leipzig", None, None)


def test_what_is_free_decides_whether_more_must_be_ordered(session: Session) -> None:
    item = inventory.find_items(session, "kartons 60x40")[0]
    leipzig = inventory.levels(session, item, on=demo.TODAY)[0]
    assert (leipzig.free, leipzig.reorder_at, leipzig.below_reorder_point) == (750, 1000, True)
    monitors = inventory.levels(session, inventory.find_items(session, "Monitor 24 Zoll")[0], on=demo.TODAY)[0]
    assert (monitors.site, monitors.free, monitors.reorder_at, monitors.below_reorder_point) == ("Berlin", 8, 4, False)


def test_a_plan_that_is_not_published_is_not_told(session: Session) -> None:
    oksana = employee(session, "oksana.koval")
    shift = shifts.of_days(session, oksana, first=date(2026, 11, 23), last=date(2026, 11, 23))[0]
    shift.published = False
    session.flush()
    assert shifts.of_days(session, oksana, first=date(2026, 11, 23), last=date(2026, 11, 23)) == []


def test_shifts_of_a_week(session: Session) -> None:
    oksana = employee(session, "oksana.koval")
    assert len(shifts.of_days(session, oksana, first=date(2026, 11, 23), last=date(2026, 11, 29))) == 5


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("how many scanners do we have", ["HS-100", "RS-20"]),
        ("gibts noch Klebeband?", ["KB-50", "KB-75"]),
        ("how much paper tape is left", ["KB-PAPIER"]),
    ],
)
def test_a_whole_word_names_an_item_better_than_a_part_of_one(db: Database, text: str, skus: list[str]) -> None:
    with db.transaction() as session:
        assert [item.sku for item in inventory.find_items(session, text)] == skus


def test_a_site_is_heard_in_a_question(db: Database) -> None:
    with db.transaction() as session:
        assert inventory.site_in(session, "Wie viele Kartons liegen in hamburg?") == "Hamburg"
        assert inventory.site_in(session, "Wie viele Kartons haben wir?") is None
