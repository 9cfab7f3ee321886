"""The API for other clients: a bearer token says who speaks."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from backoffice import people
from connectors.conversation import Conversation
from connectors.web.chat import reply_to
from connectors.web.shared import Shared


class Asked(BaseModel):
    """What a client sends."""

    text: str | None = Field(None, max_length=20_000, examples=["Wie viel Resturlaub habe ich noch?"])
    press: str | None = Field(None, max_length=100, description="`nonce` of a button of an earlier reply")
    key: str | None = Field(None, max_length=100, description="your message id; the same id is answered once")


class Api:
    """The one route."""

    def __init__(self, shared: Shared, conversation: Conversation) -> None:
        self.shared, self._conversation = shared, conversation

    def routes(self) -> APIRouter:
        """All of them."""
        owner = self._owner

        class Known(APIRoute):
            """Strangers are refused before a word of theirs is read."""

            def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
                answer = super().get_route_handler()

                async def handle(request: Request) -> Response:
                    request.state.employee_id = await owner(request)
                    return await answer(request)

                return handle

        router = APIRouter(route_class=Known)
        router.post("/api/v1/messages", summary="Say something as the token's employee")(self.messages)
        return router

    async def messages(self, asked: Asked, request: Request) -> JSONResponse:
        """Replies in the employee's language; the bearer token says who speaks (`kontor token issue --for E`)."""
        if asked.text is None and asked.press is None:
            raise HTTPException(422, "either `text` or `press` is needed")
        employee_id, key = request.state.employee_id, asked.key or secrets.token_hex(8)
        replies = await reply_to(
            self.shared, self._conversation, employee_id, text=asked.text, press=asked.press, key=key, door="api"
        )
        return JSONResponse({"replies": [asdict(reply) for reply in replies]})

    async def _owner(self, request: Request) -> int:
        """The employee of the bearer token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")

        def look(session: Session) -> int | None:
            return people.by_token(session, token, clock=self.shared.clock) if scheme.lower() == "bearer" else None

        employee_id = await self.shared.read(look, lasting=False)
        if employee_id is None:
            needed = "a bearer token from `kontor token issue` is needed"
            raise HTTPException(401, needed, headers={"WWW-Authenticate": "Bearer"})
        return employee_id
