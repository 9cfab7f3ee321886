"""The connectors' way to Rasa.

BotFailed
├── BotUnreachable   nothing listens, or not in time: the turn is sent again under the same id
├── BotStumbled      the turn failed inside: a fault of ours, which may well come again
└── BotFellSilent    the turn ended and nothing was said: a fault of ours
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import aiohttp

from backoffice.errors import KontorError
from connectors.parts import Piece

TIMEOUT_S, FAILED_INSIDE = 8.0, 500
KEPT_FOR_S = 4.0  # shorter than Rasa keeps it (5 s), so that no request runs into a connection that is being closed


class BotFailed(KontorError):
    """Rasa gave no answer that counts."""


class BotUnreachable(BotFailed):
    """Nothing listens, it took too long, or the actions cannot be reached."""


class BotStumbled(BotFailed):
    """The turn failed inside."""


class BotFellSilent(BotFailed):
    """The turn ended without a reply."""


class RasaClient:
    """Signed requests over kept connections."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url, key.encode()
        self._http: aiohttp.ClientSession | None = None  # belongs to the loop of the first request

    async def say(
        self,
        *,
        conversation: str,
        text: str,
        state: dict[str, Any],
        context: str,
        choice: dict[str, Any] | None = None,
        pieces: Sequence[Piece] = (),
        alone: bool = False,
    ) -> dict[str, Any]:
        """One turn: the conversation's new state. Raises BotUnreachable, BotStumbled.

        `pieces` of the text may be requests of their own; `alone`: only one of them is to be done.
        """
        body: dict[str, Any] = {
            "conversation": conversation,
            "text": text,
            "state": state,
            "context": context,
            "choice": choice,
        }
        if pieces:
            body |= {"pieces": [asdict(piece) for piece in pieces], "alone": alone}
        answer = await self._post("/kontor/say", body)
        new_state: dict[str, Any] = answer["state"]
        return new_state

    async def parse(self, texts: list[str]) -> list[dict[str, Any]]:
        """What the pipeline hears in each text. Raises BotUnreachable."""
        answer = await self._post("/kontor/parse", {"texts": texts})
        results: list[dict[str, Any]] = answer["results"]
        return results

    async def _post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(content).encode()
        sent_at, nonce = str(int(time.time())), secrets.token_hex(8)
        digest = hmac.new(self._key, f"{sent_at}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Kontor-Signature": f"{sent_at}.{nonce}.{digest}", "Content-Type": "application/json"}
        if self._http is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_FOR_S)
            self._http = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        try:
            async with self._http.post(self._url + path, data=body, headers=headers) as response:
                if response.status == FAILED_INSIDE:
                    raise BotStumbled(status=response.status)
                response.raise_for_status()
                answer: dict[str, Any] = await response.json()
        except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError) as error:
            raise BotUnreachable(reason=type(error).__name__) from error
        return answer

    async def close(self) -> None:
        """Let go of the connections."""
        if self._http is not None:
            await self._http.close()
