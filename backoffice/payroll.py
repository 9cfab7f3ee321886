"""Pay: when it comes, what a payslip says, and the slip as PDF. Figures are the payroll office's, never computed."""

from __future__ import annotations

import io
from datetime import date, timedelta

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.errors import NotFound
from backoffice.models import Employee, Payslip
from backoffice.wording import say


def payday(year: int, month: int, *, country: str) -> date:
    """The last bank working day of the month in the whole of a country; 24 and 31 December are bank days."""
    closed = holidays.country_holidays(country, years=year)
    day = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    while day.weekday() > 4 or day in closed:
        day -= timedelta(days=1)
    return day


def next_payday(*, on: date, country: str) -> date:
    """The coming one, today included."""
    this = payday(on.year, on.month, country=country)
    return this if this >= on else payday(on.year + on.month // 12, on.month % 12 + 1, country=country)


def latest(session: Session, employee: Employee, *, on: date) -> Payslip:
    """The newest released payslip. Raises NotFound."""
    return _one(session, employee, on, None, None)


def of_month(session: Session, employee: Employee, *, month: int, year: int, on: date) -> Payslip:
    """The released payslip of a month. Raises NotFound."""
    return _one(session, employee, on, month, year)


def _one(session: Session, employee: Employee, on: date, month: int | None, year: int | None) -> Payslip:
    rows = select(Payslip).where(Payslip.employee_id == employee.id, Payslip.released_on <= on)
    if month:
        rows = rows.where(Payslip.month == month)
    if year:
        rows = rows.where(Payslip.year == year)
    found = session.scalars(rows.order_by(Payslip.year.desc(), Payslip.month.desc())).first()
    if found is None:
        raise NotFound(number=f"{month or ''}/{year or ''}")
    return found


def as_pdf(employee: Employee, payslip: Payslip, language: str) -> bytes:
    """One page A4 in a language."""
    from reportlab.lib.pagesizes import A4  # half a second that a start need not wait for
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    page = Canvas(out, pagesize=A4)
    _, height = A4
    title = say("payroll.slip_title", language, {"month": date(payslip.year, payslip.month, 1).isoformat()})
    page.setTitle(title)
    page.setFont("Helvetica-Bold", 16)
    page.drawString(60, height - 80, title)
    page.setFont("Helvetica", 11)
    page.drawString(60, height - 102, f"{employee.name}, {employee.title}, {employee.site.name}")
    rows = [(f"payroll.line_{line.name}", line.cents) for line in payslip.lines]
    rows.append(("payroll.label_net", payslip.net_cents))
    for number, (name, cents) in enumerate(rows):
        y = height - 150 - 20 * number
        page.setFont("Helvetica-Bold" if number == len(rows) - 1 else "Helvetica", 11)
        page.drawString(60, y, say(name, language))
        page.drawRightString(520, y, say("payroll.money", language, {"cents": cents}))
    page.save()
    return out.getvalue()
