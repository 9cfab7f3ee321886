"""Talk about the talk: greetings, help, what was not understood, and passing a question on to people."""

from __future__ import annotations

from dataclasses import dataclass

from actions.turn import Slots, Turn, answer
from backoffice import inbox, tickets
from backoffice.outbox import ButtonSaid, Said

QUEUES = {
    "pay_explain": "payroll",
    "pay_discrepancy": "payroll",
    "benefits_insurance": "hr",
    "certificate_request": "hr",
    "expense_submit": "payroll",
    "expense_status": "payroll",
    "order_status": "operations",
    "shift_swap": "operations",
    "time_account": "hr",
    "who_is_responsible": "hr",
}


def greet(turn: Turn) -> None:
    """Say who Kontor is and what to try."""
    turn.reply("session.greet", buttons=_starters(), name=turn.employee.first_name)


def goodbye(turn: Turn) -> None:
    """Part."""
    turn.reply("session.goodbye", name=turn.employee.first_name)


def thank(turn: Turn) -> None:
    """Accept thanks."""
    turn.reply("session.thank")


def bot_challenge(turn: Turn) -> None:
    """Never pretend to be human."""
    turn.reply("session.bot_challenge")


def help_(turn: Turn) -> None:
    """What one can ask, as buttons that work."""
    turn.reply("session.help", buttons=_starters())


def nothing_to_confirm(turn: Turn) -> None:
    """A yes or no to nothing."""
    turn.reply("session.yes_to_what", buttons=_starters())


def nothing_open(turn: Turn) -> None:
    """Cancel without anything open."""
    turn.reply("session.nothing_open")


def switch_language(turn: Turn) -> None:
    """The connector has switched already; say so in the new language."""
    turn.reply("session.switched")


def feedback(turn: Turn) -> None:
    """Thank for it."""
    turn.reply("session.feedback")


def out_of_scope(turn: Turn) -> None:
    """Say honestly that this is not ours."""
    turn.reply("session.out_of_scope", buttons=_starters())


def not_understood(turn: Turn) -> None:
    """Admit, and help on."""
    turn.reply("session.not_understood", buttons=_starters())


def _starters() -> list[ButtonSaid]:
    return [
        answer(Said("session.help_balance"), "leave_balance"),
        answer(Said("session.help_leave"), "leave_request"),
        answer(Said("session.help_ticket"), "ticket_create"),
    ]


ACTS = {
    "greet": greet,
    "goodbye": goodbye,
    "thank": thank,
    "affirm": nothing_to_confirm,
    "deny": nothing_to_confirm,
    "cancel": nothing_open,
    "help": help_,
    "bot_challenge": bot_challenge,
    "switch_language": switch_language,
    "feedback": feedback,
    "out_of_scope": out_of_scope,
    "nlu_fallback": not_understood,
}


@dataclass(frozen=True)
class OfferForm:
    """For what Kontor cannot do itself: one honest sentence and a ticket to the right queue with what was said."""

    name: str = "offer_form"
    slots: tuple[str, ...] = ("offer_queue", "offer_turn", "offer_step")
    own: frozenset[str] = frozenset()

    def expects(self, turn: Turn) -> bool:
        """Its answers are heard as what they are."""
        return False

    def begin(self, turn: Turn) -> Slots:
        """Choose the queue by what was meant."""
        queue = turn.slots.get("offer_queue") or QUEUES.get(turn.intent, "it")
        slots = {
            "offer_queue": queue,
            "offer_turn": turn.slots.get("offer_turn") or turn.context.turn,
            "offer_step": "sure",
        }
        turn.slots.update(slots)
        self.ask(turn)
        return slots

    def ask(self, turn: Turn) -> None:
        """The two buttons."""
        queue = f"session.queue_{turn.slots['offer_queue']}"
        yes = answer(Said("session.offer_yes", {"queue": queue}), "affirm", first=True)
        turn.reply("session.offer", buttons=[yes, answer(Said("session.offer_no"), "deny")], queue=queue)

    def hear(self, turn: Turn) -> Slots | None:
        """Yes files it, no leaves no trace, anything else asks again."""
        if turn.intent == "deny":
            self.discard(turn)
            return None
        if turn.intent != "affirm":
            self.ask(turn)
            return {"offer_step": "sure"}
        ticket = tickets.open_ticket(
            turn.session,
            turn.employee,
            summary=inbox.text_of(turn.session, turn.slots["offer_turn"]),
            now=turn.now,
            queue=turn.slots["offer_queue"],
            category="request",
            conversation=turn.context.conversation,
        )
        turn.reply("session.offer_filed", number=ticket.number, due=ticket.due_at.isoformat())
        return None

    def discard(self, turn: Turn) -> None:
        """Nothing is filed."""
        turn.reply("tickets.discarded")
