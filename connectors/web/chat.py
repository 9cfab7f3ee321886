"""The talk page: choose a person (demo only), talk, see what others see. It works without JavaScript too."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel, Field, StrictInt
from sqlalchemy.orm import Session

from backoffice import demo, outbox, people, sessions
from backoffice.models import Employee, TalkState
from connectors.conversation import Conversation
from connectors.messages import Incoming, Reply, speak
from connectors.web import pages
from connectors.web.live import Live
from connectors.web.shared import COOKIE, Shared, about, initials, to_the_door


class Said(BaseModel):
    """What the page sends: a text or the name of a button; `key` makes a repeat harmless."""

    text: str | None = Field(None, max_length=20_000)
    press: str | None = Field(None, max_length=100)
    key: str = Field(max_length=100)


class Chat:
    """The routes of the talk page."""

    def __init__(self, shared: Shared, conversation: Conversation) -> None:
        self.shared, self._conversation = shared, conversation
        self._live = Live(lambda: shared.read(outbox.newest))

    def routes(self) -> APIRouter:
        """All of them."""
        router = APIRouter(include_in_schema=False)
        get, post = router.get, router.post
        get("/", response_class=HTMLResponse)(self.door)
        post("/persona")(self.choose)
        post("/language")(self.switch_language)
        get("/talk", response_class=HTMLResponse)(self.talk)
        post("/talk")(self.say_without_script)
        post("/talk/say")(self.say)
        post("/talk/seen")(self.seen)
        get("/talk/events")(self.events)
        get("/talk/others", response_class=HTMLResponse)(self.others)
        return router

    async def door(self, request: Request) -> Response:
        """Who can be chosen; outside the demo there is no such page."""
        if not self.shared.settings.demo:
            raise HTTPException(404)
        languages = self.shared.settings.languages
        chosen = next((one for one in languages if one == request.query_params.get("lang")), None)

        def personas(session: Session) -> list[dict[str, str]]:
            found = [people.by_key(session, key) for key in demo.PERSONAS]
            return [
                {"key": one.key, "name": one.name, "title": one.title, "site": one.site.name, "initials": initials(one)}
                for one in found
            ]

        found = await self.shared.read(personas)
        return self.shared.page(request, "door.html", chosen or languages[0], personas=found, chosen=chosen)

    async def choose(
        self, request: Request, persona: Annotated[str, Form()], lang: Annotated[str, Form()] = ""
    ) -> Response:
        """Become one of the demo's people; a language that was chosen at the door is kept."""
        if not self.shared.settings.demo or persona not in demo.PERSONAS:
            raise HTTPException(404)

        def employee(session: Session) -> tuple[int, bool]:
            if not demo.is_demo(session):
                raise HTTPException(404)
            one = people.by_key(session, persona)
            if lang in self.shared.settings.languages:
                self._speak(session, one, lang)
            return one.id, "it" in one.roles

        employee_id, is_staff = await self.shared.read(employee)
        answer = RedirectResponse("/desk" if is_staff else "/talk", 303)
        cookie, is_https = str(self.shared.signer.dumps(employee_id)), request.url.scheme == "https"
        answer.set_cookie(COOKIE, cookie, httponly=True, secure=is_https, samesite="strict")
        return answer

    async def switch_language(self, request: Request, to: Annotated[str, Form()]) -> Response:
        """Another language for the page and for what Kontor says first."""
        employee_id = self.shared.signed_in(request)
        if to not in self.shared.settings.languages:
            raise HTTPException(404)

        def switch(session: Session) -> None:
            self._speak(session, self.shared.employee(session, employee_id), to)

        await self.shared.read(switch)
        return RedirectResponse("/talk", 303)

    def _speak(self, session: Session, employee: Employee, language: str) -> None:
        talk = session.get(TalkState, self.shared.conversation_of(employee.id))
        if talk:
            talk.language = language
        employee.language = language

    async def talk(self, request: Request) -> Response:
        """The conversation so far; what it shows counts as delivered."""
        employee_id = self.shared.signed_in(request)
        conversation = self.shared.conversation_of(employee_id)

        def look(session: Session) -> dict[str, Any]:
            employee = self.shared.employee(session, employee_id)
            lines = pages.log(session, employee, conversation, self.shared.talk_language(session, employee))
            shown = [line.reply.id for line in lines if line.reply]
            outbox.delivered(session, shown, now=self.shared.clock.now())
            others = pages.told(session, employee, employee.language) if self.shared.settings.demo else []
            starters = pages.starters(session, employee)
            facts = {"language": employee.language, "lines": lines, "others": others, "starters": starters}
            hello = "hello_agency" if employee.agency else "hello"
            return {**facts, "me": about(employee), "hello": hello}

        facts = await self.shared.read(look)
        language = facts.pop("language")
        return self.shared.page(request, "chat.html", language, **facts, key=secrets.token_hex(8))

    async def say_without_script(
        self,
        request: Request,
        key: Annotated[str, Form()],
        text: Annotated[str | None, Form()] = None,
        press: Annotated[str | None, Form()] = None,
    ) -> Response:
        """The same as `say`, for a plain form."""
        await reply_to(self.shared, self._conversation, self.shared.signed_in(request), text=text, press=press, key=key)
        return RedirectResponse("/talk#end", 303)

    async def say(self, request: Request, said: Said) -> Response:
        """One message or press; its replies, each also as the HTML that the page shows."""
        replies = await reply_to(
            self.shared,
            self._conversation,
            self.shared.signed_in(request),
            text=said.text,
            press=said.press,
            key=said.key,
        )
        return JSONResponse({"replies": [self._shown(reply) for reply in replies]})

    def _shown(self, reply: Reply) -> dict[str, Any]:
        html = self.shared.templates.get_template("reply.html").render(reply=reply, key=secrets.token_hex(8))
        return {"id": reply.id, "html": html}

    async def seen(self, request: Request, ids: Annotated[list[StrictInt], Body()]) -> Response:
        """The page has shown these; nobody needs to deliver them again."""
        employee_id = self.shared.signed_in(request)

        def mark(session: Session) -> None:
            mine = {
                m.id
                for m in outbox.waiting(
                    session, self.shared.employee(session, employee_id), now=self.shared.clock.now() + 2 * outbox.LEASE
                )
            }
            outbox.delivered(session, [one for one in ids if one in mine], now=self.shared.clock.now())

        await self.shared.read(mark)
        return Response(status_code=204)

    async def events(self, request: Request) -> Response:
        """What is said to this person from elsewhere, as it happens."""
        employee_id = self.shared.signed_in(request)

        visit, idle = self.shared.visit(request), timedelta(minutes=self.shared.settings.idle_minutes)

        def news(session: Session) -> list[dict[str, Any]]:
            if visit and not sessions.still_open(session, visit, now=self.shared.clock.now(), idle=idle):
                raise to_the_door()
            employee = self.shared.employee(session, employee_id)
            language, now = self.shared.talk_language(session, employee), self.shared.clock.now()
            fresh = outbox.waiting(session, employee, now=now, conversation=self.shared.conversation_of(employee_id))
            if people.last_talk(session, employee, self.shared.settings.doors):  # news reach this person there
                fresh = [message for message in fresh if message.conversation]
            for message in fresh:
                message.claimed_until = now + outbox.LEASE
            return [self._shown(speak(message, language)) for message in fresh]

        async def stream() -> AsyncIterator[str]:
            yield "retry: 2000\n\n"
            async for _ in self._live.changes():
                try:
                    fresh = await self.shared.read(news)
                except HTTPException:  # has left or signed out while the page was open
                    return
                for shown in fresh:
                    yield f"id: {shown['id']}\ndata: {json.dumps(shown)}\n\n"
                yield ": still here\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def others(self, request: Request) -> Response:
        """The panel that shows what others are told; only in the demo."""
        employee_id = self.shared.signed_in(request)
        if not self.shared.settings.demo:
            raise HTTPException(404)

        def look(session: Session) -> tuple[str, list[pages.Told]]:
            employee = self.shared.employee(session, employee_id)
            language = employee.language
            return language, pages.told(session, employee, language)

        language, told = await self.shared.read(look)
        return self.shared.page(request, "others.html", language, others=told)


async def reply_to(
    shared: Shared,
    conversation: Conversation,
    employee_id: int,
    *,
    text: str | None,
    press: str | None,
    key: str,
    door: str = "web",
) -> list[Reply]:
    """Hand one message of a signed-in person to the conversation."""
    incoming = Incoming(
        door=door,
        key=f"{door}:{employee_id}:{key}",
        conversation=shared.conversation_of(employee_id, door),
        address=str(employee_id),
        employee=employee_id,
        sent_at=shared.clock.now(),
        text=text,
        pressed=press,
    )
    try:
        return await conversation.reply_to(incoming)
    except people.HasLeft:
        raise to_the_door() from None
