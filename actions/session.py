"""Talk about the talk: greetings, help, what was not understood, and passing a question on to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from actions import articles
from actions import tickets as tickets_here
from actions.turn import Slots, Turn, answer
from backoffice import inbox, people, shifts, tickets, triage
from backoffice.models import TalkState
from backoffice.models.tickets import PREFIX
from backoffice.outbox import ButtonSaid, Said
from backoffice.wording import language_named, say

WEEKS = timedelta(weeks=4)
SMALL_TALK = {"greet", "goodbye", "thank", "switch_language", "bot_challenge", "help"}
FEW_WORDS = 8  # so short, the wish for a human says nothing of what it is about
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
    """A yes or no to nothing, unless staff has asked; what the button of a closed offer holds is forgotten."""
    if not tickets_here.answered(turn):
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
    """Thank for it, unless staff has asked."""
    if not tickets_here.answered(turn):
        turn.reply("session.feedback")


def out_of_scope(turn: Turn) -> None:
    """Say honestly that this is not ours, and whom it can go to; unless staff has asked."""
    if not tickets_here.answered(turn):
        turn.reply("session.out_of_scope", buttons=[*_starters(turn)[:3], _human(turn)])


def not_understood(turn: Turn) -> None:
    """The answer to what staff has asked, or what the articles say; else admit it, and help on."""
    if not tickets_here.answered(turn) and not articles.quote(turn):
        turn.reply("session.not_understood", buttons=[*_starters(turn)[:3], _human(turn)])


def _human(turn: Turn) -> ButtonSaid:
    return answer(Said("session.ask_human"), "talk_to_human", offer_queue=None, offer_turn=turn.said)


def offers(turn: Turn) -> list[ButtonSaid]:
    """What this person can do without a word, people among it."""
    return [*_starters(turn)[:5], _human(turn)]


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
    private: bool = False

    def expects(self, turn: Turn) -> bool:
        """Whom it may go to, and what it is about, is told in one's own words; a yes or no is heard as what it is."""
        step = turn.slots["offer_step"]
        about = step == "about" and turn.intent not in SMALL_TALK
        return about or (step == "who" and triage.queue_from(turn.text) is not None)

    def begin(self, turn: Turn) -> Slots | None:
        """The queue is chosen by what was meant; who wants a human is asked which one and why, unless that was said."""
        if turn.intent == "talk_to_human":
            if len(turn.text.split()) > FEW_WORDS:
                turn.slots["offer_turn"] = turn.slots.get("offer_turn") or turn.said
            return self._to_human(turn, turn.slots.get("offer_queue") or triage.queue_from(turn.text))
        turn.slots.update(offer_queue=OFFERED[turn.intent], offer_topic=turn.intent)
        turn.slots["offer_turn"] = turn.said if turn.text else turn.slots.get("offer_turn") or turn.said
        return self._wait(turn, "sure")

    def _to_human(self, turn: Turn, queue: str | None) -> Slots | None:
        turn.slots.update(offer_queue=queue, offer_topic=None)
        if queue and turn.slots.get("offer_turn"):
            return self._file(turn, queue)
        return self._wait(turn, "about" if queue else "who")

    def _wait(self, turn: Turn, step: str) -> Slots:
        turn.slots["offer_step"] = step
        self.ask(turn)
        return {slot: turn.slots.get(slot) for slot in self.slots}

    def ask(self, turn: Turn) -> None:
        """Yes or no; or which people; or what it is about."""
        draft: Slots = {slot: turn.slots.get(slot) for slot in self.slots[:3]}
        if turn.slots["offer_step"] == "who":
            queues = [
                answer(Said(f"session.to_{one}"), "talk_to_human", offer_queue=one, offer_turn=draft["offer_turn"])
                for one in PREFIX
            ]
            turn.reply("session.which_human", buttons=queues)
            return
        queue = f"session.queue_{draft['offer_queue']}"
        if turn.slots["offer_step"] == "about":
            alone = answer(Said("session.no_details"), "deny", form=self.name)
            turn.reply("session.about_what", buttons=[alone], queue=queue)
            return
        yes = answer(
            Said("session.offer_yes", {"queue": queue}),
            "talk_to_human",
            first=True,
            offer_queue=draft["offer_queue"],
            offer_turn=draft["offer_turn"],
        )
        buttons = [yes, answer(Said("session.offer_no"), "deny", form=self.name)]
        turn.reply("session.offer", buttons=buttons, queue=queue, topic=f"session.topic_{draft['offer_topic']}")

    def hear(self, turn: Turn) -> Slots | None:
        """Yes, a queue or a reason files it; no leaves no trace; anything else asks again."""
        step, queue = turn.slots["offer_step"], turn.slots.get("offer_queue")
        short = turn.intent == "talk_to_human" and len(turn.text.split()) <= FEW_WORDS
        if step == "about" and queue and turn.text and short:
            return self._wait(turn, "about")
        if step == "about" and queue:
            if turn.text and turn.intent != "deny":
                turn.slots["offer_turn"] = turn.said
            return self._file(turn, queue)
        if turn.intent == "deny":
            self.discard(turn)
            return None
        if turn.intent == "talk_to_human":
            return self._to_human(turn, triage.queue_from(turn.text) or (None if turn.text else queue))
        if step == "who":
            return self._to_human(turn, triage.queue_from(turn.text))
        return self._file(turn, queue) if queue and turn.intent == "affirm" else self._wait(turn, "sure")

    def _file(self, turn: Turn, queue: str) -> Slots | None:
        ticket = tickets.open_ticket(
            turn.session,
            turn.employee,
            summary=self._words(turn) or say("session.wants_human", turn.language),
            now=turn.now,
            queue=queue,
            category="request",
            conversation=turn.news_to,
        )
        queue_name = f"session.queue_{queue}"
        key = "session.offer_filed" if self._words(turn) else "session.offer_filed_without"
        turn.reply(key, number=ticket.number, queue=queue_name, due=ticket.due_at.isoformat())
        return None

    def _words(self, turn: Turn) -> str:
        about = turn.slots.get("offer_turn")
        return inbox.text_of(turn.session, about) if about else ""

    def discard(self, turn: Turn) -> None:
        """Nothing is filed."""
        turn.reply("tickets.discarded")
