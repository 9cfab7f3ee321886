"""The one road for what people say: stored, understood, done, answered; one message of a conversation at a time."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import anyio.to_thread
from sqlalchemy import update
from sqlalchemy.orm import Session

from backoffice import context, inbox, outbox, people
from backoffice.clock import Clock
from backoffice.database import Database, changed, lock
from backoffice.models import Employee, InboxEvent, TalkState
from backoffice.outbox import Said
from backoffice.settings import Settings
from connectors import deeds
from connectors.glossary import with_gloss
from connectors.language import foreign_in, language_of
from connectors.masking import MAX_CHARACTERS, mask, storable
from connectors.messages import Incoming, Reply, speak
from connectors.parts import Piece, is_private, pieces_of
from connectors.rasa import BotFellSilent, BotUnreachable, RasaClient

OFFERED = "offered"  # in a talk's state: the buttons of the last answer, whose words may be typed
ASKED_ONLY = {"api", "terminal"}  # nothing is delivered later: who lost an answer asks again, under the same key
GRACE = timedelta(seconds=10)  # longer than a door waits for Rasa: after that nobody is there to take the answer
log = logging.getLogger("kontor.conversation")
T = TypeVar("T")


def conversation_id(room: str, key: str) -> str:
    """The id of a conversation from the door's own key of it; not to be guessed without ours."""
    return hmac.new(key.encode(), room.encode(), hashlib.sha256).hexdigest()[:40]


def _reference(turn: str) -> str:
    """What the person is shown and the logs begin a turn with."""
    return turn[:4].upper()


@dataclass(frozen=True)
class _ForBot:
    """What Rasa is to hear in this turn."""

    turn: str
    text: str
    state: dict[str, Any]
    signed: context.Context
    choice: dict[str, Any] | None
    pieces: list[Piece]
    alone: bool


class _OlderFirst(Exception):
    """Turns of this conversation wait since before: a form would be filled in the wrong order."""

    def __init__(self, turns: list[tuple[str, datetime]]) -> None:
        self.turns = turns


