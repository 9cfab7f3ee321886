"""What waits for a decision, and why something is rejected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from actions.offer_form import SMALL_TALK
from actions.turn import SURE, Slots, Turn, answer
from backoffice import identifiers, inbox, leave, leave_cards, tickets, triage
from backoffice.errors import NotFound
from backoffice.models import LeaveRequest
from backoffice.outbox import CardSaid, LinkSaid, Said
from backoffice.wording import languages, say

SAYS_NOTHING_ELSE = {"inform", "nlu_fallback", "out_of_scope", "feedback"}
LONGEST_REASON = 500


def approval_inbox(turn: Turn) -> None:
    """One card per request, with its buttons: whatever is typed decides nothing, a press does."""
    requests = leave.to_decide(turn.session, turn.employee, at=turn.now)
    served = tickets.of_queues(turn.session, turn.employee, at=turn.now)
    if served:
        turn.reply("tickets.in_queues", link=LinkSaid(Said("tickets.desk"), "/desk"), count=len(served))
    if not requests:
        if not served:
            turn.reply("leave.nothing_to_decide")
        return
    turn.reply("leave.to_decide")
    for request in requests:
        turn.reply(
            f"leave.asks_you_{request.kind}",
            card=leave_cards.approval_card(turn.session, request),
            buttons=leave_cards.decision_buttons(request),
            name=request.employee.name,
        )


ACTS = {"approval_inbox": approval_inbox}


@dataclass(frozen=True)
class RejectForm:
    """Rejecting asks for a reason, which may be left out; the person who asked for leave reads it."""

    name: str = "reject_form"
    slots: tuple[str, ...] = ("reject_request", "reject_turn", "reject_step")
    opener: str = "leave_reject"
    own: frozenset[str] = frozenset({"go_back"})
    """Who goes back from the first question has thought better of it."""
    private: bool = False

    def questions(self, turn: Turn) -> tuple[str, ...]:
        """Only one."""
        return ("why",)

    def tells(self, turn: Turn) -> bool:
        """ "Das stimmt so nicht" is about the request, not about what was read back."""
        return turn.slots["reject_step"] == "why" and triage.says_wrong(turn.text)

    def expects(self, turn: Turn) -> bool:
        """A reason is told in one's own words; questions, greetings and "what else waits?" are none."""
        asks_for_the_list = turn.intent == "approval_inbox" and turn.confidence >= SURE
        asks = triage.begins_as_question(turn.text) or "?" in turn.text
        return bool(turn.text) and not asks and turn.intent not in SMALL_TALK and not asks_for_the_list

    def begin(self, turn: Turn) -> Slots | None:
        """Ask why, unless the request is decided already or another's."""
        turn.slots["reject_step"] = "why"
        return self._with_request(turn, lambda request: self._why(turn))

    def _why(self, turn: Turn) -> Slots:
        turn.slots.update(reject_turn=None, reject_step="why")
        self.ask(turn)
        return {slot: turn.slots[slot] for slot in self.slots}

    def restart(self, turn: Turn) -> Slots | None:
        """The question again, without the reason that was told."""
        return self.reopen(turn, "why")

    def reopen(self, turn: Turn, question: str) -> Slots:
        """Another reason takes the place of the one that was told."""
        return self._why(turn)

    def hear(self, turn: Turn) -> Slots | None:
        """A sentence is the reason, read back where it could mean something else; a typed "no" is asked about."""
        step, reads_like_a_reason = turn.slots["reject_step"], turn.intent in SAYS_NOTHING_ELSE
        if turn.intent == "go_back":
            self.discard(turn)
            return None
        if (turn.intent == "deny" and not turn.text and step == "why") or _leaves_out(turn.text):
            return self._reject(turn, "")
        if step == "sure" and turn.intent == "affirm":
            return self._reject(turn, inbox.text_of(turn.session, turn.slots["reject_turn"]))
        if turn.intent in ("affirm", "deny"):
            return self._why(turn)
        if reads_like_a_reason or turn.confidence < SURE:
            return self._reject(turn, turn.text)
        turn.slots.update(reject_turn=turn.said, reject_step="sure")
        self.ask(turn)
        return {slot: turn.slots[slot] for slot in self.slots}

    def ask(self, turn: Turn) -> None:
        """The open question; nothing is rejected yet."""
        keep = answer(Said("leave.do_not_reject"), "cancel", form=self.name)

        def put(request: LeaveRequest) -> None:
            facts: dict[str, Any] = {"number": request.number, "name": request.employee.name}
            if turn.slots["reject_step"] == "sure":
                reason = _told(turn, inbox.text_of(turn.session, turn.slots["reject_turn"]))
                buttons = [
                    answer(Said("leave.reject_so"), "affirm", first=True, form=self.name),
                    answer(Said("leave.other_reason"), "deny", form=self.name),
                    keep,
                ]
                turn.reply("leave.ask_reject", buttons=buttons, **facts, reason=reason)
            else:
                without = answer(Said("leave.no_reason"), "deny", form=self.name)
                turn.reply("leave.ask_reason", buttons=[without, keep], **facts)

        self._with_request(turn, put)

    def draft(self, turn: Turn) -> CardSaid | None:
        """The request, while it waits for this person."""
        try:
            request = leave.undecided(turn.session, turn.slots["reject_request"], by=turn.employee, at=turn.now)
        except (NotFound, leave.AlreadyDecided):
            return None
        return leave_cards.approval_card(turn.session, request)

    def discard(self, turn: Turn) -> None:
        """It goes on waiting: the card again, with its buttons."""

        def show(request: LeaveRequest) -> None:
            card, buttons = leave_cards.approval_card(turn.session, request), leave_cards.decision_buttons(request)
            turn.reply("leave.not_rejected", card=card, buttons=buttons, number=request.number)

        self._with_request(turn, show)

    def _reject(self, turn: Turn, reason: str) -> Slots | None:
        told = _told(turn, reason)

        def reject(request: LeaveRequest) -> None:
            leave.decide(turn.session, request.id, by=turn.employee, approved=False, now=turn.now, reason=told)
            key = "leave.you_rejected_because" if told else "leave.you_rejected"
            turn.reply(key, number=request.number, name=request.employee.name)

        self._with_request(turn, reject)
        return None

    def _with_request(self, turn: Turn, then: Callable[[LeaveRequest], Slots | None]) -> Slots | None:
        """What follows for the request, if it still waits for this person; else why not."""
        try:
            return then(leave.undecided(turn.session, turn.slots["reject_request"], by=turn.employee, at=turn.now))
        except NotFound:
            turn.reply("session.errors.NotFound")
        except leave.AlreadyDecided as error:
            turn.reply("leave.errors.AlreadyDecided", **error.facts)
        return None


def _told(turn: Turn, reason: str) -> str:
    """As the requester reads it."""
    return identifiers.hidden(" ".join(reason.split())[:LONGEST_REASON], language=turn.language)


def _leaves_out(text: str) -> bool:
    """Whether the button's words were typed."""
    return text.strip(" .!").lower() in {say("leave.no_reason", language).lower() for language in languages()}
