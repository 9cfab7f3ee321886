"""Who gets in at the web door, and what is too much for it; no bot is needed to refuse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from starlette.types import Message

from backoffice import demo, people
from backoffice.clock import Clock
from connectors.server import build_server
from connectors.web.limits import MAX_BODY_BYTES
from tests.connectors.conftest import Echo

PAGE = "http://kontor.test"
FROM_PAGE = {"Origin": PAGE}


@pytest.fixture
async def page(echo: Echo) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build_server(echo.settings)), base_url=PAGE) as client:
        yield client


async def become(page: httpx.AsyncClient, persona: str) -> None:
    assert (await page.post("/persona", data={"persona": persona}, headers=FROM_PAGE)).status_code == 303


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_cookie_that_came_over_https_stays_there(echo: Echo, scheme: str) -> None:
    transport = httpx.ASGITransport(build_server(echo.settings))
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://kontor.test") as page:
        origin = {"Origin": f"{scheme}://kontor.test"}
        answer = await page.post("/persona", data={"persona": "mara.lindt"}, headers=origin)
    flags = {flag.strip().lower() for flag in answer.headers["set-cookie"].split(";")[1:]}
    assert flags == {"httponly", "path=/", "samesite=strict"} | ({"secure"} if scheme == "https" else set())


def leave_the_company(echo: Echo, key: str) -> None:
    with echo.database.transaction() as session:
        people.by_key(session, key).ends = demo.TODAY - timedelta(days=1)


@pytest.mark.parametrize("left", [False, True])
async def test_a_cookie_opens_nothing_once_its_person_has_left(echo: Echo, page: httpx.AsyncClient, left: bool) -> None:
    await become(page, "petra.roth")
    if left:
        leave_the_company(echo, "petra.roth")
    pages = ["/talk", "/talk/others", "/desk", "/accounts", "/articles", "/articles/1", "/payslips/2026-06.pdf"]
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


@pytest.mark.parametrize(("days", "revoked", "status"), [(1, False, 200), (1, True, 401), (-1, False, 401)])
async def test_a_token_that_has_ended_opens_nothing(
    echo: Echo, page: httpx.AsyncClient, days: int, revoked: bool, status: int
) -> None:
    now = Clock(demo.TODAY).now()
    with echo.database.transaction() as session:
        token = people.issue_token(session, people.by_key(session, "mara.lindt"), now=now, days=days)
        if revoked:
            people.revoke_token(session, people.tokens(session)[0].id, now=now)
    answer = await page.post("/api/v1/messages", json={"text": ""}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/api/v1/messages", "/talk/say", "/talk/seen", "/persona", "/talk"])
async def test_a_body_without_end_is_not_read(echo: Echo, page: httpx.AsyncClient, path: str) -> None:
    sent = 0
    with echo.database.transaction() as session:
        token = people.issue_token(session, people.by_key(session, "mara.lindt"), now=Clock(demo.TODAY).now())

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 64 * 1024
            yield b"[" + b" " * (64 * 1024 - 1) if path != "/persona" else b"x" * 64 * 1024

    kind = "application/json" if path.startswith(("/api", "/talk/s")) else "application/x-www-form-urlencoded"
    await become(page, "mara.lindt")
    headers = {**FROM_PAGE, "Authorization": f"Bearer {token}"}
    answer = await page.post(path, content=endless(), headers={**headers, "Content-Type": kind})
    assert answer.status_code == 413
    assert sent <= 2 * MAX_BODY_BYTES


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999"])
async def test_numbers_that_no_record_has_are_not_there(page: httpx.AsyncClient, number: str) -> None:
    await become(page, "petra.roth")
    paths = [f"/payslips/{number}-6.pdf", f"/payslips/2026-{number}.pdf", f"/articles/{number}"]
    assert {(await page.get(path)).status_code for path in paths} <= {404, 422}
    form = {"title": "a", "body": "b"}
    assert (await page.post(f"/articles/{number}", data=form, headers=FROM_PAGE)).status_code in (404, 422)
    assert (await page.post(f"/desk/{number}/take", headers=FROM_PAGE)).status_code in (303, 404, 422)


@pytest.mark.parametrize("body", ["", "x", "[", "{}", '["1"]', "[1.5]", "null"])
async def test_what_is_no_list_of_replies_is_refused(page: httpx.AsyncClient, body: str) -> None:
    await become(page, "mara.lindt")
    answer = await page.post("/talk/seen", content=body, headers={**FROM_PAGE, "Content-Type": "application/json"})
    assert answer.status_code == 422


async def test_what_the_api_has_handed_over_is_delivered(echo: Echo, page: httpx.AsyncClient) -> None:
    with echo.database.transaction() as session:
        token = people.issue_token(session, people.by_key(session, "mara.lindt"), now=Clock(demo.TODAY).now())
    before = echo.outbox()
    await page.post("/api/v1/messages", json={"text": ""}, headers={"Authorization": f"Bearer {token}"})
    assert echo.outbox()[len(before) :] == [(True, None)]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("127.0.0.1:8080", 200), ("[::1]:8080", 200), ("Kontor.Test", 200),
        ("kontor.test:443", 200), ("helpdesk.example:8443", 200), ("0.0.0.0:8080", 400), ("rebound.example", 400),
        ("kontor.test.example", 400), ("kontor.test]", 400), ("[kontor.test", 400), ("", 400), ("\xffkontor.test", 400),
    ],
)  # fmt: skip
async def test_the_page_answers_to_its_own_names_only(echo: Echo, host: str, status: int) -> None:
    settings = echo.settings.model_copy(update={"public_url": "https://helpdesk.example"})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build_server(settings)), base_url=PAGE) as page:
        answer = await page.get("/", headers={"Host": host.encode("latin-1")})
        script = await page.get("/static/kontor.css", headers={"Host": host.encode("latin-1")})
    assert answer.status_code == status
    assert (script.status_code == 400) is (status == 400)
    assert ("KONTOR_HOSTS" in answer.text) is (status == 400)
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_no_name_at_all_is_none_of_ours(echo: Echo) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    await build_server(echo.settings)(scope, receive, send)
    assert sent[0]["status"] == 400


@pytest.mark.parametrize(("host", "name"), [("::", "[::]"), ("10.1.2.3", "10.1.2.3")])
def test_the_address_that_is_listened_on_is_a_name(echo: Echo, host: str, name: str) -> None:
    settings = echo.settings.model_copy(update={"host": host, "hosts": ()})
    assert settings.names == {"127.0.0.1", "localhost", "[::1]", name}
