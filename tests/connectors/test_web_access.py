"""Who gets in at the web door, and what is too much for it; no bot is needed to refuse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from backoffice import demo, people
from backoffice.clock import Clock
from connectors.server import build_server
from tests.connectors.conftest import Echo

PAGE = "http://kontor.test"
FROM_PAGE = {"Origin": PAGE}


@pytest.fixture
async def page(echo: Echo) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build_server(echo.settings)), base_url=PAGE) as client:
        yield client


async def become(page: httpx.AsyncClient, persona: str) -> None:
    assert (await page.post("/persona", data={"persona": persona}, headers=FROM_PAGE)).status_code == 303


def leave_the_company(echo: Echo, key: str) -> None:
    with echo.database.transaction() as session:
        people.by_key(session, key).ends = demo.TODAY - timedelta(days=1)


@pytest.mark.parametrize("left", [False, True])
async def test_a_cookie_opens_nothing_once_its_person_has_left(echo: Echo, page: httpx.AsyncClient, left: bool) -> None:
    await become(page, "petra.roth")
    if left:
        leave_the_company(echo, "petra.roth")
    pages = ["/talk", "/talk/others", "/desk", "/articles", "/articles/1", "/payslips/2026-06.pdf"]
    assert {(await page.get(path)).status_code for path in pages} == ({303} if left else {200})
    said = {"text": "", "key": "1"}
    assert (await page.post("/talk/say", json=said, headers=FROM_PAGE)).status_code == (303 if left else 200)
    posts = {
        "/talk": said,
        "/desk/1/take": {},
        "/articles/1": {"title": "Mine", "body": "Mine"},
        "/language": {"to": "en"},
    }
    for path, form in posts.items():
        answer = await page.post(path, data=form, headers=FROM_PAGE)
        assert (answer.status_code, answer.headers["location"] == "/") == (303, left)


@pytest.mark.parametrize("left", [False, True])
async def test_a_token_opens_nothing_once_its_person_has_left(echo: Echo, page: httpx.AsyncClient, left: bool) -> None:
    with echo.database.transaction() as session:
        token = people.issue_token(session, people.by_key(session, "mara.lindt"), now=Clock(demo.TODAY).now())
    if left:
        leave_the_company(echo, "mara.lindt")
    bearer = {"Authorization": f"Bearer {token}"}
    answer = await page.post("/api/v1/messages", json={"text": ""}, headers=bearer)
    assert answer.status_code == (401 if left else 200)
