"""One turn as an action sees it: who speaks, in which language, what was heard and what is already known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, wraps
from typing import Any

from sqlalchemy.orm import Session

from backoffice import inbox, outbox, people
from backoffice.context import Context
from backoffice.models import Employee
from backoffice.outbox import ButtonSaid, CardSaid, LinkSaid, Said
from knowledge.library import Library

Slots = dict[str, Any]
HEAR_NEWS = {"web", "slack", "telegram"}
SURE = 0.5  # heard so clearly that it is no answer to an open question


@dataclass
class Turn:
    """Read once from the signed context and the tracker; `reply` writes into the turn's transaction."""

    session: Session
    context: Context
    intent: str
    confidence: float
    slots: Slots
    now: datetime
    library: Library
    then: str | None = None
    """The form that goes on with this same message once the open one has ended."""
    before: dict[str, str] | None = None
    """What the answer before was about, where this message asks the same of something else ("und in Leipzig?")."""
    about: dict[str, str] = field(default_factory=dict)
    """What this answer is about, for such a question after it. Nothing of pay, illness or trust."""

    @cached_property
    def employee(self) -> Employee:
        """Who speaks."""
        return people.by_id(self.session, self.context.employee)

    @cached_property
    def text(self) -> str:
        """What was typed, from the inbox: Rasa only ever saw it masked."""
        return inbox.text_of(self.session, self.context.turn)

    @property
    def news_to(self) -> str | None:
        """The conversation that hears what becomes of a deed; None where a door cannot speak first."""
        return self.context.conversation if self.context.door in HEAR_NEWS else None

    @property
    def language(self) -> str:
        """The language of this message."""
        return self.context.language

    @property
    def today(self) -> date:
        """The speaker's calendar day when the message was sent."""
        return date.fromisoformat(self.context.sent_on)

    @property
    def sent_at(self) -> datetime:
        """The moment the message came in, in UTC."""
        return datetime.fromisoformat(self.context.sent_at) if self.context.sent_at else self.now

    def reply(
        self,
        key: str,
        *,
        card: CardSaid | None = None,
        buttons: Sequence[ButtonSaid] = (),
        link: LinkSaid | None = None,
        **facts: Any,
    ) -> None:
        """Say something to the speaker; it is delivered when the turn has been committed."""
        outbox.post(
            self.session,
            self.employee,
            Said(key, facts),
            now=self.now,
            card=card,
            buttons=buttons,
            link=link,
            turn=self.context.turn,
            conversation=self.context.conversation,
        )


def answer(label: Said, intent: str, *, first: bool = False, form: str | None = None, **slots: Any) -> ButtonSaid:
    """A button whose press is an answer to the bot; `form` names the form whose question it answers, and no other's."""
    if form:
        slots["pressed_for"] = form
    return ButtonSaid(label, "answer", {"intent": intent, "slots": slots}, first=first)


def own_staff(act: Callable[[Turn], None]) -> Callable[[Turn], None]:
    """Agency staff are paid, and get leave, elsewhere: name the contact there."""

    @wraps(act)
    def asked(turn: Turn) -> None:
        if turn.employee.agency:
            turn.reply("payroll.agency", agency=turn.employee.agency, contact=turn.employee.agency_contact)
        else:
            act(turn)

    return asked
