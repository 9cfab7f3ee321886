"""build_server(): the one place where real things meet."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.orm import Session

from backoffice import audit, retention
from backoffice.clock import Clock
from backoffice.database import Database, alone
from backoffice.settings import Settings
from connectors.conversation import Conversation
from connectors.courier import in_transaction
from connectors.masking import mask
from connectors.platforms import open_platforms
from connectors.rasa import BotFailed, RasaClient
from connectors.web.admin import Admin
from connectors.web.api import Api
from connectors.web.chat import Chat
from connectors.web.desk import Desk
from connectors.web.documents import Documents
from connectors.web.limits import LimitedBodies
from connectors.web.shared import Shared

HERE = Path(__file__).parent
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
TIDY_EVERY_S = 15 * 60
log = logging.getLogger("kontor.server")


def canaries() -> dict[str, dict[str, str]]:
    """One sentence per language that must be understood before anybody is let in."""
    contract = yaml.safe_load((HERE.parent / "nlu_data" / "intents.yml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, str]] = contract["canaries"]
    return found


def build_server(settings: Settings) -> FastAPI:
    """The web application with everything behind it."""
    database = Database(settings.url)
    rasa = RasaClient(settings.bot_url, settings.bot_key.get_secret_value())
    conversation = Conversation(settings, database, rasa)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        tasks = (_catch_up_forever(conversation), _tidy_forever(settings, database))
        following = [asyncio.create_task(task) for task in tasks]
        async with open_platforms(settings, database, conversation):
            yield
        for task in following:
            task.cancel()
        await rasa.close()

    app = FastAPI(title="Kontor", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.mount("/static", StaticFiles(directory=HERE / "web" / "static"), name="static")
    shared = Shared(settings, database)
    pages = (Chat(shared, conversation), Desk(shared), Admin(shared), Documents(shared), Api(shared, conversation))
    for page in pages:
        app.include_router(page.routes())

    app.add_middleware(LimitedBodies)

    @app.get("/health/ready", summary="200 when a sentence in every language is understood")
    async def ready() -> JSONResponse:
        missing = await _missing(rasa, settings.languages)
        return JSONResponse({"ready": not missing, "missing": missing}, 503 if missing else 200)

    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        from_page = request.method == "POST" and not request.url.path.startswith("/api/")
        origin = request.headers.get("origin")
        if from_page and (origin is None or urlsplit(origin).netloc != request.headers.get("host")):
            return JSONResponse({"error": "foreign origin"}, 403)
        response = await call_next(request)
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        return response

    return app


async def _missing(rasa: RasaClient, languages: tuple[str, ...]) -> list[str]:
    wanted = {language: canary for language, canary in canaries().items() if language in languages}
    try:
        heard = await rasa.parse([mask(canary["text"]) for canary in wanted.values()])
    except BotFailed:
        return ["the bot does not answer yet"]
    return [
        f"the bot does not understand the canary in {language}"
        for (language, canary), result in zip(wanted.items(), heard, strict=True)
        if result["intent"] != canary["intent"]
    ]


async def _tidy_forever(settings: Settings, database: Database) -> Any:
    """Forgets what is old and links the audit; a failure is logged and tried again."""
    clock = Clock(settings.today)

    def tidy(session: Session) -> None:
        alone(session, "tidying")
        retention.blank(session, now=clock.now(), days=settings.keep_days)
        audit.link(session)

    while True:
        try:
            await in_transaction(database, tidy)
        except Exception as error:  # nothing may stop it
            log.error("tidying failed: %s", type(error).__name__)
        await asyncio.sleep(TIDY_EVERY_S)


async def _catch_up_forever(conversation: Conversation) -> Any:
    """Answers what was left over; a failure is logged and tried again."""
    while True:
        await asyncio.sleep(2)
        try:
            await conversation.catch_up()
        except Exception as error:  # the courier's catch: nothing may stop it
            log.error("catching up failed: %s", type(error).__name__)
