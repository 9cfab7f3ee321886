"""The demo's records: payslips of twelve months, stock, devices, shifts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backoffice import payroll
from backoffice.models import (
    Asset,
    Employee,
    Payslip,
    PayslipLine,
    PurchaseOrder,
    Shift,
    Site,
    StockItem,
    StockMove,
)

COUNTED_ON = date(2026, 11, 16)
MONTHS = [(2025, 11), (2025, 12), *((2026, month) for month in range(1, 11))]
FIRST_SHIFT = date(2026, 11, 23)


def payslips(session: Session, people: dict[str, Employee], pay: dict[str, Any], extra: list[dict[str, Any]]) -> None:
    """November 2025 to October 2026; November 2026 is released on its payday."""
    for key, lines in pay.items():
        for year, month in MONTHS:
            more = {
                one["line"]: one["cents"]
                for one in extra
                if (one["who"], one["year"], one["month"]) == (key, year, month)
            }
            slip = Payslip(employee_id=people[key].id, year=year, month=month, released_on=payroll.payday(year, month))
            slip.lines = [PayslipLine(name=name, cents=cents) for name, cents in {**lines, **more}.items()]
            session.add(slip)


def stock(session: Session, sites: dict[str, Site], content: list[dict[str, Any]]) -> None:
    """Counted pieces, reservations and orders."""
    for about in content:
        item = StockItem(sku=about["sku"], names={"de": about["de"], "en": about["en"]}, words=about["words"])
        session.add(item)
        session.flush()
        for key, (pieces, reserved) in about["at"].items():
            place = {"item_id": item.id, "site_id": sites[key].id, "on": COUNTED_ON}
            session.add(StockMove(kind="count", pieces=pieces, **place))
            if reserved:
                session.add(StockMove(kind="reserve", pieces=reserved, **place))
        if about.get("order"):
            key, pieces, due = about["order"]
            session.add(PurchaseOrder(item_id=item.id, site_id=sites[key].id, pieces=pieces, due=due))


def assets(session: Session, people: dict[str, Employee], content: list[dict[str, Any]]) -> None:
    """Who carries what."""
    for about in content:
        session.add(
            Asset(
                tag=about["tag"],
                name=about["name"],
                employee_id=people[about["who"]].id,
                warranty_until=about.get("warranty"),
            )
        )


def shifts(session: Session, people: dict[str, Employee], content: dict[str, Any]) -> None:
    """Four weeks, Monday to Friday, early and late in turn."""
    for day in (FIRST_SHIFT + timedelta(days=n) for n in range(28)):
        if day.weekday() > 4:
            continue
        hours = content["early" if day.isocalendar().week % 2 == 0 else "late"]
        for key in content["who"]:
            zone = ZoneInfo(people[key].site.zone)
            starts, ends = (datetime.combine(day, time.fromisoformat(hour), zone) for hour in hours)
            session.add(Shift(employee_id=people[key].id, starts=starts, ends=ends))
