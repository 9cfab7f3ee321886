"""Stock and devices, by Rasa's hand."""

from __future__ import annotations

from actions.turn import Slots, Turn, answer
from backoffice import inventory, triage
from backoffice.models import StockItem
from backoffice.outbox import CardSaid, Row, Said

MOST = 5


def inventory_status(turn: Turn) -> Slots:
    """On hand, reserved, on order, per site; a name that means several items is asked about.

    Reserving is for the warehouse: whoever wishes it is shown the figures, and offered to pass it on.
    """
    chosen = turn.slots.get("stock_item")
    found = [] if chosen else inventory.find_items(turn.session, turn.text)
    if sku := chosen or ("" if found else (turn.before or {}).get("item")):  # "und in Leipzig?": of the same
        found = [item for item in inventory.find_items(turn.session, sku) if item.sku == sku]
    if not found:
        turn.reply("inventory.unknown")
    elif len(found) > 1:
        named = [Said("units.verbatim", {"text": _name(item, turn)}) for item in found[:MOST]]
        buttons = [answer(label, "inventory_status", stock_item=one.sku) for label, one in zip(named, found)]
        turn.reply("inventory.which", buttons=buttons)
    else:
        _tell(turn, found[0])
    if triage.says_reserve(turn.text):
        _pass_on(turn)
    return {"stock_item": None}  # a choice counts once


def _pass_on(turn: Turn) -> None:
    """The offer listens for a yes; while another form is open, or after "und in Leipzig?", a button does it."""
    if not turn.slots.get("requested_slot") and turn.before is None:
        turn.then = "offer_form"
        return
    yes = Said("session.offer_yes", {"queue": "session.queue_operations"})
    wish = answer(yes, "talk_to_human", offer_queue="operations", offer_turn=turn.said)
    turn.reply("inventory.reserve", buttons=[wish])


def _tell(turn: Turn, item: StockItem) -> None:
    """The site that was named first, if one was; the others may help out."""
    name = _name(item, turn)
    site = inventory.site_in(turn.session, turn.text) or (turn.before or {}).get("site")
    turn.about = {"item": item.sku, **({"site": site} if site else {})}
    levels = inventory.levels(turn.session, item, on=turn.today)
    levels.sort(key=lambda level: level.site != site)
    key = "level" if site is None else "level_at" if site in [level.site for level in levels] else "not_at"
    card = CardSaid(Said("units.verbatim", {"text": name}), tuple(map(_row, levels)))
    free = levels[0].free if levels else 0
    turn.reply(f"inventory.{key}", card=card, name=name, site=site or "", free=free)


def _name(item: StockItem, turn: Turn) -> str:
    return inventory.name_in(item, turn.language)


def _row(level: inventory.Level) -> Row:
    facts = {"free": level.free, "on_hand": level.on_hand, "reserved": level.reserved}
    site = Said("units.verbatim", {"text": level.site})
    if level.coming:
        pieces, due = level.coming
        return Row(site, Said("inventory.row_coming", {**facts, "pieces": pieces, "due": due.isoformat()}))
    return Row(site, Said("inventory.row", facts))


def my_assets(turn: Turn) -> None:
    """What this person carries, with its warranty."""
    assets = inventory.assets_of(turn.session, turn.employee)
    if not assets:
        turn.reply("inventory.no_assets")
        return
    rows = []
    for one in assets:
        until = one.warranty_until
        warranty = Said("inventory.warranty", {"until": until.isoformat()}) if until else Said("inventory.no_warranty")
        rows.append(Row(Said("units.verbatim", {"text": f"{one.tag} {one.name}"}), warranty))
    turn.reply("inventory.your_assets", card=CardSaid(Said("inventory.assets_title"), tuple(rows)))


ACTS = {"inventory_status": inventory_status, "my_assets": my_assets}
