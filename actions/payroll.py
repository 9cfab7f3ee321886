"""Pay, by Rasa's hand. Whoever is employed by an agency is told whom to ask there."""

from __future__ import annotations

from datetime import date

from actions.turn import Turn, own_staff
from backoffice import day_words, payroll
from backoffice.errors import NotFound
from backoffice.models import Payslip
from backoffice.outbox import CardSaid, LinkSaid, Row, Said


@own_staff
def payday(turn: Turn) -> None:
    """When the money comes, next or in the month that was named."""
    country = turn.employee.site.country
    named = day_words.month_in(turn.text, today=turn.today)
    if named is None:
        turn.reply("payroll.payday", day=payroll.next_payday(on=turn.today, country=country).isoformat())
        return
    month, year = named
    day = payroll.payday(year or day_words.nearest_year(month, today=turn.today), month, country=country)
    turn.reply("payroll.payday_past" if day < turn.today else "payroll.payday_in", day=day.isoformat())


@own_staff
def payslip(turn: Turn) -> None:
    """The payslip of the named month, or the newest, line by line and as PDF."""
    named = day_words.month_in(turn.text, today=turn.today)
    try:
        slip = payroll.latest(turn.session, turn.employee, on=turn.today)
    except NotFound:
        turn.reply("payroll.none")
        return
    if named:
        month, year = named
        try:
            year = year or turn.today.year - (month > turn.today.month)
            slip = payroll.of_month(turn.session, turn.employee, month=month, year=year, on=turn.today)
        except NotFound:
            turn.reply("payroll.slip_missing", month=_first(slip))
            return
    rows = [Row(Said(f"payroll.line_{one.name}"), _money(one.cents)) for one in slip.lines]
    rows.append(Row(Said("payroll.label_net"), _money(slip.net_cents), sum=True))
    title = Said("payroll.slip_title", {"month": _first(slip)})
    link = LinkSaid(Said("payroll.as_pdf"), f"/payslips/{slip.year}-{slip.month:02}.pdf")
    turn.reply("payroll.slip", card=CardSaid(title, tuple(rows)), link=link, month=_first(slip))


@own_staff
def salary_amount(turn: Turn) -> None:
    """What the newest payslip says."""
    try:
        slip = payroll.latest(turn.session, turn.employee, on=turn.today)
    except NotFound:
        turn.reply("payroll.none")
        return
    base = sum(one.cents for one in slip.lines if one.name == "base")
    turn.reply("payroll.salary", base=base, net=slip.net_cents, month=_first(slip))


def _first(slip: Payslip) -> str:
    return date(slip.year, slip.month, 1).isoformat()


def _money(cents: int) -> Said:
    return Said("payroll.money", {"cents": cents})


ACTS = {"payday": payday, "payslip": payslip, "salary_amount": salary_amount}
