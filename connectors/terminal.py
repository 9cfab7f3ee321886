"""The terminal door: talk as one of the demo's people, by hand or from a script."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from backoffice import demo, people
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.errors import Misconfigured, NotFound
from backoffice.settings import Settings
from connectors import processes
from connectors.conversation import Conversation
from connectors.messages import Incoming, Reply
from connectors.rasa import RasaClient

TRIES = 3  # a busy machine may not answer at once


def talk(settings: Settings, person: str, lines: Iterable[str], *, as_json: bool) -> None:
    """One turn per line; a line that is the label of a button of the last replies presses it.

    Raises Misconfigured when nothing is running, or where no demo is.
    """
    url = f"http://{settings.host}:{settings.port}"
    if not any(processes.is_ready(url) for _ in range(TRIES)):
        raise Misconfigured(f"nothing is running at {url}: start `make demo`, or name its folder with --data-dir")
    database = Database(settings.url)
    with database.transaction() as session:
        if not demo.is_demo(session):
            raise Misconfigured("`talk --as` works on the demo's company only: start `kontor demo`")
        try:
            employee = people.by_key(session, person).id
        except NotFound:
            raise Misconfigured(f"there is no employee {person}: give a key such as mara.lindt") from None
    asyncio.run(_talk(settings, database, employee, lines, as_json=as_json))


async def _talk(settings: Settings, database: Database, employee: int, lines: Iterable[str], *, as_json: bool) -> None:
    rasa = RasaClient(settings.bot_url, settings.bot_key.get_secret_value())
    conversation = Conversation(settings, database, rasa)
    room, buttons = secrets.token_hex(20), dict[str, str]()
    for line in lines:
        text = line.rstrip("\n")
        pressed = buttons.get(text.strip("[]"))
        incoming = Incoming(
            door="terminal",
            key=secrets.token_hex(8),
            conversation=room,
            address=room,
            employee=employee,
            sent_at=Clock(settings.today).now(),
            text=None if pressed else text,
            pressed=pressed,
        )
        turn = await conversation.take_in(incoming)
        replies = await conversation.finish(turn)
        buttons = {button.label: button.nonce for reply in replies for button in reply.buttons} or buttons
        print(json.dumps(_turn(text, turn, replies), ensure_ascii=False) if as_json else _plain(replies), flush=True)
    await rasa.close()


def _turn(text: str, turn: str, replies: list[Reply]) -> dict[str, Any]:
    labels = [button.label for reply in replies for button in reply.buttons]
    return {"text": text, "reference": turn, "replies": [asdict(reply) for reply in replies], "buttons": labels}


def _plain(replies: list[Reply]) -> str:
    lines = []
    for reply in replies:
        lines.append(reply.text.replace("**", ""))
        if reply.card:
            lines.append(f"  {reply.card.title}  {reply.card.tag}".rstrip())
            lines += [f"    {label}: {value}" for label, value, _ in reply.card.rows]
        if reply.buttons:
            lines.append("  " + " ".join(f"[{button.label}]" for button in reply.buttons))
    return "\n".join(lines)
