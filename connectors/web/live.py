"""Wakes open pages when something new is in the outbox: one look at the database for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

LOOK_EVERY_S = 0.3
AT_LEAST_EVERY_S = 15.0


class Live:
    """`newest` asks the database for the number of the newest outbox row."""

    def __init__(self, newest: Callable[[], Awaitable[int]]) -> None:
        self._newest = newest
        self._changed = asyncio.Event()
        self._pages = 0
        self._looking: asyncio.Task[None] | None = None

    async def changes(self) -> AsyncIterator[None]:
        """At once, then whenever something new was said to anybody, and now and then so that a lost page is noticed."""
        self._pages += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            while True:
                changed = self._changed
                yield
                try:
                    await asyncio.wait_for(changed.wait(), AT_LEAST_EVERY_S)
                except TimeoutError:
                    continue
        finally:
            self._pages -= 1

    async def _look(self) -> None:
        seen = await self._newest()
        while self._pages:
            await asyncio.sleep(LOOK_EVERY_S)
            newest = await self._newest()
            if newest != seen:
                seen, changed, self._changed = newest, self._changed, asyncio.Event()
                changed.set()
