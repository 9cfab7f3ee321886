"""Delivers what the outbox holds to people who live on a chat platform: at least once, in their language."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

import anyio.to_thread
from sqlalchemy.orm import Session

from backoffice import outbox, people
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.errors import KontorError
from backoffice.models import OutboxMessage, TalkState
from backoffice.settings import Settings
from connectors.conversation import conversation_id
from connectors.messages import Heard, Reply, speak

PAUSE_S = 1.0
log = logging.getLogger("kontor.courier")
T = TypeVar("T")


class Unreachable(KontorError):
    """Nothing will ever arrive at this address: the bot is blocked, the channel is gone."""


class Door(Protocol):
    """A platform, seen from inside."""

    name: str

    def room(self, handle: str) -> str | None:
        """The door's key of the private conversation with an account; None when it is none of this door's."""

    def first_address(self, handle: str) -> str | None:
        """Where to write to somebody who never wrote; None where a bot cannot write first."""

    async def post(self, address: str, reply: Reply, thread: str | None = None) -> None:
        """Say it. Raises Unreachable; any other failure may pass."""

    async def settle(self, heard: Heard, language: str) -> None:
        """Take the buttons off the message that was pressed, and say there what was chosen."""

    def busy(self, address: str) -> AbstractAsyncContextManager[None]:
        """Show that an answer is on its way."""


@dataclass(frozen=True)
class _Parcel:
    door: Door
    address: str
    reply: Reply


class Courier:
    """Knows the doors that are open."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._database, self._clock = database, Clock(settings.today)
        self._key = settings.session_key.get_secret_value()
        self._doors: dict[str, Door] = {}

    def open(self, door: Door) -> None:
        """From now on there is this way."""
        self._doors[door.name] = door

    async def run(self) -> None:
        """Look every second; a failure is logged and tried again."""
        while True:
            await asyncio.sleep(PAUSE_S)
            try:
                await self.deliver_waiting()
            except Exception as error:  # nothing may stop the courier
                log.error("delivering failed: %s", type(error).__name__)

    async def deliver_waiting(self) -> None:
        """One round: to each address in order, to all addresses at once."""
        if not self._doors:
            return
        rounds: defaultdict[tuple[str, str], list[_Parcel]] = defaultdict(list)
        for parcel in await in_transaction(self._database, self._collect):
            rounds[parcel.door.name, parcel.address].append(parcel)
        await asyncio.gather(
            *(
                self.hand_over(parcels[0].door, parcels[0].address, [p.reply for p in parcels])
                for parcels in rounds.values()
            )
        )

    async def hand_over(self, door: Door, address: str, replies: Sequence[Reply], thread: str | None = None) -> None:
        """Post in order and note what the platform has accepted; what fails is tried again later."""
        for reply in replies:
            try:
                await door.post(address, reply, thread)
            except Unreachable as error:
                log.warning("message %s will not arrive on %s: %s", reply.id, door.name, error)
                await self._note(partial(outbox.give_up, message_id=reply.id, reason=str(error)))
            except Exception as error:  # the platform or the way there
                log.warning("message %s waits, %s: %s", reply.id, door.name, type(error).__name__)
                await self._note(partial(outbox.try_later, message_id=reply.id, now=self._clock.now()))
                return
            else:
                await self._note(partial(outbox.delivered, message_ids=[reply.id], now=self._clock.now()))

    async def _note(self, what: Callable[[Session], None]) -> None:
        await in_transaction(self._database, what)

    def _collect(self, session: Session) -> list[_Parcel]:
        now, parcels = self._clock.now(), list[_Parcel]()
        for message in outbox.for_doors(session, list(self._doors), now=now):
            try:
                parcel = self._address(session, message)
            except Exception as error:  # a fault of ours with one message holds up no other
                log.error("message %s cannot be said: %s", message.id, type(error).__name__)
                outbox.try_later(session, message.id, now=now)
                continue
            if parcel and outbox.claim(session, message, now=now):
                parcels.append(parcel)
        return parcels

    def _address(self, session: Session, message: OutboxMessage) -> _Parcel | None:
        """Where it goes: its own conversation, else where the person spoke last, else where one can write first."""
        employee = people.by_id(session, message.employee_id)
        if message.conversation:
            talk = session.get(TalkState, message.conversation)
        else:
            talk = people.last_talk(session, employee, list(self._doors))
        if not people.works_here(employee, self._clock.today_in(employee.site.zone)):
            outbox.give_up(session, message.id, reason="the person has left")
            return None
        ours = [
            (self._doors[one.channel], one.handle)
            for one in people.accounts(session, employee)
            if one.channel in self._doors
        ]
        for door, handle in ours:
            room = door.room(handle)
            if talk and room and conversation_id(room, self._key) == talk.id:
                return _Parcel(door, talk.address, speak(message, talk.language))
        if message.conversation:
            outbox.give_up(session, message.id, reason="the account was unbound")
            return None
        for door, handle in ours:
            if address := door.first_address(handle):
                return _Parcel(door, address, speak(message, employee.language))
        return None


async def in_transaction(database: Database, work: Callable[[Session], T]) -> T:
    """Work with the database in one transaction, in a thread."""

    def worker() -> T:
        with database.transaction() as session:
            return work(session)

    return await anyio.to_thread.run_sync(worker)
