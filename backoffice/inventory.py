"""Stock: what is there, what is free, what is coming; and who carries which device."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice import spelling
from backoffice.models import Asset, Employee, PurchaseOrder, ReorderPoint, Site, StockItem, StockMove

SIZE = re.compile(r"(?<![\w])(\d+)\s*(?:cm|mm)?\s*[x×*]\s*(?=\d)")  # "60 x 40", "60 cm × 40 cm"
PLURALS = re.compile(r"(?<=...)(en|er|e|n)?s?$")
LONG = 6
SHORT = 3  # letters and digits of "xl", "a6", "50": they name no item
EXACTLY, WITHIN = 2, 1  # what a word that names an item counts: "Klebeband" is tape before it is paper tape
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Level:
    """Pieces of one item at one site.

    `coming` is (pieces, due) of the next order, `late` of the oldest that should have come; of an order that came in
    part, only what is missing. `reorder_at` is None where nobody watches the item.
    """

    site: str
    on_hand: int
    reserved: int
    coming: tuple[int, date] | None
    late: tuple[int, date] | None = None
    reorder_at: int | None = None

    @property
    def free(self) -> int:
        """What one may take."""
        return self.on_hand - self.reserved

    @property
    def below_reorder_point(self) -> bool:
        """Whether more must be ordered."""
        return self.reorder_at is not None and self.free < self.reorder_at


def _stems(text: str) -> set[str]:
    plain = SIZE.sub(r"\1x", text.lower().translate(UMLAUTS))
    words = re.findall(r"[a-z0-9]{2,}", plain)
    return {PLURALS.sub("", word, count=1) for word in words}


def _counts(word: str, known: set[str]) -> int:
    if word in known:
        return EXACTLY
    return WITHIN if len(word) > 4 and any(word in other for other in known) else 0


def find_items(session: Session, text: str) -> list[StockItem]:
    """Items that the text may mean: those of which it names the most; several when it names them alike.

    A long word that names nothing is taken for a misspelt one; a shorter one only where nothing but sizes is named.
    """
    asked = _stems(text)
    items = [(item, _known(item)) for item in session.scalars(select(StockItem).order_by(StockItem.id))]
    words = {word for _, known in items for word in known}
    unknown = {word for word in asked if not _counts(word, words)}
    is_named = any(len(word) > SHORT for word in asked - unknown) or _numbers(asked, items)
    shortest = LONG if is_named else spelling.SHORTEST
    asked |= {right for word in unknown if (right := spelling.meant(word, words, shortest=shortest))}
    scored = []
    for item, known in items:
        hits = sum(_counts(word, known) for word in asked)
        number = _stems(item.sku)
        hits += EXACTLY * len(number) if number <= asked else 0
        scored.append((hits, item))
    best = max((hits for hits, _ in scored), default=0)
    return [item for hits, item in scored if hits == best] if best else []


def _known(item: StockItem) -> set[str]:
    return _stems(" ".join([*item.names.values(), *item.words]))


def _numbers(asked: set[str], items: Iterable[tuple[StockItem, set[str]]]) -> bool:
    """Whether an item is named by its number, which counts as a whole: the "to" of TO-58 is also a word."""
    return any(_stems(item.sku) <= asked for item, _ in items)


def name_in(item: StockItem, language: str) -> str:
    """What it is called in a language, or else in the first that it has a name in."""
    return item.names.get(language) or next(iter(item.names.values()))


def site_in(session: Session, text: str) -> str | None:
    """The site that the text names, or None."""
    words = _stems(text)
    return next((site.name for site in session.scalars(select(Site)) if _stems(site.name) <= words), None)


def site_named(session: Session, name: str) -> Site:
    """The site of that name."""
    return session.scalars(select(Site).filter_by(name=name)).one()


def levels(session: Session, item: StockItem, *, on: date) -> list[Level]:
    """Per site, by name; sites that never had it and await none are left out."""
    there: defaultdict[str, int] = defaultdict(int)
    reserved: defaultdict[str, int] = defaultdict(int)
    coming: dict[str, tuple[int, date]] = {}
    late: dict[str, tuple[int, date]] = {}
    for move in session.scalars(select(StockMove).filter_by(item_id=item.id)):
        if move.kind == "reserve":
            reserved[move.site.name] += move.pieces
        else:
            there[move.site.name] += move.pieces
    for order in session.scalars(
        select(PurchaseOrder).filter_by(item_id=item.id).order_by(PurchaseOrder.due, PurchaseOrder.id)
    ):
        if order.open_pieces:
            awaited = late if order.due < on else coming
            awaited.setdefault(order.site.name, (order.open_pieces, order.due))
    points = session.scalars(select(ReorderPoint).filter_by(item_id=item.id))
    reorder_at = {point.site.name: point.pieces for point in points}
    return [
        Level(site, there[site], reserved[site], coming.get(site), late.get(site), reorder_at.get(site))
        for site in sorted({*there, *coming, *late})
    ]


def assets_of(session: Session, employee: Employee) -> list[Asset]:
    """What this person carries."""
    return list(session.scalars(select(Asset).filter_by(employee_id=employee.id).order_by(Asset.tag)))
