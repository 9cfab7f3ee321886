"""What a form is, and how its open question stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from actions.turn import Slots, Turn
from backoffice.outbox import CardSaid


class Form(Protocol):
    """One topic's form."""

    @property
    def name(self) -> str:
        """As in Rasa's domain."""

    @property
    def slots(self) -> tuple[str, ...]:
        """All of its slots; forgotten when it ends. The last one is its step: the question, and what else it needs
        behind a blank or a colon."""

    @property
    def opener(self) -> str | None:
        """The intent that takes a draft up again; None when it is not worth keeping."""

    @property
    def own(self) -> frozenset[str]:
        """Intents that are answers here, besides those of every form."""

    @property
    def private(self) -> bool:
        """Whether nothing that is typed while it is open may be kept."""

    def questions(self, turn: Turn) -> tuple[str, ...]:
        """Its questions in their order, as steps; any other step comes after all of them."""

    def tells(self, turn: Turn) -> bool:
        """Whether the words say something that it asks and nothing else, at whatever question, whatever was heard."""

    def expects(self, turn: Turn) -> bool:
        """Whether the words answer the open question, whatever else was heard in them."""

    def begin(self, turn: Turn) -> Slots | None:
        """The first message: what it already says, and the first question. None when nothing is left to ask."""

    def restart(self, turn: Turn) -> Slots | None:
        """From the start: all is forgotten, the first question is put."""

    def hear(self, turn: Turn) -> Slots | None:
        """An answer: slots to set, or None when the form has ended."""

    def reopen(self, turn: Turn, question: str) -> Slots:
        """Forget what a question was answered with and put it again."""

    def ask(self, turn: Turn) -> None:
        """Put the open question again."""

    def draft(self, turn: Turn) -> CardSaid | None:
        """What is known so far; None when there is nothing to show."""

    def discard(self, turn: Turn) -> None:
        """Say that nothing was done."""


@dataclass(frozen=True)
class Asked:
    """The open question: when it was put (`on` the speaker's day), how often nothing came of an answer in a row, and
    whether it waits behind another one ("go on?", "what is not right?") until somebody takes it up."""

    at: datetime
    on: str
    misses: int = 0
    asleep: bool = False

    @classmethod
    def of(cls, turn: Turn) -> Asked:
        """As the last turn left it; a question of before that was kept counts as put just now."""
        kept: dict[str, Any] = turn.slots.get("asked") or {}
        at = datetime.fromisoformat(kept["at"]) if "at" in kept else turn.sent_at
        return cls(at, kept.get("on", turn.context.sent_on), kept.get("misses", 0), kept.get("asleep", False))
