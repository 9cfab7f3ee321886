"""What a platform's event becomes: a person, a turn, its answers. The same for all platforms."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Coroutine

from sqlalchemy.orm import Session

from backoffice import people
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.models import Pressable
from backoffice.settings import Settings
from backoffice.wording import say
from connectors import proving
from connectors.conversation import Conversation, conversation_id
from connectors.courier import Courier, Door, in_transaction
from connectors.language import language_of
from connectors.messages import Heard, Incoming, Reply

REMEMBERED, STRANGER_PAUSE_S = 1000, 60.0
log = logging.getLogger("kontor.reception")


class Reception:
    """Takes events in, one after the other, and answers each conversation in order, many at once."""

    def __init__(self, settings: Settings, database: Database, conversation: Conversation, courier: Courier) -> None:
        self._settings, self._database = settings, database
        self._conversation, self._courier = conversation, courier
        self._clock = Clock(settings.today)
        self._in_order = asyncio.Lock()
        self._last: dict[str, asyncio.Task[None]] = {}
        self._sent_away: OrderedDict[str, float] = OrderedDict()

    async def take_in(self, door: Door, heard: Heard) -> None:
        """Store the event and see to its answer. Once this returns, the event may be acknowledged."""
        async with self._in_order:
            if await self._is_about_the_account(door, heard):
                return
            employee = await in_transaction(self._database, lambda session: self._recognise(session, door, heard))
            if employee is None:
                self._send_away(door, heard)
                return
            incoming = Incoming(
                door=door.name,
                key=heard.key,
                conversation=conversation_id(heard.room, self._settings.session_key.get_secret_value()),
                address=heard.address,
                employee=employee,
                sent_at=self._clock.now(),
                text=heard.text,
                pressed=heard.pressed,
            )
            turn = await self._conversation.take_in_once(incoming)
            if turn:
                self.later(heard.room, self._answer(door, heard, turn))

    async def finish(self, within_s: float = 10.0) -> None:
        """Wait for the answers that are under way; what is left is answered after the next start."""
        if self._last:
            await asyncio.wait(self._last.values(), timeout=within_s)

    async def _is_about_the_account(self, door: Door, heard: Heard) -> bool:
        """Answered here: the deed is committed, and its words are said once for each event that this process sees."""
        mails, languages = self._settings.smtp_url is not None, self._settings.languages
        is_private = door.room(heard.handle) == heard.room
        if not is_private or not proving.could_be(heard.text or "", mails=mails):
            return False

        def hear(session: Session) -> Reply | None:
            return proving.hear(session, door.name, heard, clock=self._clock, mails=mails, languages=languages)

        reply = await in_transaction(self._database, hear)
        if reply and self._is_first(heard.key, pause_s=float("inf")):
            self.later(heard.room, door.post(heard.address, reply, heard.thread))
        return reply is not None

    def _recognise(self, session: Session, door: Door, heard: Heard) -> int | None:
        employee = people.recognise(session, door.name, heard.handle, clock=self._clock)
        return employee.id if employee else None

    def _send_away(self, door: Door, heard: Heard) -> None:
        """One sentence for a stranger, at most once a minute: how an account is connected, and nothing else."""
        if not self._is_first(heard.handle, pause_s=STRANGER_PAUSE_S):
            return
        languages = self._settings.languages
        language = language_of(heard.text or "", current=languages[0], languages=languages)
        said = Reply(
            0,
            say(
                "linking.stranger" if self._settings.smtp_url else "doors.stranger", language, {"handle": heard.handle}
            ),
            language=language,
        )
        self.later(heard.room, door.post(heard.address, said, heard.thread))

    def _is_first(self, name: str, *, pause_s: float) -> bool:
        """Whether nothing was said under this name for a while."""
        now = time.monotonic()
        if now - self._sent_away.get(name, -pause_s) < pause_s:
            return False
        self._sent_away[name] = now
        self._sent_away.move_to_end(name)
        if len(self._sent_away) > REMEMBERED:
            self._sent_away.popitem(last=False)
        return True

    async def _answer(self, door: Door, heard: Heard, turn: str) -> None:
        async with door.busy(heard.address):
            replies = await self._conversation.finish(turn)
        await self._courier.hand_over(door, heard.address, replies, heard.thread)
        if replies and heard.shown:
            used = await in_transaction(self._database, lambda session: self._was_used(session, door, heard))
            if used:
                await door.settle(heard, replies[0].language)

    def _was_used(self, session: Session, door: Door, heard: Heard) -> bool:
        """Whether the button was the presser's own and has had its effect, now or before."""
        row = session.get(Pressable, heard.pressed)
        return bool(row and row.used_by and row.employee_id == self._recognise(session, door, heard))

    def later(self, room: str, work: Coroutine[None, None, None]) -> None:
        """Do it after what came before it in the same room."""
        previous = self._last.get(room)

        async def in_turn() -> None:
            if previous:
                await asyncio.wait([previous])
            try:
                await work
            except Exception as error:  # an unanswered turn stays in the inbox, its replies in the outbox
                log.error("an answer failed and is left to the courier: %s", type(error).__name__)

        task = asyncio.create_task(in_turn())
        self._last[room] = task
        task.add_done_callback(lambda done: self._last.pop(room) if self._last.get(room) is done else None)
