"""The web door: choose a person (demo only), talk, see what others see, work on the queue.

Every page works without JavaScript.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar

import anyio.to_thread
from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, StreamingResponse
from fastapi.templating import Jinja2Templates
from itsdangerous import BadData, URLSafeTimedSerializer
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from backoffice import articles, demo, outbox, people
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.errors import NotFound, RuleBroken
from backoffice.models import Employee, TalkState
from backoffice.settings import Settings
from backoffice.wording import say
from connectors import deeds
from connectors.conversation import Conversation
from connectors.messages import Incoming, Reply, word
from connectors.web import pages

HERE = Path(__file__).parent
COOKIE, SESSION_LIFE_S = "kontor", 12 * 3600
QUEUES = {"it", "hr", "payroll", "operations"}
T = TypeVar("T")


class Said(BaseModel):
    """What the page sends: a text or the name of a button; `key` makes a repeat harmless."""

    text: str | None = Field(None, max_length=20_000)
    press: str | None = Field(None, max_length=100)
    key: str = Field(max_length=100)


class Asked(BaseModel):
    """What another client sends."""

    text: str | None = Field(None, max_length=20_000, examples=["Wie viel Resturlaub habe ich noch?"])
    press: str | None = Field(None, max_length=100, description="`nonce` of a button of an earlier reply")
    key: str | None = Field(None, max_length=100, description="your message id; the same id is answered once")


class Web:
    """The routes and what they share."""

    def __init__(self, settings: Settings, database: Database, conversation: Conversation) -> None:
        self._settings, self._database, self._conversation = settings, database, conversation
        self._clock = Clock(settings.today)
        self._signer = URLSafeTimedSerializer(settings.session_key.get_secret_value(), salt="kontor.session")
        self._templates = Jinja2Templates(HERE / "templates")
        self._templates.env.globals["emphasise"] = emphasise

    def routes(self) -> APIRouter:
        """All of them."""
        router = APIRouter()
        get, post = router.get, router.post
        get("/", response_class=HTMLResponse, include_in_schema=False)(self.door)
        post("/persona", include_in_schema=False)(self.choose)
        post("/language", include_in_schema=False)(self.switch_language)
        get("/talk", response_class=HTMLResponse, include_in_schema=False)(self.talk)
        post("/talk", include_in_schema=False)(self.say_without_script)
        post("/talk/say", include_in_schema=False)(self.say)
        post("/talk/seen", include_in_schema=False)(self.seen)
        get("/talk/events", include_in_schema=False)(self.events)
        get("/talk/others", response_class=HTMLResponse, include_in_schema=False)(self.others)
        get("/desk", response_class=HTMLResponse, include_in_schema=False)(self.desk)
        post("/desk/{ticket_id}/{verb}", include_in_schema=False)(self.work)
        get("/articles", response_class=HTMLResponse, include_in_schema=False)(self.articles)
        get("/articles/{article_id}", response_class=HTMLResponse, include_in_schema=False)(self.article)
        post("/articles/{article_id}", include_in_schema=False)(self.save_article)
        post("/api/v1/messages", summary="Say something as the token's employee")(self.messages)
        return router

    # --- who is it -------------------------------------------------------------------------------------------------

    def _employee_id(self, request: Request) -> int | None:
        try:
            return int(self._signer.loads(request.cookies.get(COOKIE, ""), max_age=SESSION_LIFE_S))
        except (BadData, ValueError):
            return None

    def _signed_in(self, request: Request) -> int:
        employee_id = self._employee_id(request)
        if employee_id is None:
            raise HTTPException(303, headers={"Location": "/"})
        return employee_id

    def _conversation_of(self, employee_id: int, door: str = "web") -> str:
        key = self._settings.session_key.get_secret_value().encode()
        return hmac.new(key, f"{door}:{employee_id}".encode(), hashlib.sha256).hexdigest()[:40]

    async def _read(self, work: Callable[[Session], T]) -> T:
        def in_transaction() -> T:
            with self._database.transaction() as session:
                return work(session)

        return await anyio.to_thread.run_sync(in_transaction)

    def _language(self, session: Session, employee: Employee) -> str:
        talk = session.get(TalkState, self._conversation_of(employee.id))
        return talk.language if talk else employee.language

    def _page(self, request: Request, name: str, language: str, **facts: Any) -> HTMLResponse:
        today = self._clock.today_in("Europe/Berlin").isoformat()
        shared = {"t": lambda key, **f: say(f"web.{key}", language, {"today": today, **f}), "language": language}
        shared["say"] = lambda key, **f: say(key, language, f)
        return self._templates.TemplateResponse(request, name, {**shared, "demo": self._settings.demo, **facts})

    # --- the door of the demo --------------------------------------------------------------------------------------

    async def door(self, request: Request) -> Response:
        """Who can be chosen; outside the demo there is no such page."""
        if not self._settings.demo:
            raise HTTPException(404)
        language = request.query_params.get("lang", self._settings.languages[0])
        language = language if language in self._settings.languages else self._settings.languages[0]

        def personas(session: Session) -> list[dict[str, str]]:
            found = [people.by_key(session, key) for key in demo.PERSONAS]
            return [
                {"key": one.key, "name": one.name, "title": one.title, "site": one.site.name, "initials": initials(one)}
                for one in found
            ]

        other = next(one for one in self._settings.languages if one != language)
        return self._page(request, "door.html", language, personas=await self._read(personas), other=other)

    async def choose(self, request: Request, persona: Annotated[str, Form()]) -> Response:
        """Become one of the demo's people."""
        if not self._settings.demo or persona not in demo.PERSONAS:
            raise HTTPException(404)

        def employee(session: Session) -> tuple[int, bool]:
            if not demo.is_demo(session):
                raise HTTPException(404)
            one = people.by_key(session, persona)
            return one.id, "it" in one.roles

        employee_id, is_staff = await self._read(employee)
        answer = RedirectResponse("/desk" if is_staff else "/talk", 303)
        answer.set_cookie(COOKIE, str(self._signer.dumps(employee_id)), httponly=True, samesite="strict")
        return answer

    async def switch_language(self, request: Request, to: Annotated[str, Form()]) -> Response:
        """Another language for the page and for what Kontor says first."""
        employee_id = self._signed_in(request)
        if to not in self._settings.languages:
            raise HTTPException(404)

        def switch(session: Session) -> None:
            employee = people.by_id(session, employee_id)
            talk = session.get(TalkState, self._conversation_of(employee_id))
            if talk:
                talk.language = to
            employee.language = to

        await self._read(switch)
        return RedirectResponse("/talk", 303)

    # --- talking ---------------------------------------------------------------------------------------------------

    async def talk(self, request: Request) -> Response:
        """The conversation so far; what it shows counts as delivered."""
        employee_id = self._signed_in(request)
        conversation = self._conversation_of(employee_id)

        def look(session: Session) -> dict[str, Any]:
            employee = people.by_id(session, employee_id)
            language = self._language(session, employee)
            lines = pages.log(session, employee, conversation, language)
            shown = [line.reply.id for line in lines if line.reply]
            outbox.delivered(session, shown, now=self._clock.now())
            others = pages.told(session, employee, language) if self._settings.demo else []
            return {"language": language, "lines": lines, "others": others, "me": about(employee)}

        facts = await self._read(look)
        language = facts.pop("language")
        other = next(one for one in self._settings.languages if one != language)
        starters = [say(f"session.help_{name}", language) for name in ("balance", "leave", "ticket")]
        key = secrets.token_hex(8)
        return self._page(request, "chat.html", language, **facts, starters=starters, key=key, other=other)

    async def say_without_script(
        self,
        request: Request,
        key: Annotated[str, Form()],
        text: Annotated[str | None, Form()] = None,
        press: Annotated[str | None, Form()] = None,
    ) -> Response:
        """The same as `say`, for a plain form."""
        await self._reply(self._signed_in(request), text=text, press=press, key=key)
        return RedirectResponse("/talk#end", 303)

    async def say(self, request: Request, said: Said) -> Response:
        """One message or press; its replies, each also as the HTML that the page shows."""
        replies = await self._reply(self._signed_in(request), text=said.text, press=said.press, key=said.key)
        return JSONResponse({"replies": [self._shown(reply) for reply in replies]})

    async def _reply(
        self, employee_id: int, *, text: str | None, press: str | None, key: str, door: str = "web"
    ) -> list[Reply]:
        conversation = self._conversation_of(employee_id, door)
        return await self._conversation.reply_to(
            Incoming(
                door=door,
                key=f"{door}:{employee_id}:{key}",
                conversation=conversation,
                address=str(employee_id),
                employee=employee_id,
                sent_at=self._clock.now(),
                text=text,
                pressed=press,
            )
        )

    def _shown(self, reply: Reply) -> dict[str, Any]:
        html = self._templates.get_template("reply.html").render(reply=reply, key=secrets.token_hex(8))
        return {"id": reply.id, "html": html}

    async def seen(self, request: Request) -> Response:
        """The page has shown these; nobody needs to deliver them again."""
        employee_id, ids = self._signed_in(request), await request.json()
        if not isinstance(ids, list) or not all(isinstance(one, int) for one in ids):
            raise HTTPException(422)

        def mark(session: Session) -> None:
            mine = {
                m.id
                for m in outbox.waiting(
                    session, people.by_id(session, employee_id), now=self._clock.now() + 2 * outbox.LEASE
                )
            }
            outbox.delivered(session, [one for one in ids if one in mine], now=self._clock.now())

        await self._read(mark)
        return Response(status_code=204)

    async def events(self, request: Request) -> Response:
        """What is said to this person from elsewhere, as it happens."""
        employee_id = self._signed_in(request)

        def news(session: Session) -> list[dict[str, Any]]:
            employee = people.by_id(session, employee_id)
            language, now = self._language(session, employee), self._clock.now()
            fresh = outbox.waiting(session, employee, now=now)
            for message in fresh:
                message.claimed_until = now + outbox.LEASE
            return [self._shown(word(message, language)) for message in fresh]

        async def stream() -> AsyncIterator[str]:
            yield "retry: 2000\n\n"
            while not await request.is_disconnected():
                for shown in await self._read(news):
                    yield f"id: {shown['id']}\ndata: {json.dumps(shown)}\n\n"
                await asyncio.sleep(0.5)

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def others(self, request: Request) -> Response:
        """The panel that shows what others are told; only in the demo."""
        employee_id = self._signed_in(request)
        if not self._settings.demo:
            raise HTTPException(404)

        def look(session: Session) -> tuple[str, list[pages.Told]]:
            employee = people.by_id(session, employee_id)
            language = self._language(session, employee)
            return language, pages.told(session, employee, language)

        language, told = await self._read(look)
        return self._page(request, "others.html", language, others=told)

    # --- the queue -------------------------------------------------------------------------------------------------

    async def desk(self, request: Request) -> Response:
        """What is open in one's queues."""
        employee_id = self._signed_in(request)

        def look(session: Session) -> dict[str, Any]:
            employee = people.by_id(session, employee_id)
            if not QUEUES & set(employee.roles):
                raise HTTPException(403)
            return {
                "me": about(employee),
                "cases": pages.queue(session, employee),
                "language": self._language(session, employee),
            }

        facts = await self._read(look)
        language = facts.pop("language")
        other = next(one for one in self._settings.languages if one != language)
        return self._page(request, "desk.html", language, **facts, other=other)

    async def work(self, request: Request, ticket_id: int, verb: str, words: Annotated[str, Form()] = "") -> Response:
        """Take, ask, solve: the same deeds as the buttons."""
        employee_id = self._signed_in(request)
        if verb not in ("take", "ask", "solve"):
            raise HTTPException(404)
        if verb == "ask" and not words.strip():
            return RedirectResponse("/desk", 303)
        today = self._clock.today_in("Europe/Berlin")

        def do(session: Session) -> None:
            meaning = {"verb": f"tickets.{verb}", "ticket": ticket_id, "words": words.strip()[:2000]}
            deeds.perform(session, people.by_id(session, employee_id), meaning, now=self._clock.now(), today=today)

        await self._read(do)
        return RedirectResponse("/desk", 303)

    # --- the knowledge base ----------------------------------------------------------------------------------------

    async def articles(self, request: Request) -> Response:
        """All articles, for those who edit them."""
        return await self._edit(request, None)

    async def article(self, request: Request, article_id: int) -> Response:
        """One article to edit."""
        return await self._edit(request, article_id)

    async def _edit(self, request: Request, article_id: int | None) -> Response:
        employee_id = self._signed_in(request)

        def look(session: Session) -> dict[str, Any]:
            employee = people.by_id(session, employee_id)
            everything = articles.everything(session)
            chosen = next((one for one in everything if one.id == article_id), None)
            if articles.EDITOR not in employee.roles or (article_id is not None and chosen is None):
                raise HTTPException(404)
            language = self._language(session, employee)
            return {"me": about(employee), "articles": everything, "chosen": chosen, "language": language}

        facts = await self._read(look)
        language = facts.pop("language")
        other = next(one for one in self._settings.languages if one != language)
        return self._page(request, "articles.html", language, **facts, other=other)

    async def save_article(
        self, request: Request, article_id: int, title: Annotated[str, Form()] = "", body: Annotated[str, Form()] = ""
    ) -> Response:
        """A new revision; the next question is answered from it."""
        employee_id = self._signed_in(request)

        def save(session: Session) -> None:
            editor = people.by_id(session, employee_id)
            articles.save(session, article_id, by=editor, title=title, body=body, now=self._clock.now())

        try:
            await self._read(save)
        except RuleBroken as error:
            raise HTTPException(404 if isinstance(error, NotFound) else 422) from error
        return RedirectResponse(f"/articles/{article_id}", 303)

    # --- other clients ---------------------------------------------------------------------------------------------

    async def messages(self, asked: Asked, request: Request) -> dict[str, Any]:
        """Replies in the employee's language; the bearer token says who speaks (`kontor token issue --for E`)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        today = self._clock.today_in("Europe/Berlin")

        def owner(session: Session) -> int:
            employee = people.by_token(session, token, on=today) if scheme.lower() == "bearer" else None
            if employee is None:
                raise HTTPException(401, "a bearer token from `kontor token issue` is needed")
            return employee.id

        employee_id = await self._read(owner)
        if asked.text is None and asked.press is None:
            raise HTTPException(422, "either `text` or `press` is needed")
        key = asked.key or secrets.token_hex(8)
        replies = await self._reply(employee_id, text=asked.text, press=asked.press, key=key, door="api")
        return {"replies": [asdict(reply) for reply in replies]}


def about(employee: Employee) -> dict[str, Any]:
    """What the head of every page says of the person."""
    who = f"{employee.name} · {employee.title}, {employee.site.name}"
    staff = bool(QUEUES & set(employee.roles))
    editor = articles.EDITOR in employee.roles
    facts = {"name": employee.first_name, "who": who, "initials": initials(employee)}
    return {**facts, "staff": staff, "editor": editor}


def initials(employee: Employee) -> str:
    """For the round badge."""
    return employee.first_name[:1] + employee.last_name[:1]


def emphasise(text: str) -> list[tuple[bool, str]]:
    """`**bold**` as (is it bold, piece) pairs, so that a template can escape every piece."""
    return [(index % 2 == 1, piece) for index, piece in enumerate(text.split("**")) if piece]
