"""The action server: Rasa's webhook on loopback, one transaction per action, repeats answered from what was stored."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import anyio.to_thread
from sqlalchemy import bindparam, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from actions import articles
from actions.registry import Act, acts
from actions.turn import Part, Turn
from backoffice import context, unclear
from backoffice.clock import Clock
from backoffice.database import Database, alone
from backoffice.models import ActionRun
from backoffice.settings import Settings
from knowledge.library import Library, default_embedding

MAX_BODY_BYTES = 256 * 1024
MOST_ACTIONS = 100  # in a turn; each part of a message counts its own from there
STORED = select(ActionRun).where(
    *(column == bindparam(column.key) for column in (ActionRun.turn, ActionRun.action, ActionRun.nth))
)
LIKELY = 0.05  # of the likeliest: what is less is not offered beside it
UNCLEAR = {"action_unsure", "action_nlu_fallback"}
log = logging.getLogger("kontor.actions")


def build(settings: Settings, database: Database) -> Starlette:
    """The application; `settings.actions_token` is what Rasa must show."""
    library = Library(default_embedding())
    refresh = partial(articles.refresh, library, database, settings.zone)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        warming = asyncio.create_task(anyio.to_thread.run_sync(refresh))
        yield
        await warming

    known, clock = acts(), Clock(settings.today)
    expected = f"Bearer {settings.actions_token.get_secret_value()}".encode()
    learns = bool(settings.works_agreement_id)
    context_key = settings.context_key.get_secret_value()

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"actions": len(known)})

    async def webhook(request: Request) -> JSONResponse:
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), expected):
            return JSONResponse({"error": "unauthorised"}, 401)
        if "content-encoding" in request.headers:
            return JSONResponse({"error": "encoded bodies are refused"}, 415)
        if int(request.headers.get("content-length", MAX_BODY_BYTES + 1)) > MAX_BODY_BYTES:
            return JSONResponse({"error": "too large"}, 413)
        call = await request.json()
        try:
            act = known[call["next_action"]]
            signed = context.verify(_metadata(call).get("context", ""), context_key)
            working = partial(_perform, database, clock, library, refresh, act, signed, call, learns)
            events = await anyio.to_thread.run_sync(working)
        except Exception as error:
            reference = secrets.token_hex(4)
            # No text of the exception: it could hold what a person typed.
            log.error("action %s failed: %s (%s)", call.get("next_action"), type(error).__name__, reference)
            log.debug("details", exc_info=error)
            return JSONResponse({"error": "internal", "ref": reference}, 500)
        return JSONResponse({"events": events, "responses": []})

    routes = [Route("/health", health), Route("/webhook", webhook, methods=["POST"])]
    return Starlette(routes=routes, lifespan=lifespan)


def _metadata(call: dict[str, Any]) -> dict[str, Any]:
    return call["tracker"]["latest_message"].get("metadata") or {}


def _perform(
    database: Database,
    clock: Clock,
    library: Library,
    refresh: Callable[[], None],
    act: Act,
    signed: context.Context,
    call: dict[str, Any],
    learns: bool,
) -> list[dict[str, Any]]:
    name, tracker = call["next_action"], call["tracker"]
    heard, ranking = tracker["latest_message"]["intent"], tracker["latest_message"].get("intent_ranking") or []
    if heard.get("name") == "unsure" and (tracker.get("active_loop") or {}).get("name"):
        heard = ranking[0]  # an open form asks for itself: it takes what is likeliest
    intent, confidence = heard.get("name") or "nlu_fallback", float(heard.get("confidence") or 0)
    if intent in articles.READERS:
        refresh()
    metadata = _metadata(call)
    part = Part(**metadata["part"]) if metadata.get("part") else None
    nth = sum(1 for event in tracker["events"] if event["event"] == "action" and event["name"] == name)
    nth += part.nth * MOST_ACTIONS if part else 0
    with database.transaction() as session:
        alone(session, f"turn {signed.turn}")
        done = session.scalar(STORED, {"turn": signed.turn, "action": name, "nth": nth})
        if done:
            return done.events
        turn = Turn(session, signed, intent, confidence, dict(tracker["slots"]), clock.now(), library, part=part)
        turn.ranking = tuple(one["name"] for one in ranking if one["confidence"] >= LIKELY * ranking[0]["confidence"])
        turn.chances = tuple((one["name"], float(one["confidence"])) for one in ranking)
        turn.heard = tracker["latest_message"].get("text") or ""
        turn.undone = tuple(metadata.get("undone") or ())
        slots = act(turn) or {}
        if not turn.then:
            turn.tell_undone()
        if learns and name in UNCLEAR and not turn.is_foreign:
            names = [one["name"] for one in ranking]
            unclear.note(session, turn.heard, language=turn.language, ranking=names, today=turn.today)
        events: list[dict[str, Any]] = [
            {"event": "slot", "name": slot, "value": value} for slot, value in slots.items()
        ]
        if turn.then:
            events.append({"event": "followup", "name": turn.then})
        session.add(ActionRun(turn=signed.turn, action=name, nth=nth, events=events))
        return events
