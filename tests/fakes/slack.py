"""A workspace on loopback: the Web API and Socket Mode as far as Kontor uses them. It remembers every call."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes import specs

BOT_TOKEN, APP_TOKEN = "xoxb-fake", "xapp-1-fake"
BOT_USER, BOT, APP = "U0KONTOR", "B0KONTOR", "A0KONTOR"
MOST_CHARACTERS = 13_200


@dataclass(frozen=True)
class Call:
    """One call of the Web API."""

    method: str
    arguments: dict[str, Any]


@dataclass
class Message:
    """A message as it is shown now, and all its versions before."""

    ts: str
    text: str
    blocks: list[dict[str, Any]]
    thread: str | None = None
    before: list[list[dict[str, Any]]] = field(default_factory=list)

    def buttons(self) -> dict[str, dict[str, Any]]:
        """Label -> button, of this version or of the last one that had it: a slow client still shows that."""
        found: dict[str, dict[str, Any]] = {}
        for blocks in [*self.before, self.blocks]:
            for block in blocks:
                if block["type"] == "actions":
                    found.update({one["text"]["text"]: {**one, "block_id": "b"} for one in block["elements"]})
        return found


class FakeSlack:
    """Use it as `async with FakeSlack() as slack`; point `slack_api_url` at `slack.url`."""

    def __init__(self, team: str = "TDEMO") -> None:
        self.team = team
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self.messages: defaultdict[str, list[Message]] = defaultdict(list)
        self.faults: defaultdict[str, list[Any]] = defaultdict(list)
        self.envelopes: list[dict[str, Any]] = []
        self._count = itertools.count(1)
        self._sockets: list[web.WebSocketResponse] = []
        self._acknowledged: dict[str, asyncio.Event] = {}

    async def __aenter__(self) -> FakeSlack:
        app = web.Application()
        app.router.add_post("/api/{method}", self._api)
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}/api/"
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in self._sockets:
            await socket.close()
        await self._runner.cleanup()

    # what people do

    def says(self, user: str, text: str, **event: Any) -> dict[str, Any]:
        """The envelope's payload of a direct message; `event` changes or adds fields."""
        ts = self._moment()
        said = {
            "type": "message",
            "channel": direct(user),
            "channel_type": "im",
            "user": user,
            "text": text,
            "ts": ts,
            "event_ts": ts,
            "team": self.team,
            **event,
        }
        return {
            "token": "none",
            "team_id": self.team,
            "api_app_id": APP,
            "event": said,
            "type": "event_callback",
            "event_id": f"Ev{next(self._count):08}",
            "event_time": int(float(said["ts"])),
            "authorizations": [{"enterprise_id": None, "team_id": self.team, "user_id": BOT_USER, "is_bot": True}],
            "is_ext_shared_channel": False,
        }

    def presses(self, user: str, label: str, channel: str | None = None) -> dict[str, Any]:
        """The payload of a press on the newest button with this label in the person's direct messages."""
        channel = channel or direct(user)
        shown = next(one for one in reversed(self.messages[channel]) if label in one.buttons())
        button = shown.buttons()[label]
        action = {key: button[key] for key in ("action_id", "block_id", "text", "value", "type") if key in button}
        return {
            "type": "block_actions",
            "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": self.team},
            "api_app_id": APP,
            "token": "none",
            "container": {"type": "message", "message_ts": shown.ts, "channel_id": channel, "is_ephemeral": False},
            "trigger_id": f"{next(self._count)}.1.x",
            "team": {"id": self.team, "domain": "nordstern"},
            "channel": {"id": channel, "name": "directmessage"},
            "message": {"type": "message", "user": BOT_USER, "bot_id": BOT, "ts": shown.ts, "text": shown.text,
                        "blocks": _as_kept(shown.blocks)},
            "response_url": f"http://127.0.0.1:{self._port}/response",
            "actions": [{**action, "action_ts": self._moment()}],
        }  # fmt: skip

    async def send(self, payload: dict[str, Any], *, seconds: float = 5.0) -> bool:
        """Through the socket; whether it was acknowledged in time."""
        self.problems += specs.slack_event(payload)
        envelope = f"envelope-{next(self._count)}"
        kind = "interactive" if payload["type"] == "block_actions" else "events_api"
        self._acknowledged[envelope] = asyncio.Event()
        await self._sockets[-1].send_json(
            {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": False,
             "retry_attempt": 0, "retry_reason": ""}
        )  # fmt: skip
        try:
            await asyncio.wait_for(self._acknowledged[envelope].wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def disconnects(self, reason: str = "refresh_requested") -> None:
        """Slack renews the connection; returns once the client is back."""
        before = len(self._sockets)
        await self._sockets[-1].send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}})
        async with asyncio.timeout(10):
            while len(self._sockets) == before:
                await asyncio.sleep(0.01)

    def texts(self, user: str) -> list[str]:
        """What this person reads in her direct messages."""
        return [message.text for message in self.messages[direct(user)]]

    # what Slack does

    async def _api(self, request: web.Request) -> web.Response:
        method, token = request.match_info["method"], request.headers.get("Authorization", "")
        arguments = (
            await request.json() if request.content_type == "application/json" else _decoded(await request.post())
        )
        self.calls.append(Call(method, arguments))
        found = specs.slack_call(method, arguments) + _rules(method, arguments)
        self.problems += found
        wanted = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if token != f"Bearer {wanted}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        if self.faults[method]:
            fault = self.faults[method].pop(0)
            if isinstance(fault, str):
                return web.json_response({"ok": False, "error": fault})
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(fault)}
            )
        if found:
            return web.json_response({"ok": False, "error": "invalid_arguments"})
        answer = {"ok": True, **self._answer(method, arguments)}
        self.problems += specs.slack_answer(method, answer)
        return web.json_response(answer)

    def _answer(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if method == "auth.test":
            return {"url": "https://nordstern.slack.test/", "team": "Nordstern", "user": "kontor", "team_id": self.team,
                    "user_id": BOT_USER, "bot_id": BOT, "is_enterprise_install": False}  # fmt: skip
        if method == "apps.connections.open":
            return {"url": f"ws://127.0.0.1:{self._port}/link"}
        text, blocks = arguments["text"], arguments.get("blocks", [])
        if method == "chat.postMessage":
            asked = arguments["channel"]
            channel, ts = (direct(asked) if asked.startswith("U") else asked), self._moment()
            self.messages[channel].append(Message(ts, text, blocks, arguments.get("thread_ts")))
            shown = {"type": "message", "user": BOT_USER, "bot_id": BOT, "text": text, "ts": ts, "team": self.team}
            return {"channel": channel, "ts": ts, "message": shown}
        assert method == "chat.update", method
        message = next(one for one in self.messages[arguments["channel"]] if one.ts == arguments["ts"])
        message.before.append(message.blocks)
        message.text, message.blocks = text, blocks
        return {"channel": arguments["channel"], "ts": message.ts, "text": text}

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        debug = {"host": "fake", "started": "", "build_number": 1, "approximate_connection_time": 18060}
        await socket.send_json(
            {"type": "hello", "num_connections": 1, "debug_info": debug, "connection_info": {"app_id": APP}}
        )
        async for received in socket:
            if received.type is WSMsgType.TEXT:
                envelope = json.loads(received.data)
                self.envelopes.append(envelope)
                self._acknowledged[envelope["envelope_id"]].set()
        return socket

    def _moment(self) -> str:
        return f"17954{next(self._count):05}.000100"


def direct(user: str) -> str:
    """The direct conversation with a person."""
    return "D" + user[1:]


def _rules(method: str, arguments: dict[str, Any]) -> list[str]:
    """What no schema says (docs.slack.dev/reference/block-kit/blocks)."""
    blocks = arguments.get("blocks") or []
    names = [
        element["action_id"] for block in blocks for element in block.get("elements", []) if "action_id" in element
    ]
    found = [] if not blocks or arguments.get("text") else [f"{method}: nothing to read aloud"]
    found += [f"{method}: {len(blocks)} blocks"] if len(blocks) > 50 else []
    found += [f"{method}: action ids twice"] if len(set(names)) < len(names) else []
    size = sum(len(text) for text in re.findall(r'"text": "((?:[^"\\]|\\.)*)"', json.dumps(blocks, ensure_ascii=False)))
    return found + ([f"{method}: {size} characters in blocks"] if size > MOST_CHARACTERS else [])


def _as_kept(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Slack hands blocks back with an id each."""
    return [{**block, "block_id": f"b{number}"} for number, block in enumerate(blocks)]


def _decoded(form: Any) -> dict[str, Any]:
    def value(text: str) -> Any:
        return json.loads(text) if text[:1] in "[{" else text

    return {name: value(text) for name, text in form.items()}
