"""No request is read further than it may be long, whoever sends it."""

from __future__ import annotations

from typing import Annotated

from fastapi import HTTPException, Path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 512 * 1024
RecordId = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""A number that a record can have; databases refuse larger ones with an error."""


class LimitedBodies:
    """Answers 413 instead of reading on; what a header promises is not relied on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MAX_BODY_BYTES:
                raise HTTPException(413)
            return message

        await self._app(scope, limited if scope["type"] == "http" else receive, send)
