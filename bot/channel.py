"""The one door into Rasa: requests that a connector has signed, nothing else.

A request carries `X-Kontor-Signature: <unix seconds>.<nonce>.<hex>`, where hex is HMAC-SHA256 with `KONTOR_BOT_KEY`
over `<seconds>.<nonce>.` and the raw body. Too old, seen before or wrong: 401 and nothing else happens.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

import parts
from trackers import carried

SIGNATURE_HEADER = "X-Kontor-Signature"
MAX_AGE_S = 60
MAX_BODY_BYTES = 64 * 1024
UNSURE = "unsure"

Part = dict[str, Any]

log = logging.getLogger("kontor.bot")


class BadSignature(Exception):
    """The request did not come from one of our connectors, or came twice."""


class Signatures:
    """Checks signatures and remembers nonces for as long as they could be replayed."""

    def __init__(self, key: str, *, clock: Callable[[], float] = time.time) -> None:
        if len(key) < 32:
            raise ValueError("KONTOR_BOT_KEY needs at least 32 characters")
        self._key = key.encode()
        self._clock = clock
        self._seen: dict[str, float] = {}

    def check(self, header: str | None, body: bytes) -> None:
        """Raises BadSignature unless `header` signs `body`, freshly and for the first time."""
        parts = (header or "").split(".")
        if len(parts) != 3 or not parts[0].isascii() or not parts[0].isdigit():
            raise BadSignature("malformed")
        sent_at, nonce, digest = parts
        signed = f"{sent_at}.{nonce}.".encode() + body
        if not hmac.compare_digest(hmac.new(self._key, signed, hashlib.sha256).hexdigest().encode(), digest.encode()):
            raise BadSignature("wrong")
        now = self._clock()
        if abs(now - int(sent_at)) > MAX_AGE_S:
            raise BadSignature("old")
        while self._seen and now - next(iter(self._seen.values())) > 2 * MAX_AGE_S:  # the oldest come first
            del self._seen[next(iter(self._seen))]
        if nonce in self._seen:
            raise BadSignature("replayed")
        self._seen[nonce] = now


class KontorChannel(InputChannel):
    """Speaks JSON with the connectors: /say for a turn, /parse for canaries and measurements."""

    def __init__(self, key: str, forms: dict[str, str] | None = None) -> None:
        """`forms`: intent -> the form that it opens."""
        self._signatures = Signatures(key)
        self._forms = forms or {}

    @classmethod
    def name(cls) -> str:
        """The path prefix of this channel."""
        return "kontor"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes that Rasa mounts."""
        routes = Blueprint("kontor")

        def read(request: Request) -> dict[str, Any]:
            if len(request.body) > MAX_BODY_BYTES:
                raise BadSignature("too large")
            self._signatures.check(request.headers.get(SIGNATURE_HEADER), request.body)
            content: dict[str, Any] = json.loads(request.body)
            return content

        @routes.exception(BadSignature)
        async def refuse(request: Request, error: BadSignature) -> HTTPResponse:
            return json_response({"error": "unsigned"}, status=401)

        @routes.post("/say")
        async def say(request: Request) -> HTTPResponse:
            """{conversation, text, state, context, choice?, pieces?, alone?} -> {state}.

            500, or 503 when only the action server is away: nothing of this turn counts.
            """
            asked = read(request)
            state = dict(asked["state"])
            choice = asked.get("choice")
            if choice:
                state["slots"] = {**state.get("slots", {}), **choice.get("slots", {})}
            carried.set(state)
            try:
                if choice:
                    turns = [(asked["text"], _chosen(asked["text"], choice["intent"]), {})]
                else:
                    turns = await self._turns(asked, request.app.ctx.agent.parse_message)
                for text, understood, part in turns:
                    message = UserMessage(
                        text,
                        CollectingOutputChannel(),
                        asked["conversation"],
                        input_channel=self.name(),
                        metadata={"context": asked["context"], **part},
                        parse_data=understood,
                    )
                    await on_new_message(message)
            except Exception as error:
                log.error("turn failed: %s", type(error).__name__)  # its text could hold what was typed
                return json_response({"error": "turn failed"}, status=503 if is_away(error) else 500)
            return json_response({"state": state})

        @routes.post("/parse")
        async def parse(request: Request) -> HTTPResponse:
            """{texts} -> {results: [{intent, confidence, asks, ranking, entities}]}."""
            agent = request.app.ctx.agent
            results = [heard(await agent.parse_message(text)) for text in read(request)["texts"]]
            return json_response({"results": results})

        return routes

    async def _turns(self, asked: dict[str, Any], hears: parts.Hears) -> list[tuple[str, dict[str, Any] | None, Part]]:
        """(text, what was heard in it or None, which part of the message it is): mostly one, with all of it."""
        pieces = [parts.Piece(**piece) for piece in asked.get("pieces") or ()]
        if not pieces:
            return [(asked["text"], None, {})]
        whole = await hears(asked["text"])
        requests = await parts.requests_in(pieces, hears)
        if parts.is_listening(asked["state"]):
            rest = parts.beside(requests, whole)
            return [(asked["text"], whole, {"undone": rest} if rest else {})]
        only = parts.safest(requests, whole)
        if requests and not only and asked.get("alone"):
            only = parts.first_of(requests, whole)
        if only:
            rest = [one.intent for one in requests if one.intent != only["intent"]["name"]]
            return [(asked["text"], only, {"undone": rest})]
        if not requests:
            not_clear = whole["intent"]["name"] in parts.NOT_CLEAR
            alone = await parts.without_small_talk(pieces, hears) if not_clear else None
            return [(asked["text"], alone or whole, {})]
        return [
            (
                one.piece.text,
                one.heard,
                {"part": {"start": one.piece.start, "end": one.piece.end, "nth": nth, "aside": aside}},
            )
            for nth, (one, aside) in enumerate(parts.in_order(requests, self._forms), start=1)
        ]


def is_away(error: BaseException | None) -> bool:
    """Whether the action server could not be reached or is too slow; Rasa wraps what aiohttp says."""
    while error is not None:
        if isinstance(error, aiohttp.ClientConnectionError | asyncio.TimeoutError):
            return True
        error = error.__cause__ or error.__context__
    return False


def heard(parse_data: dict[str, Any]) -> dict[str, Any]:
    """What the pipeline understood, without its inner fields; `asks`: it is not sure which of the first two it is."""
    best, ranking = parse_data["intent"], parse_data.get("intent_ranking", [])
    asks = best["name"] == UNSURE
    if asks:
        best = ranking[0]
    return {
        "intent": best["name"],
        "confidence": round(float(best["confidence"]), 4),
        "asks": asks,
        "ranking": [[r["name"], round(float(r["confidence"]), 4)] for r in ranking[:3]],
        "entities": [
            {"entity": e["entity"], "value": e["value"], "start": e.get("start"), "end": e.get("end")}
            for e in parse_data["entities"]
        ],
    }


def _chosen(text: str, intent: str) -> dict[str, Any]:
    """A pressed button needs no understanding: the connector says what it means."""
    named = {"name": intent, "confidence": 1.0}
    return {"text": text, "intent": named, "intent_ranking": [named], "entities": []}
