"""The demo's company is whole: its records agree with each other, with the rules and with the README."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice import demo, inventory, leave, migrating, payroll, people, shifts, tickets
from backoffice.clock import Clock
from backoffice.database import Base, Database
from backoffice.models import (
    Asset,
    Employee,
    LeaveEntry,
    LeaveRequest,
    Payslip,
    PurchaseOrder,
    Shift,
    SickReport,
    StockItem,
    StockMove,
    Ticket,
)
from backoffice.wording import say
from tests.conftest import employee

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
NEXT_MONDAY = date(2026, 11, 30)


def everybody(session: Session) -> list[Employee]:
    return list(session.scalars(select(Employee).order_by(Employee.id)))


def own_staff(session: Session) -> list[Employee]:
    return [one for one in everybody(session) if not one.agency]


def test_150_people_work_at_three_places(session: Session) -> None:
    staff = everybody(session)
    assert Counter(one.site.name for one in staff) == {"Berlin": 70, "Leipzig": 52, "Hamburg": 28}
    assert all(people.works_here(one, demo.TODAY) for one in staff)
    assert all(re.fullmatch(r"[a-z-]+\.[a-z-]+", one.key) for one in staff)
    assert {one.email for one in staff if one.agency} == {None}
    assert {one.email for one in staff if not one.agency} == {
        f"{one.key}@nordstern.example" for one in staff if not one.agency
    }


def test_every_manager_chain_ends_at_the_managing_director(session: Session) -> None:
    staff = {one.id: one for one in everybody(session)}
    assert [one.key for one in staff.values() if one.manager_id is None] == ["henrike.vogt"]
    for one in staff.values():
        chain = [one]
        while chain[-1].manager_id:
            assert len(chain) < 6, [link.key for link in chain]
            chain.append(staff[chain[-1].manager_id])
        assert chain[-1].key == "henrike.vogt"


def test_the_company_has_everybody_whom_a_rule_may_surprise(session: Session) -> None:
    staff = everybody(session)
    assert {one.agency for one in staff} == {None, "Hanse Zeitarbeit GmbH", "Elbe Personal GmbH"}
    assert all(one.ends for one in staff if one.agency)
    assert [one.key for one in staff if one.probation_until] == ["charlotte.beck", "bilal.yilmaz"]
    assert sum("works_council" in one.roles for one in staff) == 7  # BetrVG §9: seven from 101 to 200 people
    assert employee(session, "samira.haddad").week == [100, 100, 50, 100, 100, 0, 0]
    assert leave.balance(session, employee(session, "bilal.yilmaz"), on=demo.TODAY).granted == 1500  # since 1 July
    assert [one.key for one in staff if one.ends and not one.agency and one.ends.year == 2026] == [
        "layla.younes",
        "rania.aziz",
    ]
    sick = session.scalars(select(SickReport).where(SickReport.until >= demo.TODAY)).all()
    assert sorted(people.by_id(session, one.employee_id).key for one in sick) == ["lisa-marie.schuster", "thi.le"]


@pytest.mark.parametrize("role", ["it", "hr", "payroll", "operations"])
def test_no_queue_hangs_on_one_person(session: Session, role: str) -> None:
    assert len(people.with_role(session, role, at=Clock(demo.TODAY).now())) >= 2


def test_a_balance_is_the_sum_of_the_ledger_and_never_below_nought(session: Session) -> None:
    entries: defaultdict[int, list[LeaveEntry]] = defaultdict(list)
    for entry in session.scalars(select(LeaveEntry).order_by(LeaveEntry.id)):
        entries[entry.employee_id].append(entry)
    staff = own_staff(session)
    assert set(entries) == {one.id for one in staff}
    for one in staff:
        balance = leave.balance(session, one, on=demo.TODAY)
        assert sum(entry.hundredths for entry in entries[one.id]) == balance.left, one.key
        assert 0 <= balance.askable <= balance.left <= balance.granted + balance.carried, one.key


def test_what_was_carried_over_and_not_taken_expired_at_the_end_of_march(session: Session) -> None:
    early: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for entry in session.scalars(select(LeaveEntry).where(LeaveEntry.on <= date(2026, 3, 31))):
        early[entry.employee_id][entry.kind] += entry.hundredths
    expired = [kinds["carry"] + kinds["take"] + kinds["expire"] for kinds in early.values() if kinds["expire"]]
    assert set(expired) == {0}
    assert all(kinds["carry"] + kinds["take"] <= 0 for kinds in early.values() if not kinds["expire"])


def test_requests_were_asked_decided_and_entered_day_by_day(session: Session) -> None:
    entered: Counter[int | None] = Counter()
    for entry in session.scalars(select(LeaveEntry).filter_by(kind="take")):
        entered[entry.request_id] -= entry.hundredths
    requests = session.scalars(select(LeaveRequest).order_by(LeaveRequest.id)).all()
    assert [one.asked_at for one in requests] == sorted(one.asked_at for one in requests)
    assert {one.id: one.hundredths for one in requests if one.status == "approved"} == entered
    assert {one.status for one in requests} == {"pending", "approved", "rejected"}
    morning = datetime(2026, 11, 23, tzinfo=UTC)
    for one in requests:
        assert one.hundredths == leave.cost(one.employee, one.first, one.last, last_part=one.last_part) > 0
        assert one.approver_id == one.employee.manager_id
        assert one.asked_at < (one.decided_at or morning) <= morning
        assert (one.decided_at is None) == (one.status == "pending")


def test_nobody_of_the_warehouse_is_on_leave_while_no_leave_is_possible(session: Session) -> None:
    approved = select(LeaveRequest).filter_by(status="approved").where(LeaveRequest.last >= date(2026, 11, 16))
    november = session.scalars(approved.where(LeaveRequest.first <= date(2026, 12, 23))).all()
    assert {one.employee.site.key for one in november} == {"berlin", "hamburg"}
    away = [one for one in november if one.first <= demo.TODAY <= one.last]
    assert len(away) == 5


def test_everybody_whom_nordstern_pays_has_a_payslip_for_each_month(session: Session) -> None:
    months = [(2025, 11), (2025, 12), *((2026, month) for month in range(1, 11))]
    slips: defaultdict[int, list[Payslip]] = defaultdict(list)
    for slip in session.scalars(select(Payslip).order_by(Payslip.year, Payslip.month)):
        slips[slip.employee_id].append(slip)
    staff = own_staff(session)
    assert set(slips) == {one.id for one in staff}
    for one in staff:
        since = (one.starts.year, one.starts.month)
        assert [(slip.year, slip.month) for slip in slips[one.id]] == [month for month in months if month >= since]
        for slip in slips[one.id]:
            assert 0 < slip.net_cents < slip.gross_cents, one.key
            assert slip.released_on == payroll.payday(slip.year, slip.month, country="DE")
            names = [line.name for line in slip.lines]
            assert len(names) == len(set(names))
            assert ("bonus" in names) == ((slip.year, slip.month) == (2025, 11))


def test_every_line_of_a_payslip_has_words(session: Session) -> None:
    names = {line.name for slip in session.scalars(select(Payslip)) for line in slip.lines}
    supplements = {"bonus", "night", "sunday", "holiday", "company_pension", "capital_forming", "solidarity"}
    assert supplements <= names
    for language in ("de", "en"):
        assert all(say(f"payroll.line_{name}", language) for name in names)


def test_no_shift_is_too_long_or_follows_too_soon(session: Session) -> None:
    plans: defaultdict[int, list[Shift]] = defaultdict(list)
    for shift in session.scalars(select(Shift).order_by(Shift.starts)):
        plans[shift.employee_id].append(shift)
    assert len(plans) > 70
    for key, plan in plans.items():
        one = people.by_id(session, key)
        for shift in plan:
            assert timedelta(hours=2) < shift.ends - shift.starts <= timedelta(hours=10)
            assert people.works_here(one, shift.starts.date())
            assert one.site.key in ("leipzig", "hamburg")
        rests = [after.starts - before.ends for before, after in pairwise(plan)]
        assert min(rests, default=timedelta(days=1)) >= timedelta(hours=11)
        assert plan[-1].starts.date() <= date(2026, 12, 20)


def test_whoever_is_absent_has_no_shift(session: Session) -> None:
    for key, first, last in (
        ("thi.le", date(2026, 11, 23), date(2026, 11, 27)),
        ("katarzyna.dabrowska", date(2026, 11, 23), date(2026, 11, 27)),
    ):
        one = employee(session, key)
        assert shifts.of_days(session, one, first=first, last=last) == []
        assert shifts.of_days(session, one, first=last, last=last + timedelta(days=14)) != []


def test_the_ledger_of_stock_never_falls_below_nought(session: Session) -> None:
    there: Counter[tuple[int, int]] = Counter()
    reserved: Counter[tuple[int, int]] = Counter()
    for move in session.scalars(select(StockMove).order_by(StockMove.on, StockMove.id)):
        place = (move.item_id, move.site_id)
        (reserved if move.kind == "reserve" else there)[place] += move.pieces
        assert there[place] >= 0
        assert move.on < demo.TODAY
    assert all(reserved[place] <= there[place] for place in reserved)
    assert len({item for item, _ in there}) == len(session.scalars(select(StockItem)).all()) == 198


def test_purchase_orders_agree_with_what_was_received(session: Session) -> None:
    received: Counter[tuple[int, int]] = Counter()
    for move in session.scalars(select(StockMove).filter_by(kind="receive")):
        received[move.item_id, move.site_id] += move.pieces
    orders = session.scalars(select(PurchaseOrder).order_by(PurchaseOrder.number)).all()
    for order in orders:
        received[order.item_id, order.site_id] -= order.received
        assert order.number.startswith("PO-")
        assert order.supplier
        assert 0 <= order.received <= order.pieces
        assert order.ordered_on < order.due
    assert set(received.values()) == {0}
    assert any(order.open_pieces and order.due < demo.TODAY for order in orders)
    assert any(0 < order.received < order.pieces for order in orders)


def test_every_item_is_found_by_its_name_and_by_its_number(session: Session) -> None:
    for item in session.scalars(select(StockItem)):
        for name in (*item.names.values(), item.sku):
            assert inventory.find_items(session, name) == [item]


def test_no_item_is_found_by_small_words(session: Session) -> None:
    for question in (
        "wie viel oder wie viele davon haben wir noch bei uns im Lager in Leipzig, Berlin und Hamburg auf Vorrat",
        "ist der Bestand reserviert, was ist für wen bestellt, wann kommt es an und gibt es das am Standort",
        "how many of them do we still have in stock in the warehouse and is there any left for me at the site",
        "when does it arrive, what is on order and reserved with us, how much of it is available to be used",
    ):
        assert inventory.find_items(session, question) == []


def test_tickets_have_a_story_and_somebody_who_may_work_on_them(session: Session) -> None:
    ends = {"new": "opened", "waiting": "asked", "resolved": "solved"}
    for ticket in session.scalars(select(Ticket)):
        story = tickets.history(session, ticket)
        assert [event.at for event in story] == sorted(event.at for event in story)
        assert (story[0].kind, story[0].author_id) == ("opened", ticket.requester_id)
        assert story[-1].kind == ends.get(ticket.status, story[-1].kind)
        assert ticket.changed_at == story[-1].at < datetime(2026, 11, 23, 8, tzinfo=UTC)
        assert (ticket.assignee is None) == (ticket.status == "new")
        assert ticket.assignee is None or ticket.queue in ticket.assignee.roles
    assert session.get_one(Ticket, 1001).requester.key == "ali.yildiz"


def test_devices_have_a_tag_and_somebody_who_carries_them(session: Session) -> None:
    assets = session.scalars(select(Asset)).all()
    assert Counter(asset.tag[0] for asset in assets) == {"L": 77, "S": 26, "H": 23, "P": 20}
    assert not {asset.employee_id for asset in assets} & {one.id for one in everybody(session) if one.agency}


def rows(database: Database) -> dict[str, list[Any]]:
    with database.transaction() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def test_two_seedings_give_the_same_rows(db: Database, tmp_path: Path) -> None:
    second = Database(f"sqlite:///{tmp_path / 'second.db'}")
    migrating.upgrade(second)
    with second.transaction() as session:
        demo.seed(session)
    assert rows(db) == rows(second)
    second.engine.dispose()


def test_the_personas_are_as_the_readme_says(session: Session) -> None:
    table = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in README.splitlines() if line.startswith("| ")
    ]
    head = next(number for number, row in enumerate(table) if row[0] == "who")
    told = {row[0]: row[2:] for row in table[head + 1 : head + 1 + len(demo.PERSONAS)]}
    assert told == {one.name: figures(session, one) for one in (employee(session, key) for key in demo.PERSONAS)}


def figures(session: Session, one: Employee) -> list[str]:
    zone = timedelta(hours=1)  # Berlin in winter
    left = "her agency knows" if one.agency else f"{leave.balance(session, one, on=demo.TODAY).left / 100:g} days"
    net = "–" if one.agency else f"{payroll.latest(session, one, on=demo.TODAY).net_cents / 100:,.2f} €"
    planned = [
        f"{shift.starts + zone:%H:%M}–{shift.ends + zone:%H:%M}"
        for shift in shifts.of_days(session, one, first=NEXT_MONDAY, last=NEXT_MONDAY)
    ]
    devices = [asset.tag for asset in inventory.assets_of(session, one)]
    opened = [ticket.number for ticket in tickets.of_requester(session, one)]
    return [left, net, *(", ".join(some) or "–" for some in (planned, devices, opened))]
