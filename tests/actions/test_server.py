"""The action server's door."""

from __future__ import annotations

import httpx
import pytest

from actions.server import build
from backoffice.database import Database
from backoffice.settings import Settings
from tests.conftest import SECRET


@pytest.mark.parametrize("shown", [None, "", "Bearer", "Bearer wrong", "Bearer schlüssel"])
async def test_whoever_does_not_show_the_token_is_refused(db: Database, shown: str | None) -> None:
    app = build(Settings(_env_file=None, actions_token=SECRET, context_key=SECRET), db)
    headers = {} if shown is None else {"Authorization": shown.encode("latin-1")}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://actions.test") as client:
        assert (await client.post("/webhook", json={}, headers=headers)).status_code == 401
