"""What lies on the shelves and how it came there, what is ordered, and who carries which device."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backoffice.demo.lists import dice, put, read
from backoffice.demo.people import Person
from backoffice.models import Asset, PurchaseOrder, ReorderPoint, Site, StockItem, StockMove

COUNTED_ON = date(2026, 9, 28)
ISSUED_ON = [date(2026, 10, 5) + timedelta(days=7 * week) for week in range(7)]
RESERVED_ON = date(2026, 11, 20)
LAST_RECEIPT = date(2026, 11, 19)


def shelves(session: Session, sites: dict[str, Site]) -> None:
    """Items, the ledger of their pieces since the count, reorder points and purchase orders."""
    content = read("stock")
    items = {
        sku: StockItem(sku=sku, names={"de": german, "en": english}, words=list(words))
        for sku, german, english, words, _ in content["items"]
    }
    session.add_all(items.values())
    session.flush()
    orders, receipts = [], defaultdict(list)
    for number, supplier, sku, site, pieces, received, ordered_on, due in content["orders"]:
        place = {"item_id": items[sku].id, "site_id": sites[site].id}
        about = {"number": number, "supplier": supplier, "pieces": pieces, "received": received}
        orders.append({**place, **about, "ordered_on": ordered_on, "due": due})
        if received:
            receipts[sku, site].append((min(due, LAST_RECEIPT), received))
    moves, points = [], []
    for sku, _, _, _, places in content["items"]:
        for site, (there, reserved, reorder_at) in places.items():
            place = {"item_id": items[sku].id, "site_id": sites[site].id}
            points.append({**place, "pieces": reorder_at})
            told = _story(there, receipts[sku, site], dice(f"stock {sku}", site))
            moves += [{**place, **move} for move in told]
            if reserved:
                moves.append({**place, "kind": "reserve", "pieces": reserved, "on": RESERVED_ON})
    put(session, PurchaseOrder, orders)
    put(session, ReorderPoint, points)
    put(session, StockMove, moves)


def _story(there: int, receipts: list[tuple[date, int]], chance: random.Random) -> list[dict[str, Any]]:
    """How the pieces came to be there, told from today back to the count, so that they never fall below nought."""
    level, told = there, []
    events = [(on, pieces) for on, pieces in receipts] + [(on, 0) for on in ISSUED_ON]
    for on, received in sorted(events, reverse=True):
        issued = max(received - level, 0) if received else round(level * chance.uniform(0.02, 0.12))
        if issued:
            told.append({"kind": "issue", "pieces": -issued, "on": on + timedelta(days=1) if received else on})
            level += issued
        if received:
            told.append({"kind": "receive", "pieces": received, "on": on})
            level -= received
    told.append({"kind": "count", "pieces": level, "on": COUNTED_ON})
    told.reverse()
    return sorted(told, key=lambda move: move["on"])


def assets(session: Session, staff: dict[str, Person]) -> None:
    """Tags count on for each kind; those given by hand come first."""
    content = read("assets")
    given = {(one["who"], one["kind"]): one for one in content["given"]}
    taken = {one["tag"] for one in content["given"]}
    tags = {kind: _tags(about["first"], taken) for kind, about in content["kinds"].items()}
    rows = []
    for person in staff.values():
        for kind in person.devices:
            about = content["kinds"][kind]
            by_hand = given.get((person.key, kind), {})
            name = (
                content["models"].get(person.employee.department, about["name"]) if kind == "laptop" else about["name"]
            )
            tag = by_hand.get("tag") or next(tags[kind])
            warranty = _warranty(tag, about.get("warranty_years"))
            rows.append(
                {
                    "tag": tag,
                    "name": name,
                    "employee_id": person.employee.id,
                    "warranty_until": by_hand.get("warranty", warranty),
                }
            )
    put(session, Asset, rows)


def _tags(first: str, taken: set[str]) -> Iterator[str]:
    letter, _, number = first.partition("-")
    for count in range(int(number), 10000):
        tag = f"{letter}-{count:04}"
        if tag not in taken:
            yield tag


def _warranty(tag: str, years: int | None) -> date | None:
    """The end of a month, so many years after some purchase between 2023 and 2026."""
    if years is None:
        return None
    chance = dice("bought", tag)
    year, month = chance.choice([2023, 2024, 2025, 2026]) + years, chance.randint(1, 12)
    return date(year, month, 1) - timedelta(days=1)
