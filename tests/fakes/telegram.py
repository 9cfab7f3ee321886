"""A Bot API on loopback: long polling, messages that can be edited, callbacks. It remembers every call."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes import specs
from tests.fakes.html import NotHtml, read

TOKEN, BOT = "123456:TEST", 123456
WORDS = {"text", "caption", "parse_mode", "action", "callback_query_id"}
MOMENT = 1_795_400_000


@dataclass(frozen=True)
class Call:
    """One call of the Bot API, with its fields decoded."""

    method: str
    parameters: dict[str, Any]


@dataclass
class Message:
    """A message as it is shown now, and the keyboards it had."""

    id: int
    html: str
    text: str
    entities: list[dict[str, Any]]
    keyboard: list[list[dict[str, Any]]]
    before: list[list[list[dict[str, Any]]]] = field(default_factory=list)

    def buttons(self) -> dict[str, dict[str, Any]]:
        """Label -> button, also those that a slow client still shows."""
        return {
            button["text"]: button for keyboard in [*self.before, self.keyboard] for row in keyboard for button in row
        }


class FakeTelegram:
    """Use it as `async with FakeTelegram() as telegram`; point `telegram_api_url` at `telegram.url`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self.messages: defaultdict[int, list[Message]] = defaultdict(list)
        self.faults: defaultdict[str, list[Any]] = defaultdict(list)
        self.blocked: set[int] = set()
        self._updates: list[dict[str, Any]] = []
        self._confirmed = 0
        self._count = itertools.count(1)
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> FakeTelegram:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._api)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/bot"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    # what people do

    def says(self, person: int, text: str, **message: Any) -> dict[str, Any]:
        """An update with a private message; `message` changes or adds fields."""
        number = next(self._count)
        said = {"message_id": number, "from": sender(person), "chat": chat(person), "date": MOMENT, "text": text}
        return {"update_id": 1000 + number, "message": {**said, **message}}

    def presses(self, person: int, label: str, in_chat: int | None = None) -> dict[str, Any]:
        """An update with a press on the newest button with this label."""
        number, where = next(self._count), in_chat or person
        shown = next(one for one in reversed(self.messages[where]) if label in one.buttons())
        query = {
            "id": str(4_000_000_000 + number),
            "from": sender(person),
            "message": self._shown(where, shown),
            "chat_instance": "1",
            "data": shown.buttons()[label]["callback_data"],
        }
        return {"update_id": 1000 + number, "callback_query": query}

    async def send(self, update: dict[str, Any], *, seconds: float = 5.0) -> bool:
        """Through long polling; whether it was confirmed in time."""
        self.problems += specs.telegram_update(update)
        async with self._changed:
            self._updates.append(update)
            self._changed.notify_all()
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self._confirmed > update["update_id"])
        except TimeoutError:
            return False
        return True

    def forget_confirmed(self) -> None:
        """As if the confirmation had not arrived before a crash."""
        self._confirmed = 0

    def texts(self, person: int) -> list[str]:
        """What this person reads."""
        return [message.text for message in self.messages[person]]

    # what Telegram does

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        parameters = {name: _value(name, str(text)) for name, text in (await request.post()).items()}
        if request.match_info["token"] != TOKEN:
            return _refused(401, "Unauthorized")
        if method == "getUpdates":
            return await self._get_updates(parameters)
        self.calls.append(Call(method, parameters))
        found = specs.telegram_call(method, parameters)
        self.problems += found
        if found:
            return _refused(400, f"Bad Request: {found[0]}")
        if self.faults[method]:
            fault = self.faults[method].pop(0)
            if isinstance(fault, int):
                return _refused(429, f"Too Many Requests: retry after {fault}", retry_after=fault)
            return _refused(int(fault[:3]), fault[4:])
        return self._answer(method, parameters)

    async def _get_updates(self, parameters: dict[str, Any]) -> web.Response:
        self.problems += specs.telegram_call("getUpdates", parameters)
        if self.faults["getUpdates"]:
            fault = self.faults["getUpdates"].pop(0)
            return _refused(int(fault[:3]), fault[4:])
        offset = parameters.get("offset", 0)
        async with self._changed:
            self._confirmed = max(self._confirmed, offset)
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
            self._changed.notify_all()
            try:
                async with asyncio.timeout(parameters.get("timeout", 0)):
                    await self._changed.wait_for(lambda: self._updates)
            except TimeoutError:
                pass
            return web.json_response({"ok": True, "result": self._updates})

    def _answer(self, method: str, parameters: dict[str, Any]) -> web.Response:
        if method == "getMe":
            me = {"id": BOT, "is_bot": True, "first_name": "Kontor", "username": "kontor_bot"}
            return web.json_response({"ok": True, "result": me})
        if method in ("sendChatAction", "answerCallbackQuery"):
            return web.json_response({"ok": True, "result": True})
        where = parameters["chat_id"]
        if where in self.blocked:
            return _refused(403, "Forbidden: bot was blocked by the user")
        keyboard = parameters.get("reply_markup", {}).get("inline_keyboard", [])
        try:
            text, entities = _read(parameters)
        except NotHtml as error:
            return _refused(400, f"Bad Request: can't parse entities: {error}")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            return _refused(400, "Bad Request: message is too long")
        if any(len(button.get("callback_data", "").encode()) > 64 for row in keyboard for button in row):
            return _refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if method == "sendMessage":
            message = Message(next(self._count), parameters["text"], text, entities, keyboard)
            self.messages[where].append(message)
        else:
            message = next(one for one in self.messages[where] if one.id == parameters["message_id"])
            message.before.append(message.keyboard)
            message.keyboard = keyboard
            if method == "editMessageText":
                message.html, message.text, message.entities = parameters["text"], text, entities
        return web.json_response({"ok": True, "result": self._shown(where, message)})

    def _shown(self, where: int, message: Message) -> dict[str, Any]:
        shown = {
            "message_id": message.id,
            "from": {"id": BOT, "is_bot": True, "first_name": "Kontor", "username": "kontor_bot"},
            "chat": chat(where),
            "date": MOMENT,
            "text": message.text,
            "entities": message.entities,
        }
        return {**shown, "reply_markup": {"inline_keyboard": message.keyboard}} if message.keyboard else shown


def sender(person: int) -> dict[str, Any]:
    """As an update names a person."""
    return {"id": person, "is_bot": False, "first_name": f"Person {person}", "language_code": "de"}


def chat(person: int) -> dict[str, Any]:
    """The private chat with a person."""
    return {"id": person, "type": "private", "first_name": f"Person {person}"}


def _read(parameters: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    text = parameters.get("text", "")
    return read(text) if parameters.get("parse_mode") == "HTML" else (text, [])


def _value(name: str, text: str) -> Any:
    """PTB posts form fields, with JSON inside those that are not words."""
    try:
        return text if name in WORDS else json.loads(text)
    except ValueError:
        return text


def _refused(status: int, description: str, **parameters: Any) -> web.Response:
    body = {"ok": False, "error_code": status, "description": description}
    return web.json_response({**body, "parameters": parameters} if parameters else body, status=status)
