"""What is typed in a language that Kontor does not speak: it is read back as it was understood; a press does it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from actions import followups, session
from actions.turn import SURE, Slots, Turn, answer
from backoffice import inbox, inventory
from backoffice.outbox import ButtonSaid, Said
from backoffice.wording import in_their_language

UNDERSTOOD = {
    *("leave_balance", "leave_request", "leave_status", "sick_report", "shift_schedule", "shift_swap"),
    *("time_account", "payday", "payslip", "ticket_create", "inventory_status", "talk_to_human"),
}
"""What a warehouse needs most (tests/nlu/test_other_languages.py)."""
HARMLESS = {"greet", "goodbye", "thank", "help"}
AT_ONCE = HARMLESS | {"confidential_report"}
"""What writes nothing, and may be answered without asking."""
FORGOTTEN = {"sick_report", "confidential_report", "report_accident", "payroll_change_bank", "tax_document"}
"""Intents whose words are not kept; in another language a doubt is enough."""
GLOSSED = {"pl", "tr", "ru"}
"""Languages of which some words reach us in German; of the others only what is fairly sure is read back."""
LEAST, LEAST_ALONE, DOUBT = 0.05, 0.3, 0.2
MOST_ITEMS = 5


def read_first(act: Callable[[Turn], Slots | None]) -> Callable[[Turn], Slots | None]:
    """The same act, but for a message in another language: that is read back."""

    @wraps(act)
    def asked(turn: Turn) -> Slots | None:
        if not turn.is_foreign or (turn.intent in AT_ONCE and turn.confidence >= SURE):
            return act(turn)
        read_back(turn)
        return followups.over(turn)

    return asked


def guess(chances: tuple[tuple[str, float], ...], language: str) -> str | None:
    """The likeliest of what is understood in other languages; None when none is likely."""
    least = LEAST if language in GLOSSED else LEAST_ALONE
    return next((intent for intent, chance in chances if intent in UNDERSTOOD and chance >= least), None)


def read_back(turn: Turn) -> None:
    """Say what was understood, with a button that does it; or, in the language itself, that it was not."""
    meant = guess(turn.chances, turn.context.foreign)
    is_private = turn.touches_health or any(intent in FORGOTTEN and chance >= DOUBT for intent, chance in turn.chances)
    if is_private or meant == "sick_report":
        inbox.blank(turn.session, turn.context.turn)
    if meant is None:
        sorry = in_their_language(turn.context.foreign)
        key = "foreign.not_understood" if sorry else "foreign.not_our_language"
        turn.reply(key, buttons=session.offers(turn), sorry=sorry or "")
        return
    other = answer(Said("foreign.something_else"), "help")
    turn.reply(
        "foreign.understood",
        buttons=[*_yes(turn, meant, with_words=not is_private), other],
        wish=f"foreign.wish_{meant}",
    )


def _yes(turn: Turn, meant: str, *, with_words: bool) -> list[ButtonSaid]:
    """Yes; what was typed goes along where people are to read it, unless it is forgotten. Each item named is a yes."""
    if meant == "inventory_status" and (found := inventory.find_items(turn.session, turn.heard)[:MOST_ITEMS]):
        named = [Said("units.verbatim", {"text": inventory.name_in(item, turn.language)}) for item in found]
        return [answer(label, meant, stock_item=item.sku) for label, item in zip(named, found)]
    slots: Slots = {}
    if not with_words:
        return [answer(Said("foreign.yes"), meant, first=True)]
    if meant == "ticket_create":
        turn.hide_numbers()
        slots = {"ticket_turn": turn.said, "ticket_step": "since"}
    elif meant in ("talk_to_human", "shift_swap", "time_account"):
        slots = {"offer_turn": turn.said}
    return [answer(Said("foreign.yes"), meant, first=True, **slots)]
