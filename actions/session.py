"""Talk about the talk: greetings, help, what was not understood, and passing a question on to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from actions import articles
from actions.turn import Slots, Turn, answer
from backoffice import inbox, people, shifts, tickets, triage
from backoffice.models import TalkState
from backoffice.models.tickets import PREFIX
from backoffice.outbox import ButtonSaid, Said
from backoffice.wording import language_named, say

WEEKS = timedelta(weeks=4)
OFFERED = {
    "talk_to_human": None,
    "password_reset": "it",
    "account_unlock": "it",
    "access_request": "it",
    "software_request": "it",
    "hardware_request": "it",
    "outage_check": "it",
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
"""What Kontor understands and passes on: intent -> queue."""


def greet(turn: Turn) -> None:
    """Say who Kontor is and what to try."""
    turn.reply("session.greet", buttons=_starters(turn), name=turn.employee.first_name)


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
    turn.reply("session.help", buttons=_starters(turn))


def nothing_to_confirm(turn: Turn) -> Slots:
    """A yes or no to nothing; what the button of a closed offer holds is forgotten."""
    turn.reply("session.yes_to_what", buttons=_starters(turn))
    return dict.fromkeys(OfferForm.slots)


def nothing_open(turn: Turn) -> None:
    """Cancel without anything open."""
    turn.reply("session.nothing_open")


def switch_language(turn: Turn) -> None:
    """Go on in the language that was asked for, here and in whatever is said to this person from now on."""
    wanted = language_named(turn.text, current=turn.language)
    turn.session.get_one(TalkState, turn.context.conversation).language = wanted
    turn.employee.language = wanted
    turn.reply("session.switched")


def feedback(turn: Turn) -> None:
    """Thank for it."""
    turn.reply("session.feedback")


def out_of_scope(turn: Turn) -> None:
    """Say honestly that this is not ours, and whom it can go to."""
    turn.reply("session.out_of_scope", buttons=[*_starters(turn)[:3], _human(turn)])


def not_understood(turn: Turn) -> None:
    """What the articles say, if they say anything; else admit it, and help on."""
    if not articles.quote(turn):
        turn.reply("session.not_understood", buttons=[*_starters(turn)[:3], _human(turn)])


def _human(turn: Turn) -> ButtonSaid:
    return answer(Said("session.ask_human"), "talk_to_human", offer_queue=None, offer_turn=turn.context.turn)


def _starters(turn: Turn) -> list[ButtonSaid]:
    """At most six things that this person can do, the most wanted first."""
    employee = turn.employee
    leads = people.leads_anybody(turn.session, employee)
    offered = [
        ("leave_balance", not employee.agency),
        ("leave_request", not employee.agency),
        ("ticket_create", True),
        ("approval_inbox", leads),
        ("payslip", not employee.agency),
        ("shift_schedule", bool(shifts.of_days(turn.session, employee, first=turn.today, last=turn.today + WEEKS))),
        ("ticket_status", True),
        ("next_holiday", True),
    ]
    return [answer(Said(f"session.do_{intent}"), intent) for intent, fits in offered if fits][:6]


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
    slots: tuple[str, ...] = ("offer_queue", "offer_topic", "offer_turn", "offer_step")
    opener: str | None = None
    own: frozenset[str] = frozenset({"talk_to_human"})

    def expects(self, turn: Turn) -> bool:
        """Whom it may go to is told in one's own words; a yes or no is heard as what it is."""
        return turn.slots["offer_step"] == "who" and triage.queue_from(turn.text) is not None

    def begin(self, turn: Turn) -> Slots | None:
        """The queue is chosen by what was meant; who wants a human is asked which one, unless that was said."""
        turn.slots["offer_turn"] = turn.slots.get("offer_turn") or turn.context.turn
        queue = turn.slots.get("offer_queue") or OFFERED.get(turn.intent) or triage.queue_from(turn.text)
        topic = None if turn.intent == "talk_to_human" else turn.intent
        if topic is None and queue:
            return self._file(turn, queue)
        return self._next(turn, queue, topic)

    def _next(self, turn: Turn, queue: str | None, topic: str | None) -> Slots:
        turn.slots.update(offer_queue=queue, offer_topic=topic, offer_step="sure" if queue else "who")
        self.ask(turn)
        return {slot: turn.slots[slot] for slot in self.slots}

    def ask(self, turn: Turn) -> None:
        """Yes or no; or which people."""
        if turn.slots["offer_step"] == "who":
            queues = [
                answer(Said(f"session.to_{queue}"), "inform", form=self.name, offer_queue=queue) for queue in PREFIX
            ]
            turn.reply("session.which_human", buttons=queues)
            return
        draft = {slot: turn.slots[slot] for slot in self.slots[:3]}
        queue, topic = f"session.queue_{draft['offer_queue']}", f"session.topic_{draft['offer_topic']}"
        yes = answer(Said("session.offer_yes", {"queue": queue}), "affirm", first=True, form=self.name, **draft)
        buttons = [yes, answer(Said("session.offer_no"), "deny", form=self.name)]
        turn.reply("session.offer", buttons=buttons, queue=queue, topic=topic)

    def hear(self, turn: Turn) -> Slots | None:
        """Yes or a queue files it, no leaves no trace, anything else asks again; a button for people begins anew."""
        if turn.intent == "talk_to_human" and not turn.text:
            return self.begin(turn)
        if turn.intent == "deny":
            self.discard(turn)
            return None
        if turn.slots["offer_step"] == "who":
            turn.slots["offer_queue"] = turn.slots.get("offer_queue") or triage.queue_from(turn.text)
        elif turn.intent != "affirm":
            return self._next(turn, turn.slots["offer_queue"], turn.slots["offer_topic"])
        if queue := turn.slots["offer_queue"]:
            return self._file(turn, queue)
        return self._next(turn, None, None)

    def _file(self, turn: Turn, queue: str) -> Slots | None:
        ticket = tickets.open_ticket(
            turn.session,
            turn.employee,
            summary=inbox.text_of(turn.session, turn.slots["offer_turn"]) or say("session.wants_human", turn.language),
            now=turn.now,
            queue=queue,
            category="request",
            conversation=turn.context.conversation,
        )
        queue_name = f"session.queue_{queue}"
        turn.reply("session.offer_filed", number=ticket.number, queue=queue_name, due=ticket.due_at.isoformat())
        return None

    def discard(self, turn: Turn) -> None:
        """Nothing is filed."""
        turn.reply("tickets.discarded")
