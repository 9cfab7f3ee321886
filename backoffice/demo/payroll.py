"""Twelve months of payslips, written down line by line. The arithmetic is good for a demo and for nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from backoffice import leave_account, payroll, workdays
from backoffice.demo.lists import dice, put, put_numbered, read
from backoffice.demo.people import Person, last_of_month, works_all_of
from backoffice.models import Employee, Payslip, PayslipLine

BONUS_MONTH = 11  # half a month's basic pay, a twelfth of it for each full month of the year
ALLOWANCES = 1230 + 36  # euros a year that the wage tax leaves out (EStG §§9a, 10c)
WEEKS_A_MONTH = 4.35
MIDI_UNTIL = 2000


@dataclass(frozen=True)
class TaxCard:
    """What decides the deductions of a person; drawn, and kept nowhere. Savings are cents a month."""

    tax_class: int
    children: int
    church: bool
    saxony: bool
    student: bool
    trainee: bool
    capital_forming: int
    company_pension: int


def payslips(session: Session, staff: dict[str, Person]) -> None:
    """Every released month of everybody whom Nordstern pays."""
    firsts = [date.fromisoformat(f"{month}-01") for month in read("payroll")["months"]]
    months = [(first, last_of_month(first)) for first in firsts]
    paydays = {first: payroll.payday(first.year, first.month, country="DE") for first, _ in months}
    slips: list[dict[str, Any]] = []
    lines: list[dict[str, int]] = []
    for person in staff.values():
        card = _tax_card(person)
        for first, last in months if person.pay_cents else []:
            if works_all_of(person.employee, first, last):
                about = {"year": first.year, "month": first.month, "released_on": paydays[first]}
                slips.append({"employee_id": person.employee.id, **about})
                lines.append(_lines(person, card, first, last))
    ids = put_numbered(session, Payslip, slips)
    rows = [
        {"payslip_id": slip_id, "name": name, "cents": cents}
        for slip_id, one in zip(ids, lines)
        for name, cents in one.items()
        if cents
    ]
    put(session, PayslipLine, rows)


def _lines(person: Person, card: TaxCard, first: date, last: date) -> dict[str, int]:
    """Earnings, then deductions below nought, in cents."""
    content, base = read("payroll"), person.pay_cents
    bonus = _bonus(person.employee, base, first.year) if first.month == BONUS_MONTH else 0
    taxed = base + card.capital_forming - card.company_pension
    due = _deductions(first.year, taxed, card, bonus=bonus)
    if written := content["written"].get(person.key):
        more = _deductions(first.year, taxed, card) if bonus else due
        due = {name: cents + due[name] - more[name] for name, cents in written.items()}
    extra = {
        one["line"]: one["cents"]
        for one in content["extra"]
        if (one["who"], one["month"]) == (person.key, f"{first:%Y-%m}")
    }
    return {
        "base": base,
        "bonus": bonus,
        "capital_forming": card.capital_forming,
        **_supplements(person, first, last),
        **extra,
        **due,
        "company_pension": -card.company_pension,
        "capital_forming_paid": -card.capital_forming,
    }


def _bonus(employee: Employee, base: int, year: int) -> int:
    begun = max(employee.starts, date(year, 1, 1))
    months = 12 - begun.month + (begun.day == 1)
    return base // 2 * months // 12


def _tax_card(person: Person) -> TaxCard:
    chance = dice("tax", person.key)
    trainee, student = "trainee" in person.about, "student" in person.about
    single = trainee or student or chance.random() < 0.5
    tax_class = 1 if single else chance.choice([3, 4, 4, 4, 2])
    children = 0 if single else chance.choice([0, 1, 1, 2, 2, 3])
    saves = person.key not in read("payroll")["written"] and not trainee and chance.random() < 0.45
    return TaxCard(
        tax_class,
        children=max(children, tax_class == 2),
        church=chance.random() < 0.3,
        saxony=person.employee.site.region == "SN",
        student=student,
        trainee=trainee,
        capital_forming=4000 if saves else 0,
        company_pension=chance.choice([5000, 10000, 10000, 15000]) if saves and person.pay_cents > 250000 else 0,
    )


def _supplements(person: Person, first: date, last: date) -> dict[str, int]:
    """Free of tax and insurance (EStG §3b): 25 % from 23 to 6 o'clock, 50 % on Sundays, 125 % on holidays."""
    employee = person.employee
    hourly = person.pay_cents / (employee.weekly_minutes / 60 * WEEKS_A_MONTH)
    if person.pattern == "leipzig_night":
        nights = leave_account.cost(employee, first, last) // 100 - dice(f"nights {first}", person.key).choice(
            [0, 0, 1, 2, 5]
        )
        return {"night": round(hourly * 0.25 * 6.5 * nights)}
    if "technician" in person.about:
        chance = dice(f"sundays {first}", person.key)
        days = [first + timedelta(days=number) for number in range(last.day)]
        closed = [day for day in days if workdays.holiday_name(employee, day)]
        sundays, holidays = chance.choice([0, 1, 1, 2]), chance.choice([0, 1]) if closed else 0
        return {"sunday": round(hourly * 0.5 * 6 * sundays), "holiday": round(hourly * 1.25 * 6 * holidays)}
    return {}


