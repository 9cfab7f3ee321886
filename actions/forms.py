"""How every form listens: an answer fills it, a question in between is answered and it goes on, "cancel" ends it,
another request puts it aside.

Rasa opens and closes the form; `<form>_step` says what we wait for and is None at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Protocol

from actions import foreign
from actions.turn import Slots, Turn, answer
from backoffice import inbox
from backoffice.outbox import Said

IN_FORM = {"inform", "correct", "affirm", "deny", "go_back", "start_over", "nlu_fallback", "out_of_scope"}
MOST_CHARACTERS = 80  # of what was said, when it is quoted


class Form(Protocol):
    """One topic's form."""

    @property
    def name(self) -> str:
        """As in Rasa's domain."""

    @property
    def slots(self) -> tuple[str, ...]:
        """All of its slots; forgotten when it ends."""

    @property
    def opener(self) -> str | None:
        """The intent that takes a draft up again; None when it is not worth keeping."""

    @property
    def own(self) -> frozenset[str]:
        """Intents that are answers here, besides those of every form."""

    @property
    def private(self) -> bool:
        """Whether nothing that is typed while it is open may be kept."""

    def expects(self, turn: Turn) -> bool:
        """Whether the words answer the open question, whatever else was heard in them."""

    def begin(self, turn: Turn) -> Slots | None:
        """The first message: what it already says, and the first question. None when nothing is left to ask."""

    def hear(self, turn: Turn) -> Slots | None:
        """An answer: slots to set, or None when the form has ended."""

    def ask(self, turn: Turn) -> None:
        """Put the open question again."""

    def discard(self, turn: Turn) -> None:
        """Say that nothing was done."""


@dataclass(frozen=True)
class Listening:
    """The validation action of a form."""

    form: Form
    asides: Mapping[str, Callable[[Turn], Slots | None]]
    openers: Mapping[str, str]
    slots_of: Mapping[str, tuple[str, ...]]

    def __call__(self, turn: Turn) -> Slots:
        """Slots to set; `requested_slot: None` ends the form."""
        slots = self._heard(turn)
        if self.form.private and not turn.then:
            inbox.blank(turn.session, turn.context.turn)
        return slots

    def _heard(self, turn: Turn) -> Slots:
        step = turn.slots.get(self._step)
        if turn.is_foreign:
            return self._heard_foreign(turn, step)
        if not step:
            return self._begun_as_part(turn) if turn.part else self._after(self.form.begin(turn))
        if (other := self._pressed_for(turn)) not in (None, self.form.name):
            turn.reply("session.other_button")
            return {**dict.fromkeys(self.slots_of[str(other)]), **self._go_on(turn, step)}
        if turn.intent == "cancel":
            self.form.discard(turn)
            return self._after(None)
        if turn.intent == "start_over":
            return self._after(self.form.begin(turn))
        if turn.intent == self.form.opener and not turn.text:
            return self._go_on(turn, step)
        if turn.intent in IN_FORM or turn.intent in self.form.own or self.form.expects(turn):
            return self._after(self.form.hear(turn))
        if other := self.openers.get(turn.intent):
            return self._anew(turn) if other == self.form.name else self._put_aside(turn, other)
        self.asides[turn.intent](turn)
        return self._go_on(turn, step) if self.form.opener else self._after(None)  # an offer's buttons go on working

    def _heard_foreign(self, turn: Turn, step: str | None) -> Slots:
        """Words for a question that takes any are taken; nothing else in another language begins or ends anything."""
        turn.intent, turn.confidence = "nlu_fallback", 0.0
        if step and self.form.expects(turn):
            return self._after(self.form.hear(turn))
        foreign.read_back(turn)
        return self._go_on(turn, step) if step and self.form.opener else self._after(None)

    def _pressed_for(self, turn: Turn) -> str | None:
        """Whose question a pressed button answers; a yes to one card is none to another."""
        answers = not turn.text and turn.intent in IN_FORM | {"cancel"}
        return turn.slots.get("pressed_for") if answers else None

    def _go_on(self, turn: Turn, step: str) -> Slots:
        self.form.ask(turn)
        return {self._step: step, "requested_slot": self._step}

    def _anew(self, turn: Turn) -> Slots:
        """Something else of the same kind is wanted: this form goes on with it, without a word about the first."""
        turn.slots.update(dict.fromkeys(self.form.slots))
        return self._after(self.form.begin(turn))

    def _put_aside(self, turn: Turn, other: str) -> Slots:
        """Something else is wanted: the draft stays behind a button that holds all of it, and the other begins."""
        draft = {slot: turn.slots[slot] for slot in self.form.slots if turn.slots.get(slot)}
        if self.form.opener and set(draft) - {self._step}:
            self._keep(turn, self.form.opener, draft)
        turn.then = other
        return self._after(None)

    def _keep(self, turn: Turn, opener: str, draft: Slots) -> None:
        resume = answer(Said(f"session.resume_{self.form.name}"), opener, **draft)
        turn.reply("session.put_aside", buttons=[resume], draft=f"session.draft_{self.form.name}")

    def _begun_as_part(self, turn: Turn) -> Slots:
        """One of several wishes in a message: after other answers its question says what it is about.

        Where another form stays open, this one is the next draft; what ended at once has been said, and an offer's
        buttons go on working by themselves.
        """
        if not turn.part or not turn.part.aside:
            if self.form.opener:
                turn.reply(
                    "session.about_part", text=shorten(turn.text.rstrip(" .!…"), MOST_CHARACTERS, placeholder=" …")
                )
            return self._after(self.form.begin(turn))
        turn.held = []
        slots = self.form.begin(turn)
        held, turn.held = turn.held, None
        if slots is None or not self.form.opener:
            for post in held:
                post()
        else:
            self._keep(turn, self.form.opener, {slot: value for slot, value in slots.items() if value})
        return self._after(None)

    @property
    def _step(self) -> str:
        return self.form.slots[-1]

    def _after(self, slots: Slots | None) -> Slots:
        if slots is None:
            return {**dict.fromkeys(self.form.slots), "requested_slot": None}
        return {**slots, "requested_slot": self._step}