class Conversation:
    """Takes a message in and gives back the replies, in the person's language."""

    def __init__(self, settings: Settings, database: Database, rasa: RasaClient, clock: Clock | None = None) -> None:
        self._settings, self._database, self._rasa = settings, database, rasa
        self._clock = clock or Clock(settings.today)
        self._key = settings.context_key.get_secret_value()
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # gone when nobody waits
        # Conversations that somebody should look at before a new turn, so that usually nobody asks the database: what
        # `catch_up` left open, whoever left it, and what was apologised for since. None: nobody has looked yet.
        self._behind: set[str] | None = None

    async def take_in(self, incoming: Incoming) -> str:
        """Store the event; its turn. After this it may be acknowledged: it will be answered, whatever dies."""
        return await self._write(lambda session: self._store(session, incoming)[0].turn)

    async def take_in_once(self, incoming: Incoming) -> str | None:
        """The same; None when the event was taken in before: whoever did that sees to the answer."""
        event, is_new = await self._write(lambda session: self._store(session, incoming))
        return event.turn if is_new else None

    async def reply_to(self, incoming: Incoming) -> list[Reply]:
        """Store and answer. When Rasa is away: a sentence that says so, and the answer later through the outbox."""
        queue = self._queue(incoming.conversation)
        if queue.locked():  # stored before it waits
            return await self.finish(await self.take_in(incoming))

        def store_and_begin(session: Session) -> tuple[str, _ForBot | None]:
            event, _ = self._store(session, incoming)
            return event.turn, self._begin(session, event)

        async with queue:
            try:
                # The disk may wait: before the answer goes out, the action's transaction or ours takes this along.
                turn, asked = await self._write(store_and_begin, lasting=False)
            except people.HasLeft:
                raise
            except _OlderFirst as waiting:
                return await self._after(waiting.turns, await self.take_in(incoming))
            except Exception as error:  # a fault of ours, unless storing alone fails too
                turn = await self.take_in(incoming)
                return await self._admit(turn, error)
            return await self._answered(turn, asked)

    async def finish(self, turn: str, *, in_order: bool = True) -> list[Reply]:
        """Answer what was taken in, and before it what was said before; a turn that is answered already gives its
        replies again."""
        conversation = await self._write(lambda session: inbox.of_turn(session, turn).conversation)
        async with self._queue(conversation):
            return await self._finish(turn, in_order=in_order)

    async def _finish(self, turn: str, *, in_order: bool) -> list[Reply]:
        try:
            asked = await self._write(lambda session: self._begin(session, inbox.of_turn(session, turn), in_order))
        except _OlderFirst as waiting:
            return await self._after(waiting.turns, turn)
        except Exception as error:  # a fault of ours
            return await self._admit(turn, error)
        return await self._answered(turn, asked)

    async def _after(self, older: list[tuple[str, datetime]], turn: str) -> list[Reply]:
        """First what was said before. When Rasa does not answer that, this turn is tried all the same: if she is away,
        both wait; if it is the older turn that she cannot bear, nobody is shut out by it."""
        for waiting, received_at in older:
            await self._finish(waiting, in_order=False)
            if await self._write(partial(self._is_open, turn=waiting)):
                break
            if received_at < self._clock.now() - GRACE:
                await self._write(partial(outbox.release, turn=waiting))
        return await self._finish(turn, in_order=False)

    def _queue(self, conversation: str) -> asyncio.Lock:
        """One message of a conversation at a time."""
        return self._queues.setdefault(conversation, asyncio.Lock())

    async def _answered(self, turn: str, asked: _ForBot | None) -> list[Reply]:
        """The replies; what fails is told to the person, and tried again by `catch_up`."""
        try:
            if asked is None:
                return await self._write(lambda session: self._replies(session, inbox.of_turn(session, turn)))
            state = await self._rasa.say(
                conversation=asked.signed.conversation,
                text=asked.text,
                state=asked.state,
                context=context.sign(asked.signed, self._key),
                choice=asked.choice,
                pieces=asked.pieces,
                alone=asked.alone,
            )
            # The disk may wait: a turn that did not end is sent again and gets what the action has stored.
            return await self._write(lambda session: self._end(session, turn, state), lasting=False)
        except BotUnreachable as error:
            log.warning("turn %s is not answered yet: %s", turn, error)
            return await self._write(lambda session: self._apologise(session, turn))
        except Exception as error:  # a fault of ours; its text could hold what was typed
            return await self._admit(turn, error)

    async def _admit(self, turn: str, error: Exception) -> list[Reply]:
        return await self._write(lambda session: self._failed(session, turn, error))

    async def catch_up(self) -> int:
        """Answer what was left over from a crash or while Rasa was away; how many were answered."""
        now = self._clock.now()
        left = await self._write(
            lambda session: [(e.turn, e.received_at) for e in inbox.unfinished(session) if inbox.is_due(e, now=now)]
        )
        turns = [turn for turn, _ in left]
        for turn, received_at in left:
            await self.finish(turn, in_order=False)  # they come oldest first
            if received_at < self._clock.now() - GRACE:
                await self._write(partial(outbox.release, turn=turn))
        still_open = await self._write(lambda session: [(e.turn, e.conversation) for e in inbox.unfinished(session)])
        self._behind = {conversation for _, conversation in still_open}
        return len(set(turns) - {turn for turn, _ in still_open})

    async def _write(self, work: Callable[[Session], T], *, lasting: bool = True) -> T:
        def in_transaction() -> T:
            with self._database.transaction(lasting=lasting) as session:
                return work(session)

        return await anyio.to_thread.run_sync(in_transaction)

    def _store(self, session: Session, incoming: Incoming) -> tuple[InboxEvent, bool]:
        """The event's row, and whether it is new. Raises HasLeft."""
        employee = people.at_work(session, incoming.employee, clock=self._clock)
        talk = session.get(TalkState, incoming.conversation)
        if talk and talk.employee_id != employee.id:  # the account has passed to somebody else
            talk.employee_id, talk.language, talk.state = employee.id, employee.language, {}
        if talk is None:
            session.add(
                TalkState(
                    id=incoming.conversation,
                    employee_id=employee.id,
                    door=incoming.door,
                    address=incoming.address,
                    language=employee.language,
                    state={},
                )
            )
        return inbox.receive(
            session,
            key=storable(incoming.key),
            conversation=incoming.conversation,
            employee=employee,
            text=storable(incoming.text[:MAX_CHARACTERS]) if incoming.text is not None else None,
            pressed=storable(incoming.pressed) if incoming.pressed is not None else None,
            now=self._clock.now(),
        )

    def _is_open(self, session: Session, turn: str) -> bool:
        return inbox.of_turn(session, turn).done_at is None

    def _begin(self, session: Session, event: InboxEvent, in_order: bool = True) -> _ForBot | None:
        """What Rasa is to hear, or None when the turn needs no Rasa (a deed, nothing typed, answered already).

        Raises _OlderFirst when Rasa is to hear something else before, unless that is no matter of `in_order`.
        """
        lock(session, event)  # another process may be at it, too
        if event.done_at:
            return None
        turn = event.turn
        talk, employee = session.get_one(TalkState, event.conversation), people.by_id(session, event.employee_id)
        choice = None
        state = dict(talk.state)
        below = state.pop(OFFERED, ())
        if not event.pressed and (named := deeds.typed(session, event, below, now=self._clock.now())):
            event.pressed, event.text = named, None
        if event.pressed:
            pressed = deeds.claim(session, event.pressed, by=employee, now=self._clock.now(), turn=turn)
            if isinstance(pressed, Said):
                self._answer(session, event, employee, pressed)
                return None
            if pressed.kind == "deed":
                today = self._clock.today_in(employee.site.zone)
                said = deeds.perform(session, employee, pressed.meaning, now=self._clock.now(), today=today)
                self._answer(session, event, employee, said)
                return None
            choice = pressed.meaning
            if said_in := choice.get("said_in"):
                inbox.hand_over(session, said_in, to=event)
        if not event.pressed and not (event.text or "").strip():
            self._answer(session, event, employee, Said("session.empty"))
            return None
        may_wait = in_order and (self._behind is None or talk.id in self._behind)
        if may_wait and (older := inbox.waiting_before(session, event)):
            raise _OlderFirst(older)
        text, languages = event.text or "", self._settings.languages
        foreign = None if event.pressed else foreign_in(text, languages=languages)
        if not event.pressed and not foreign:
            talk.language = language_of(text, current=talk.language, languages=languages)
        sent_on = self._clock.day_of(event.received_at, employee.site.zone).isoformat()
        signed = context.Context(
            employee.id,
            talk.door,
            talk.language,
            talk.id,
            turn,
            sent_on,
            sent_at=event.received_at.isoformat(),
            foreign=foreign or "",
        )
        pieces = [] if event.pressed or foreign else pieces_of(text)
        return _ForBot(
            turn, with_gloss(mask(text), foreign), state, signed, choice, pieces, bool(pieces) and is_private(text)
        )

    def _answer(self, session: Session, event: InboxEvent, employee: Employee, said: Said) -> None:
        now, talk = self._clock.now(), session.get_one(TalkState, event.conversation)
        outbox.post(session, employee, said, now=now, turn=event.turn, conversation=event.conversation)
        talk.state = {name: value for name, value in talk.state.items() if name != OFFERED}
        inbox.finish(event, now=now)

    def _end(self, session: Session, turn: str, state: dict[str, Any]) -> list[Reply]:
        event = inbox.of_turn(session, turn)
        talk = session.get_one(TalkState, event.conversation)
        replies = self._replies(session, event)
        if not replies:
            raise BotFellSilent(turn=turn)
        if event.done_at:  # another process was faster, and the talk may have gone on since
            return replies
        talk.state = {**state, OFFERED: deeds.offered(replies)}
        inbox.finish(event, now=self._clock.now())
        return replies

    def _replies(self, session: Session, event: InboxEvent) -> list[Reply]:
        talk, now = session.get_one(TalkState, event.conversation), self._clock.now()
        messages = outbox.of_turn(session, event.turn)
        if not event.apologised:  # the asking door delivers them; after an apology the courier does
            for message in messages:
                if talk.door in ASKED_ONLY:
                    message.delivered_at = now
                else:
                    message.claimed_until = now + outbox.LEASE
        return [speak(message, talk.language) for message in messages]

    def _failed(self, session: Session, turn: str, error: Exception) -> list[Reply]:
        """A fault of ours: apologise and try again a few times; then say that nothing will come of it."""
        event = inbox.of_turn(session, turn)
        lock(session, event)  # another process may be at it, too
        event.failures += 1
        log.error("turn %s failed %d times: %s", turn, event.failures, type(error).__name__)
        if event.failures > inbox.MOST_FAILURES:  # another process has said so
            return []
        if event.done_at or event.failures < inbox.MOST_FAILURES:
            return self._apologise(session, turn)
        employee = people.by_id(session, event.employee_id)
        self._answer(session, event, employee, Said("session.failed", {"reference": _reference(turn)}))
        language = session.get_one(TalkState, event.conversation).language
        message = outbox.of_turn(session, turn)[-1]
        return [speak(message, language)]

    def _apologise(self, session: Session, turn: str) -> list[Reply]:
        event = inbox.of_turn(session, turn)
        first = update(InboxEvent).where(InboxEvent.id == event.id, InboxEvent.apologised.is_(False))
        if not changed(session, first.values(apologised=True)):  # of many processes, one says so
            return []
        if self._behind is not None:
            self._behind.add(event.conversation)
        employee = people.by_id(session, event.employee_id)
        language = session.get_one(TalkState, event.conversation).language
        said = Said("session.unreachable", {"reference": _reference(turn)})
        message = outbox.post(session, employee, said, now=self._clock.now(), conversation=event.conversation)
        session.flush()  # the reply is named by its row
        message.claimed_until = self._clock.now() + outbox.LEASE
        return [speak(message, language)]