@cache
def _deductions(year: int, gross: int, card: TaxCard, *, bonus: int = 0) -> dict[str, int]:
    """Wage tax, solidarity surcharge, church tax and the employee's insurance of one month, in cents below nought."""
    about, rates = read("payroll")["years"][year], read("payroll")["rates"]
    care = rates["care_saxony"] if card.saxony else rates["care"]
    care += rates["care_childless"] if not card.children else -rates["care_per_child"] * (card.children - 1)
    monthly = gross / 100
    if about["midi_from"] < monthly < MIDI_UNTIL and not card.trainee and not card.student:
        counted = MIDI_UNTIL / (MIDI_UNTIL - about["midi_from"]) * (monthly - about["midi_from"])
    else:
        counted = monthly
    health_pay = min(counted, about["health_cap"]) + _bonus_below(about["health_cap"], monthly, bonus / 100)
    pension_pay = min(counted, about["pension_cap"]) + _bonus_below(about["pension_cap"], monthly, bonus / 100)
    due: dict[str, float] = {"pension": pension_pay * rates["pension"]}
    if not card.student:
        due |= {
            "health": health_pay * about["health"],
            "care": health_pay * care,
            "unemployment": pension_pay * rates["unemployment"],
        }
    insured = min(monthly, about["health_cap"]) * (about["health"] - 0.3 + care)
    insured += min(monthly, about["pension_cap"]) * rates["pension"]
    yearly = 12 * monthly - 0.12 * insured
    usual = _income_tax(about, yearly, card)
    rise = _income_tax(about, yearly + bonus / 100, card) - usual  # a bonus is taxed with the year (EStG §39b)
    tax = usual / 12 + rise
    surcharge = _surcharge(about, usual, card)
    surcharge = surcharge / 12 + _surcharge(about, usual + rise, card) - surcharge
    owed: dict[str, int] = {
        "tax": round(100 * tax),
        "solidarity": round(100 * surcharge),
        "church": round(rates["church"] * tax) if card.church else 0,
        **{name: round(due[name]) for name in ("health", "care", "pension", "unemployment") if name in due},
    }
    return {name: -cents for name, cents in owed.items()}


def _bonus_below(cap: float, monthly: float, bonus: float) -> float:
    """The part of a bonus on which insurance is due: what the year's cap leaves."""
    return max(0.0, min(bonus, 12 * (cap - monthly)))


def _surcharge(about: dict[str, float], yearly_tax: float, card: TaxCard) -> float:
    """Solidarity surcharge of a year: none up to the limit, then rising to 5.5 % of the tax (SolZG §§3, 4)."""
    limit = about["solidarity_from"] * (2 if card.tax_class == 3 else 1)
    return min(0.055 * yearly_tax, 0.119 * max(0.0, yearly_tax - limit))


def _income_tax(about: dict[str, float], yearly: float, card: TaxCard) -> float:
    """Euros a year by EStG §32a; class 3 splits, class 2 has the relief of single parents (§24b)."""
    taxable = yearly - ALLOWANCES - (4260 if card.tax_class == 2 else 0)
    parts = 2 if card.tax_class == 3 else 1
    one = taxable / parts
    if one <= about["free"]:
        return 0.0
    if one <= about["first"]:
        y = (one - about["free"]) / 10000
        return parts * (about["a"] * y + 1400) * y
    if one <= about["second"]:
        z = (one - about["first"]) / 10000
        return parts * ((about["b"] * z + 2397) * z + about["c"])
    return parts * (0.42 * one - about["d"])
