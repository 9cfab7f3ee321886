"""The web door over HTTP, with the real bot behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from backoffice import demo, people
from backoffice.clock import Clock
from connectors.server import build_server
from tests.conftest import Stack

PAGE = "http://kontor.test"


@pytest.fixture
async def page(company: Stack) -> AsyncIterator[httpx.AsyncClient]:
    app = build_server(company.settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PAGE) as client:
        yield client


@pytest.fixture
def token(company: Stack) -> str:
    with company.database.transaction() as session:
        return people.issue_token(session, people.by_key(session, "mara.lindt"), now=Clock(demo.TODAY).now())


async def become(page: httpx.AsyncClient, persona: str) -> None:
    answer = await page.post("/persona", data={"persona": persona}, headers={"Origin": PAGE})
    assert answer.status_code == 303


async def test_ready_when_a_sentence_in_each_language_is_understood(page: httpx.AsyncClient) -> None:
    assert (await page.get("/health/ready")).json() == {"ready": True, "missing": []}


async def test_the_whole_way_without_javascript(page: httpx.AsyncClient) -> None:
    await become(page, "mara.lindt")
    said = {"text": "Wie viel Resturlaub habe ich noch?", "key": "1"}
    assert (await page.post("/talk", data=said, headers={"Origin": PAGE})).status_code == 303
    shown = (await page.get("/talk")).text
    assert "<b>8,5 Tage</b>" in shown
    assert shown.count("Wie viel Resturlaub habe ich noch?</div>") == 1


async def test_a_repeated_message_is_answered_once(page: httpx.AsyncClient, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    first, again = [
        (await page.post("/api/v1/messages", json={"text": "urlaub am 2.12.", "key": "k"}, headers=headers)).json()
        for _ in range(2)
    ]
    assert first == again


async def test_the_api_refuses_strangers(page: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic x"}):
        answer = await page.post("/api/v1/messages", json={"text": "hallo"}, headers=headers)
        assert answer.status_code == 401


async def test_a_foreign_page_cannot_post(page: httpx.AsyncClient) -> None:
    for headers in ({}, {"Origin": "https://evil.example"}):
        assert (await page.post("/persona", data={"persona": "mara.lindt"}, headers=headers)).status_code == 403


async def test_nobody_gets_in_with_a_made_up_cookie(page: httpx.AsyncClient) -> None:
    page.cookies.set("kontor", "1")
    assert (await page.get("/talk")).headers["location"] == "/"


async def test_what_is_typed_is_shown_as_text(page: httpx.AsyncClient) -> None:
    await become(page, "mara.lindt")
    await page.post("/talk", data={"text": "<script>alert(1)</script>", "key": "1"}, headers={"Origin": PAGE})
    assert "<script>alert" not in (await page.get("/talk")).text


async def test_jonas_solves_a_ticket_on_his_desk(page: httpx.AsyncClient) -> None:
    await become(page, "jonas.weber")
    assert "Scanner an Packplatz 14" in (await page.get("/desk")).text
    await page.post("/desk/1001/solve", data={"words": "Etikettenrolle getauscht."}, headers={"Origin": PAGE})
    assert "Scanner an Packplatz 14" not in (await page.get("/desk")).text
    await become(page, "ali.yildiz")
    assert "Etikettenrolle getauscht." in (await page.get("/talk")).text


async def test_every_page_carries_a_strict_policy(page: httpx.AsyncClient) -> None:
    await become(page, "mara.lindt")
    for path in ("/", "/talk", "/health/ready"):
        answer = await page.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"


async def test_a_payslip_is_for_its_owner_only(page: httpx.AsyncClient) -> None:
    assert (await page.get("/payslips/2026-06.pdf")).status_code == 303
    await become(page, "mara.lindt")
    assert (await page.get("/payslips/2026-06.pdf")).content.startswith(b"%PDF")
    assert (await page.get("/payslips/2026-11.pdf")).status_code == 404
    await become(page, "oksana.koval")
    assert (await page.get("/payslips/2026-06.pdf")).status_code == 404
