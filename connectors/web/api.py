"""The API for other clients: a bearer token says who speaks."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from backoffice import outbox, people
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
        router = APIRouter()
        router.post("/api/v1/messages", summary="Say something as the token's employee")(self.messages)
        return router

    async def messages(self, asked: Asked, request: Request) -> dict[str, Any]:
        """Replies in the employee's language; the bearer token says who speaks (`kontor token issue --for E`)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")

        def owner(session: Session) -> int:
            employee = people.by_token(session, token, clock=self.shared.clock) if scheme.lower() == "bearer" else None
            if employee is None:
                raise HTTPException(401, "a bearer token from `kontor token issue` is needed")
            return employee.id

        employee_id = await self.shared.read(owner)
        if asked.text is None and asked.press is None:
            raise HTTPException(422, "either `text` or `press` is needed")
        key = asked.key or secrets.token_hex(8)
        replies = await reply_to(
            self.shared, self._conversation, employee_id, text=asked.text, press=asked.press, key=key, door="api"
        )
        ids, now = [reply.id for reply in replies], self.shared.clock.now()
        await self.shared.read(lambda session: outbox.delivered(session, ids, now=now))
        return {"replies": [asdict(reply) for reply in replies]}
