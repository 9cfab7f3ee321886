"""One turn as an action sees it: who speaks, in which language, what was heard and what is already known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, partial, wraps
from typing import Any

from sqlalchemy.orm import Session

from backoffice import inbox, outbox, people, sickness
from backoffice.context import Context
from backoffice.models import Employee
from backoffice.outbox import ButtonSaid, CardSaid, LinkSaid, Said
from backoffice.wording import knows
from knowledge.library import Library

Slots = dict[str, Any]
HEAR_NEWS = {"web", "slack", "telegram"}
PRIVATE = "private"  # in the place of an offer's topic: only that the person asks for contact
SURE = 0.5  # heard so clearly that it is no answer to an open question


@dataclass(frozen=True)
class Part:
    """One of several requests in a message: where it stands there, the how manieth it is, from 1.

    `aside`: another form stays open after it; this one is begun and put behind its button.
    """

    start: int
    end: int
    nth: int
    aside: bool


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
    ranking: tuple[str, ...] = ()
    """The intents that the words could mean, the likeliest first; of a pressed button its own alone."""
    before: dict[str, str] | None = None
    """What the answer before was about, where this message asks the same of something else ("und in Leipzig?")."""
    about: dict[str, str] = field(default_factory=dict)
    """What this answer is about, for such a question after it. Nothing of pay, illness or trust."""
    chances: tuple[tuple[str, float], ...] = ()
    """What else it may mean: (intent, confidence), the best first."""
    heard: str = ""
    """What Rasa was told: the text with its marks, and behind it in German what is known of another language."""
    part: Part | None = None
    """What of the message is meant; None for all of it."""
    undone: tuple[str, ...] = ()
    """The intents that the same message asks besides, and that nobody will hear: beside something sensitive, or while
    a form is open."""
    held: list[Callable[[], object]] | None = None
    """Replies that are not said yet: of a form that is put aside before it has asked anything."""

    @cached_property
    def employee(self) -> Employee:
        """Who speaks."""
        return people.by_id(self.session, self.context.employee)

    @property
    def said(self) -> str:
        """The name of what was typed, for a slot that keeps nobody's words; `inbox.text_of` gives the text."""
        turn = self.context.turn
        return inbox.part_of(turn, self.part.start, self.part.end) if self.part else turn

    @cached_property
    def text(self) -> str:
        """What was typed, from the inbox: Rasa only ever saw it masked."""
        return inbox.text_of(self.session, self.said)

    @property
    def text_before(self) -> str:
        """What stands in the message before the part that is meant; empty where all of it is."""
        return inbox.text_of(self.session, self.context.turn)[: self.part.start] if self.part else ""

    @property
    def is_foreign(self) -> bool:
        """Whether it was typed in a language that is none of ours; what is pressed is in none."""
        return bool(self.context.foreign and self.text)

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

    def hide_numbers(self, turn: str | None = None) -> None:
        """No ticket holds an IBAN, card or tax number: they go from what was typed (in this turn), and that is said."""
        if inbox.hide_numbers(self.session, turn or self.context.turn, language=self.language):
            self.__dict__.pop("text", None)  # read anew
            self.reply("tickets.numbers_hidden")

    @cached_property
    def touches_health(self) -> bool:
        """Whether the words name an illness or the like (GDPR Art. 9): they are passed on to nobody."""
        return sickness.says_illness(self.text)

    def forget_if_health(self) -> bool:
        """Whether they do; then they are forgotten as soon as the turn is answered."""
        if self.touches_health:
            inbox.blank(self.session, self.context.turn)
        return self.touches_health

    def to_pass_on(self) -> Slots:
        """The slots of an offer to pass this turn on: the turn, or that it is private and nothing of it is kept."""
        private = self.forget_if_health()
        return {"offer_turn": None if private else self.said, "offer_topic": PRIVATE if private else None}

    def tell_undone(self) -> None:
        """Say once that there was more, by its name alone; its words may be forgotten already."""
        if self.undone:
            named = {intent: f"session.do_{intent}" for intent in self.undone}
            buttons = [answer(Said(name), intent) for intent, name in named.items() if knows(name)]
            self.reply("session.one_at_a_time", buttons=buttons)
        self.undone = ()

    @property
    def sent_at(self) -> datetime:
        """The moment the message came in, in UTC."""
        return datetime.fromisoformat(self.context.sent_at) if self.context.sent_at else self.now

    def send_to_agency(self) -> None:
        """Agency staff ask their agency; said once, whatever else the message asks."""
        said = {one.said["text"]["key"] for one in outbox.of_turn(self.session, self.context.turn)}
        if "payroll.agency" not in said:
            self.reply("payroll.agency", agency=self.employee.agency, contact=self.employee.agency_contact)

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
        post = partial(
            outbox.post,
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
        if self.held is None:
            post()
        else:
            self.held.append(post)


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
            turn.send_to_agency()
        else:
            act(turn)

    return asked
