"""build_server(): the one place where real things meet."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.orm import Session
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backoffice import audit, linking, mails, retention, sessions, tries, unclear
from backoffice.database import Database, alone
from backoffice.settings import Settings
from backoffice.wording import say
from connectors.conversation import Conversation
from connectors.mail import Postman
from connectors.masking import mask
from connectors.platforms import open_platforms
from connectors.rasa import BotFailed, RasaClient
from connectors.web.account import Account
from connectors.web.admin import Admin
from connectors.web.api import Api
from connectors.web.chat import Chat
from connectors.web.desk import Desk
from connectors.web.documents import Documents
from connectors.web.limits import LimitedBodies
from connectors.web.links import Links
from connectors.web.people import People
from connectors.web.shared import Shared
from connectors.web.sign_in import SignIn
from connectors.web.trouble import Trouble
from connectors.web.visits import Visits, own_form

HERE = Path(__file__).parent
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")
CATCH_UP_EVERY_S, TIDY_EVERY_S = 2.0, 60.0
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
    postman = Postman(settings, database) if settings.smtp_url else None

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        duties = [
            asyncio.create_task(_again_and_again(CATCH_UP_EVERY_S, "catching up", conversation.catch_up)),
            asyncio.create_task(_again_and_again(TIDY_EVERY_S, "tidying", lambda: shared.read(tidy))),
        ]
        if postman:
            mailing = _again_and_again(CATCH_UP_EVERY_S, "sending mails", postman.deliver_waiting)
            duties.append(asyncio.create_task(mailing))
        async with open_platforms(settings, database, conversation):
            yield
        for duty in duties:
            duty.cancel()
        await rasa.close()

    shared = Shared(settings, database)

    def tidy(session: Session) -> None:
        alone(session, "tidying")
        retention.blank(session, now=shared.clock.now(), days=settings.keep_days)
        unclear.forget(session, now=shared.clock.now())
        sessions.forget(session, now=shared.clock.now())
        tries.forget(session, now=shared.clock.now())
        linking.forget(session, now=shared.clock.now())
        mails.forget(session, now=shared.clock.now())
        audit.link(session)

    app = FastAPI(title="Kontor", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.mount("/static", StaticFiles(directory=HERE / "web" / "static"), name="static")
    app.state.shared = shared
    pages = (Chat(shared, conversation), Desk(shared), Admin(shared), Links(shared), Documents(shared))
    for routes in (*_ways_in(shared), *(page.routes() for page in (*pages, Api(shared, conversation)))):
        app.include_router(routes, dependencies=[Depends(own_form)])
    Trouble(shared).install(app)

    app.add_middleware(LimitedBodies)

    @app.get("/health/ready", summary="200 when a sentence in every language is understood")
    async def ready() -> JSONResponse:
        missing = await _missing(rasa, settings.languages)
        return JSONResponse({"ready": not missing, "missing": missing}, 503 if missing else 200)

    if not settings.demo:
        app.add_middleware(Visits, shared=shared)
    app.add_middleware(Guard, names=settings.names, languages=settings.languages)
    return app


def _ways_in(shared: Shared) -> list[APIRouter]:
    """The pages of signing in; the demo has its personas instead."""
    if shared.settings.demo:
        return []
    sign_in = SignIn(shared)
    return [sign_in.routes(), Account(shared, sign_in).routes(), People(shared).routes()]


class Guard:
    """In front of every page: it is asked for by a name of ours, forms come from our own pages only, and every answer
    carries the security headers."""

    def __init__(self, app: ASGIApp, names: frozenset[str], languages: tuple[str, ...]) -> None:
        self._app, self._names = app, names
        self._unknown = "\n".join(say("web.unknown_host", language) for language in languages) + "\n"
        self._headers = [(name.lower().encode(), value.encode()) for name, value in SECURITY.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = {name for name, _ in message["headers"]}
                message["headers"] += [header for header in self._headers if header[0] not in known]
                if scope.get("scheme") == "https":
                    message["headers"].append(HTTPS_ONLY)
            await send(message)

        if _host(scope) not in self._names:
            await PlainTextResponse(self._unknown, 400)(scope, receive, secured)
        elif self._is_foreign(scope):
            await JSONResponse({"error": "foreign origin"}, 403)(scope, receive, secured)
        else:
            await self._app(scope, receive, secured)

    def _is_foreign(self, scope: Scope) -> bool:
        if scope["method"] != "POST" or scope["path"].startswith("/api/"):
            return False
        headers = Headers(scope=scope)
        return urlsplit(headers.get("origin", "")).netloc != headers.get("host")


def _host(scope: Scope) -> str:
    """The name that the page was asked for by, without the port."""
    name, bracket, _ = Headers(scope=scope).get("host", "").lower().partition("]")
    return name + bracket if bracket else name.partition(":")[0]


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


async def _again_and_again(pause_s: float, what: str, duty: Callable[[], Awaitable[object]]) -> None:
    """Does it for ever; a failure is logged and tried again."""
    while True:
        try:
            await duty()
        except Exception as error:  # the courier's catch: nothing may stop it
            log.error("%s failed: %s", what, type(error).__name__)
        await asyncio.sleep(pause_s)
