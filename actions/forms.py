"""How every form listens: an answer fills it, a question in between is answered and it goes on, "cancel" ends it,
"back" opens the question before, another request puts it aside, and what has lain for long is read back first.

Rasa opens and closes the form; `<form>_step` says what we wait for and is None at the end. `asked` says when.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from textwrap import shorten
from typing import Any

from actions import followups, foreign
from actions.form import Asked, Form
from actions.turn import Slots, Turn, answer
from backoffice import inbox, outbox, triage
from backoffice.outbox import Said

IN_FORM = {"inform", "correct", "affirm", "deny", "go_back", "start_over", "nlu_fallback", "out_of_scope"}
UNSURE = {"affirm", "deny", "nlu_fallback", "out_of_scope"}
"""What says nothing of its own: it counts only for a question that was just put."""
SLEEPS_AFTER = timedelta(hours=8)
DROPPED_AFTER = timedelta(days=14)  # as long as a button lives
MOST_MISSES = 2
MOST_CHARACTERS = 80  # of what was said, when it is quoted
QUEUES = {"ticket_form": "it", "leave_form": "hr", "sick_form": "hr"}


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
            if (followed := followups.follow(turn, self.asides)) is not None:
                return {**self._after(turn, None), **followed}
            return self._begun_as_part(turn) if turn.part else self._after(turn, self.form.begin(turn))
        if (other := self._pressed_for(turn)) not in (None, self.form.name):
            turn.reply("session.other_button")
            return {**dict.fromkeys(self.slots_of[str(other)]), **self._go_on(turn, step)}
        asked = Asked.of(turn)
        if turn.sent_at - asked.at >= DROPPED_AFTER:
            return self._dropped(turn, asked)
        told = bool(turn.text) and self.form.tells(turn)
        wrong = bool(turn.text) and not told and triage.says_wrong(turn.text)
        if turn.intent == "cancel" and not (told or wrong):
            self.form.discard(turn)
            return self._after(turn, None)
        if turn.intent == "start_over":
            turn.reply("session.from_the_start")
            return self._after(turn, self.form.restart(turn))
        if turn.intent == "go_back":
            return self._back(turn, step)
        if turn.intent == self.form.opener and not turn.text:
            return self._go_on(turn, step)
        if wrong:
            turn.reply("session.what_differs")
            return self._after(turn, {self._step: step}, asleep=True)  # no yes to what was read back before
        slept = turn.sent_at - asked.at >= SLEEPS_AFTER
        if turn.text and turn.intent in UNSURE and (slept or asked.asleep or asked.on != turn.context.sent_on):
            return self._late(turn, step, asked, slept=slept)
        if turn.text.rstrip().endswith("?"):
            if (followed := followups.follow(turn, self.asides)) is not None:
                return {**self._beside(turn, step, asked, slept=slept), **followed}
            if turn.intent == "affirm":  # "passt das?" asks for a yes and is none
                return self._go_on(turn, step)
        if told or turn.intent in IN_FORM or turn.intent in self.form.own or self.form.expects(turn):
            return self._answered(turn, asked)
        if other := self.openers.get(turn.intent):
            if other != self.form.name:
                return self._put_aside(turn, other)
            return self._answered(turn, asked) if triage.corrects(turn.text) else self._anew(turn)
        kept = followups.kept(self.asides[turn.intent](turn) or {})
        return {**self._beside(turn, step, asked, slept=slept), **kept}

    def _heard_foreign(self, turn: Turn, step: str | None) -> Slots:
        """Words for a question that takes any are taken; nothing else in another language begins or ends anything."""
        turn.intent, turn.confidence = "nlu_fallback", 0.0
        if not step:
            foreign.read_back(turn)
            return self._after(turn, None)
        asked = Asked.of(turn)
        if turn.sent_at - asked.at >= DROPPED_AFTER:
            return self._dropped(turn, asked)
        slept = turn.sent_at - asked.at >= SLEEPS_AFTER
        if slept or asked.asleep or asked.on != turn.context.sent_on:
            return self._late(turn, step, asked, slept=slept)
        if self.form.expects(turn):
            return self._answered(turn, asked)
        foreign.read_back(turn)
        return self._beside(turn, step, asked, slept=False)

    def _pressed_for(self, turn: Turn) -> str | None:
        """Whose question a pressed button answers; a yes to one card is none to another."""
        answers = not turn.text and turn.intent in IN_FORM | {"cancel"}
        return turn.slots.get("pressed_for") if answers else None

    def _answered(self, turn: Turn, asked: Asked) -> Slots:
        """What the form makes of it; after two answers in a row that say nothing to it, people are offered."""
        turn.undone = ()  # all of it is taken for the answer
        known = {slot: turn.slots.get(slot) for slot in self.form.slots}
        slots = self.form.hear(turn)
        if slots is None or not turn.text or {**known, **slots} != known or _refused(turn):
            return self._after(turn, slots)
        misses = asked.misses + 1
        if misses >= MOST_MISSES and (queue := QUEUES.get(self.form.name)):
            human = answer(Said("session.ask_human"), "talk_to_human", offer_queue=queue, offer_turn=None)
            turn.reply("session.stuck", buttons=[human])
            misses = 0
        return self._after(turn, slots, misses=misses)

    def _beside(self, turn: Turn, step: str, asked: Asked, *, slept: bool) -> Slots:
        """After a question in between the form goes on; an offer's buttons go on working without it."""
        turn.tell_undone()
        if slept or asked.asleep:
            return self._read_back(turn, step, asked)
        return self._go_on(turn, step) if self.form.opener else self._after(turn, None)

    def _late(self, turn: Turn, step: str, asked: Asked, *, slept: bool) -> Slots:
        """A word that fits any question, and ours is of another day or hours old: no yes to it, and no answer."""
        if turn.intent in ("nlu_fallback", "out_of_scope"):
            self.asides[turn.intent](turn)
            return self._read_back(turn, step, asked)
        if slept:
            return self._read_back(turn, step, asked)
        if asked.asleep and turn.intent == "deny":
            self.form.discard(turn)
            return self._after(turn, None)
        return self._go_on(turn, step)

    def _read_back(self, turn: Turn, step: str, asked: Asked) -> Slots:
        """What lies there since when, and whether to go on with it. An offer is short enough to be put again."""
        if self.form.opener is None:
            return self._go_on(turn, step)
        draft = {slot: turn.slots[slot] for slot in self.form.slots if turn.slots.get(slot)}
        buttons = [
            answer(Said("session.go_on"), self.form.opener, first=True, **draft),
            answer(Said("session.drop"), "cancel", form=self.form.name),
        ]
        words = f"session.lying_{self.form.name}"
        turn.reply("session.still_open", card=self.form.draft(turn), buttons=buttons, draft=words, on=asked.on)
        return self._after(turn, {self._step: step}, asleep=True)

    def _dropped(self, turn: Turn, asked: Asked) -> Slots:
        """Too old: said in a line, and the message is heard as if nothing were open."""
        turn.reply("session.dropped", draft=f"session.lying_{self.form.name}", on=asked.on)
        turn.slots.update(dict.fromkeys(self.form.slots))
        if other := self.openers.get(turn.intent):
            if other == self.form.name:
                return self._after(turn, self.form.begin(turn))
            turn.then = other
            return self._after(turn, None)
        told = self.asides.get(turn.intent, self.asides["nlu_fallback"])(turn) or {}
        return {**self._after(turn, None), **followups.kept(told)}

    def _back(self, turn: Turn, step: str) -> Slots:
        """The question before the open one is open again."""
        questions, here = self.form.questions(turn), re.split("[ :]", step)[0]
        at = questions.index(here) if here in questions else len(questions)
        if at == 0 and "go_back" in self.form.own:
            return self._after(turn, self.form.hear(turn))
        if at == 0:
            turn.reply("session.first_question")
            return self._go_on(turn, step)
        turn.reply("session.one_back")
        return self._after(turn, self.form.reopen(turn, questions[at - 1]))

    def _go_on(self, turn: Turn, step: str) -> Slots:
        self.form.ask(turn)
        return self._after(turn, {self._step: step})

    def _anew(self, turn: Turn) -> Slots:
        """Something else of the same kind is wanted: this form goes on with it, without a word about the first."""
        turn.slots.update(dict.fromkeys(self.form.slots))
        return self._after(turn, self.form.begin(turn))

    def _put_aside(self, turn: Turn, other: str) -> Slots:
        """Something else is wanted: the draft stays behind a button that holds all of it, and the other begins."""
        draft = {slot: turn.slots[slot] for slot in self.form.slots if turn.slots.get(slot)}
        if self.form.opener and set(draft) - {self._step}:
            self._keep(turn, self.form.opener, draft)
        turn.then = other
        return self._after(turn, None)

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
            return self._after(turn, self.form.begin(turn))
        turn.held = []
        slots = self.form.begin(turn)
        held, turn.held = turn.held, None
        if slots is None or not self.form.opener:
            for post in held:
                post()
        else:
            self._keep(turn, self.form.opener, {slot: value for slot, value in slots.items() if value})
        return self._after(turn, None)

    @property
    def _step(self) -> str:
        return self.form.slots[-1]

    def _after(self, turn: Turn, slots: Slots | None, *, misses: int = 0, asleep: bool = False) -> Slots:
        """What is kept: nothing when the form has ended, else its slots and when its question was put."""
        over = followups.over(turn)
        if slots is None:
            return {**dict.fromkeys(self.form.slots), **over, "asked": None, "requested_slot": None}
        asked: dict[str, Any] = {"at": turn.sent_at.isoformat(), "on": turn.context.sent_on}
        if misses:
            asked["misses"] = misses
        if asleep:
            asked["asleep"] = True
        return {**slots, **over, "asked": asked, "requested_slot": self._step}


def _refused(turn: Turn) -> bool:
    """It was understood, and a rule is against it."""
    return any(".errors." in one.said["text"]["key"] for one in outbox.of_turn(turn.session, turn.context.turn))
