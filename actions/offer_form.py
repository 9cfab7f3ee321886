"""Passing on to people what Kontor cannot do: whom to, and in which words."""

from __future__ import annotations

from dataclasses import dataclass

from actions.turn import PRIVATE, Slots, Turn, answer
from backoffice import inbox, sickness, tickets, triage
from backoffice.models.tickets import PREFIX
from backoffice.outbox import ButtonSaid, CardSaid, Said
from backoffice.wording import say

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
    "certificate_request": "hr",
    "expense_submit": "payroll",
    "expense_status": "payroll",
    "order_status": "operations",
    "shift_swap": "operations",
    "time_account": "hr",
    "who_is_responsible": "hr",
}
"""What Kontor understands and passes on: intent -> queue."""
AT_ONCE = {"inventory_status": "operations"}
"""What it answers first and then passes on, if more than an answer is wished: intent -> queue."""


def queues(held: Slots) -> list[ButtonSaid]:
    """Whom one can reach; what the offer holds so far goes along."""
    return [answer(Said(f"session.to_{one}"), "talk_to_human", **{**held, "offer_queue": one}) for one in PREFIX]


@dataclass(frozen=True)
class OfferForm:
    """For what Kontor cannot do itself: one honest sentence and a ticket to the right queue with what was said."""

    name: str = "offer_form"
    slots: tuple[str, ...] = ("offer_queue", "offer_topic", "offer_turn", "offer_step")
    opener: str | None = None
    own: frozenset[str] = frozenset({"talk_to_human"})
    private: bool = False

    def questions(self, turn: Turn) -> tuple[str, ...]:
        """Whether at all, for what Kontor cannot do; else whom it goes to, and what it is about."""
        return ("sure",) if turn.slots["offer_step"] == "sure" else ("who", "about")

    def tells(self, turn: Turn) -> bool:
        """What is asked is told in any words."""
        return False

    def expects(self, turn: Turn) -> bool:
        """Whom it may go to, and what it is about, is told in one's own words; a yes or no is heard as what it is."""
        step = turn.slots["offer_step"]
        about = step == "about" and turn.intent not in SMALL_TALK
        return about or (step == "who" and triage.queue_from(turn.text) is not None) or self._says_which(turn)

    def _says_which(self, turn: Turn) -> bool:
        """ "Ich meine das von SAP", where a matter of IT is offered to be passed on, is no other trouble."""
        here = turn.slots["offer_step"] == "sure" and turn.slots.get("offer_queue") == "it"
        trouble = turn.intent in ("ticket_create", "ticket_update") and triage.corrects(turn.text)
        return here and trouble and len(triage.told_besides(turn.text)) < triage.STORY

    def begin(self, turn: Turn) -> Slots | None:
        """The queue is chosen by what was meant; who wants a human is asked which one and why, unless that was said."""
        if turn.intent == "talk_to_human":
            if turn.touches_health or (len(turn.text.split()) > FEW_WORDS and not turn.slots.get("offer_turn")):
                turn.slots.update(turn.to_pass_on())
            return self._to_human(turn, turn.slots.get("offer_queue") or triage.queue_from(turn.text))
        known, held = OFFERED | AT_ONCE, None if turn.text else turn.slots.get("offer_turn")
        offered = {"offer_turn": held, "offer_topic": None} if held else turn.to_pass_on()
        if turn.intent not in known:  # whom it may go to is asked already
            if triage.says_rude(turn.text):
                offered["offer_turn"] = None
            turn.slots.update(offered, offer_queue=None, offer_step="who")
            return {slot: turn.slots[slot] for slot in self.slots}
        turn.slots.update(offered, offer_queue=known[turn.intent], offer_topic=offered["offer_topic"] or turn.intent)
        return self._wait(turn, "sure")

    def _to_human(self, turn: Turn, queue: str | None) -> Slots | None:
        private = turn.slots.get("offer_topic") == PRIVATE
        turn.slots.update(offer_queue=queue, offer_topic=PRIVATE if private else None)
        if queue and (turn.slots.get("offer_turn") or private):
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
            turn.reply("session.which_human", buttons=queues(draft))
            return
        queue = f"session.queue_{draft['offer_queue']}"
        if turn.slots["offer_step"] == "about":
            alone = answer(Said("session.no_details"), "deny", form=self.name)
            turn.reply("session.about_what", buttons=[alone], queue=queue)
            return
        private = draft["offer_topic"] == PRIVATE
        label = Said("session.offer_private_yes" if private else "session.offer_yes", {"queue": queue})
        held: Slots = {**draft, "offer_topic": PRIVATE if private else None}
        buttons = [
            answer(label, "talk_to_human", first=True, **held),
            answer(Said("session.offer_no"), "deny", form=self.name),
        ]
        if private:
            turn.reply("session.offer_private", buttons=buttons, queue=queue)
        else:
            turn.reply("session.offer", buttons=buttons, queue=queue, topic=f"session.topic_{draft['offer_topic']}")

    def restart(self, turn: Turn) -> Slots | None:
        """The first question again."""
        return self.reopen(turn, self.questions(turn)[0])

    def reopen(self, turn: Turn, question: str) -> Slots:
        """Whom it goes to, or whether at all."""
        if question == "who":
            turn.slots.update(offer_queue=None, offer_turn=None, offer_topic=None)
        return self._wait(turn, question)

    def hear(self, turn: Turn) -> Slots | None:
        """Yes, a queue or a reason files it; no leaves no trace; other words take the place of the first."""
        step, queue = turn.slots["offer_step"], turn.slots.get("offer_queue")
        short = turn.intent == "talk_to_human" and len(turn.text.split()) <= FEW_WORDS and not turn.touches_health
        if turn.touches_health:
            turn.slots.update(turn.to_pass_on())
        if step == "about" and queue and turn.text and short:
            return self._wait(turn, "about")
        if step == "about" and queue:
            if turn.text and turn.intent != "deny":
                turn.slots.update(turn.to_pass_on())
            return self._file(turn, queue)
        told = triage.told_besides(turn.text)
        if turn.intent == "deny" and not told:
            self.discard(turn)
            return None
        if turn.intent == "talk_to_human":
            return self._to_human(turn, triage.queue_from(turn.text) or (None if turn.text else queue))
        if step == "who":
            if len(turn.text.split()) > FEW_WORDS and not turn.touches_health:
                turn.slots["offer_turn"] = turn.slots.get("offer_turn") or turn.said
            return self._to_human(turn, triage.queue_from(turn.text))
        if queue and turn.intent == "affirm":
            return self._file(turn, queue)
        corrects = turn.intent in ("correct", "deny", "inform") and not turn.text.endswith("?")
        private = turn.slots.get("offer_topic") == PRIVATE
        if told and not private and (corrects or triage.corrects(turn.text)):
            before = [turn.slots["offer_turn"]] if turn.slots.get("offer_turn") and len(told) < triage.STORY else []
            turn.slots["offer_turn"] = ",".join([*before, turn.said])
            if words := self._words(turn):
                turn.reply("session.in_these_words", text=words[:200])
        return self._wait(turn, "sure")

    def _file(self, turn: Turn, queue: str) -> Slots | None:
        words = self._words(turn)
        private = turn.slots.get("offer_topic") == PRIVATE
        instead = say("session.asks_for_contact" if private else "session.wants_human", turn.language)
        ticket = tickets.open_ticket(
            turn.session,
            turn.employee,
            summary=words or instead,
            now=turn.now,
            queue=queue,
            category="request",
            conversation=turn.news_to,
        )
        queue_name = f"session.queue_{queue}"
        how = "_private" if private else "" if words else "_without"
        turn.reply(f"session.offer_filed{how}", number=ticket.number, queue=queue_name, due=ticket.due_at.isoformat())
        return None

    def _words(self, turn: Turn) -> str:
        """What is passed on; nothing of health, whenever it was said."""
        turns = [one for one in (turn.slots.get("offer_turn") or "").split(",") if one]
        if turn.slots.get("offer_topic") == PRIVATE:
            return ""
        if any(sickness.says_illness(inbox.text_of(turn.session, one)) for one in turns):
            for one in turns:
                inbox.blank(turn.session, one)
            turn.slots["offer_topic"] = PRIVATE
            return ""
        for one in turns:
            turn.hide_numbers(one)
        return "; ".join(triage.without_lead(text) for one in turns if (text := inbox.text_of(turn.session, one)))

    def draft(self, turn: Turn) -> CardSaid | None:
        """The question says it all."""
        return None

    def discard(self, turn: Turn) -> None:
        """Nothing is filed."""
        turn.reply("tickets.discarded")
