"""Opens the chat platforms that the settings name, beside whatever else this process does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backoffice.database import Database
from backoffice.errors import Misconfigured
from backoffice.settings import Settings
from connectors.conversation import Conversation
from connectors.courier import Courier
from connectors.reception import Reception
from connectors.slack.app import SlackDoor
from connectors.telegram.app import TelegramDoor

LONGEST_PAUSE_S = 60.0
KINDS: dict[str, type[SlackDoor] | type[TelegramDoor]] = {"slack": SlackDoor, "telegram": TelegramDoor}
TALKATIVE = ("httpx", "slack_bolt", "slack_sdk", "telegram")  # more would write words, and addresses with tokens
log = logging.getLogger("kontor.platforms")


@asynccontextmanager
async def open_platforms(settings: Settings, database: Database, conversation: Conversation) -> AsyncIterator[None]:
    """Doors and the courier, for as long as the block runs. A door that cannot open closes no other."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    courier = Courier(settings, database)
    reception = Reception(settings, database, conversation, courier)
    doors = [KINDS[name](settings, reception) for name in settings.doors]
    tasks = [asyncio.create_task(_open(door, courier)) for door in doors]
    if doors:
        tasks.append(asyncio.create_task(courier.run()))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for door in doors:
            await door.stop_hearing()
        await reception.finish()
        for door in doors:
            await door.close()


async def _open(door: SlackDoor | TelegramDoor, courier: Courier) -> None:
    """Until it is open; a refused token is for the operator, everything else may pass."""
    pause_s = 1.0
    while True:
        try:
            await door.open()
        except Misconfigured as error:
            log.error("%s stays closed: %s", door.name, error.fix)
            return
        except Exception as error:  # the platform is away
            log.warning("%s cannot be opened: %s; trying again in %.0f s", door.name, type(error).__name__, pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        else:
            courier.open(door)
            log.warning("%s is open", door.name)
            return
