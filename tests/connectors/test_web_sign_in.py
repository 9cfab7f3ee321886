"""Signing in on the web page outside the demo: who gets in, how far, and for how long."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from backoffice import demo, people, signing_in, tries
from backoffice.clock import Clock
from backoffice.models import Employee, Login, WebSession
from connectors.server import build_server
from connectors.web.sign_in import REFUSED_AFTER_S
from tests.connectors.conftest import Echo

GOOD, PIN = "Kaffeetasse blau sieben", "483920"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Stopped(Clock):
    """Half past nine on the demo day, or later."""

    def now(self) -> datetime:
        return NOW + self.ahead


class Browser:
    """Fills in forms as a person does: it sends what the page has put into them."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.token = ""

    async def get(self, path: str) -> httpx.Response:
        answer = await self.client.get(path)
        found = re.search(r'name="token" value="(\w+)"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    async def post(self, path: str, **form: str) -> httpx.Response:
        origin = {"Origin": str(self.client.base_url).rstrip("/")}
        return await self.client.post(path, data={"token": self.token, **form}, headers=origin)

    async def start(self, name: str, code: str, secret: str) -> httpx.Response:
        assert (await self.post("/start", name=name, code=code)).headers["location"] == "/start/secret"
        await self.get("/start/secret")
        return await self.post("/start/secret", secret=secret, again=secret)

    async def sign_in(self, name: str, secret: str = GOOD, **more: str) -> httpx.Response:
        answer = await self.post("/sign-in", name=name, secret=secret, **more)
        await self.get(answer.headers.get("location", "/"))
        return answer

    async def set_up_second_factor(self, clock: Clock) -> tuple[pyotp.TOTP, list[str]]:
        shown = (await self.get("/account/second-factor")).text
        key = re.search(r"<code>([A-Z2-7-]{32,})</code>", shown)
        assert key
        totp = pyotp.TOTP(key[1].replace("-", ""))
        done = await self.post("/account/second-factor", code=totp.at(clock.now()))
        return totp, re.findall(r"<code>(\w{5}-\w{5})</code>", done.text)


@dataclass
class Door:
    """The page of an installation that is no demo, and browsers in front of it."""

    echo: Echo
    app: FastAPI
    browser: Callable[[], Browser]

    def wait(self, **duration: float) -> Clock:
        self.app.state.shared.clock = Stopped(demo.TODAY, timedelta(**duration))
        return self.app.state.shared.clock

    def code(self, key: str, **more: bool) -> str:
        with self.echo.database.transaction() as session:
            now = self.app.state.shared.clock.now()
            return signing_in.issue_code(session, people.by_key(session, key), by=None, now=now, **more)

    def change(self, key: str, **values: object) -> None:
        with self.echo.database.transaction() as session:
            one = people.by_key(session, key)
            for name, value in values.items():
                setattr(one, name, value)

    async def inside(self, key: str, secret: str = GOOD) -> Browser:
        """Somebody who has started with a code; with a second factor where it is owed."""
        one = self.browser()
        assert (await one.start(key, self.code(key), secret)).headers["location"] == "/talk"
        if (await one.get("/talk")).headers.get("location") == "/account/second-factor":
            await one.set_up_second_factor(self.app.state.shared.clock)
        assert (await one.get("/talk")).status_code == 200
        return one


@pytest.fixture
async def door(echo: Echo) -> AsyncIterator[Door]:
    app = build_server(echo.settings.model_copy(update={"demo": False}))
    async with AsyncExitStack() as stack:
        clients: list[httpx.AsyncClient] = []

        def browser(scheme: str = "http") -> Browser:
            client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"{scheme}://kontor.test")
            clients.append(client)
            stack.push_async_callback(client.aclose)
            return Browser(client)

        opened = Door(echo, app, browser)
        opened.wait()
        yield opened


async def test_the_first_admin_lets_a_colleague_without_mail_in(door: Door) -> None:
    with door.echo.database.transaction() as session:
        code = signing_in.first_admin(session, people.by_key(session, "jonas.weber"), now=NOW)
        oksana = people.by_key(session, "oksana.koval")
    admin = door.browser()
    assert "Zum ersten Mal hier?" in (await admin.get("/")).text
    assert f'value="{code}"' in (await admin.get(f"/start?code={code}")).text
    assert (await admin.start("jonas.weber@nordstern.example", code, GOOD)).headers["location"] == "/talk"
    assert (await admin.get("/talk")).headers["location"] == "/account/second-factor"
    assert "Ohne ihn geht es hier nicht weiter." in (await admin.get("/account/second-factor")).text
    _, recovery = await admin.set_up_second_factor(door.app.state.shared.clock)
    assert len(recovery) == 10
    assert "Oksana Koval" in (await admin.get("/people?q=koval")).text
    sheet = await admin.post(f"/people/{oksana.id}/code")
    handed = re.findall(r'<code class="large">([\w-]+)</code>', sheet.text)
    assert (len(handed), f"<code>{oksana.number}</code>" in sheet.text) == (1, True)
    assert "hat einen Code</span>" in (await admin.get("/people?q=koval")).text
    phone = door.browser()
    assert "Mindestens 6 Ziffern" not in (await phone.get("/start")).text
    assert (await phone.start(oksana.number or "", handed[0], PIN)).headers["location"] == "/talk"
    assert "Hallo Oksana" in (await phone.get("/talk")).text
    again = door.browser()
    assert (await again.sign_in(oksana.number or "", PIN)).headers["location"] == "/talk"
    assert (await again.sign_in(oksana.number or "", "483921")).status_code == 422


async def test_choosing_a_secret_says_what_is_wrong_with_it(door: Door) -> None:
    mara, code = door.browser(), door.code("mara.lindt")
    await mara.post("/start", name="mara.lindt", code=code)
    assert "Mindestens 12 Zeichen." in (await mara.get("/start/secret")).text
    wrong = {
        ("kurz", "kurz"): "Das ist zu kurz: Nimm mindestens 12 Zeichen.",
        ("password1234", "password1234"): "Das wird früh erraten",
        (GOOD, f"{GOOD}!"): "Die beiden Felder sind verschieden.",
    }
    for (secret, again), sentence in wrong.items():
        answer = await mara.post("/start/secret", secret=secret, again=again)
        assert (answer.status_code, sentence in answer.text, f'"{secret}"' in answer.text) == (422, True, False)
    assert (await mara.post("/start/secret", secret=GOOD, again=GOOD)).headers["location"] == "/talk"


async def test_a_wrong_secret_and_a_name_of_nobody_are_answered_alike_and_as_late(door: Door) -> None:
    await door.inside("mara.lindt")
    stranger, shown = door.browser(), []
    for name in ("mara.lindt", "nobody.there", "eva.brandt"):
        began = time.monotonic()
        answer = await stranger.post("/sign-in", name=name, secret="Kaffeetasse blau acht")
        assert time.monotonic() - began >= REFUSED_AFTER_S
        assert "set-cookie" not in answer.headers
        shown.append((answer.status_code, answer.text.replace(name, "")))
    assert shown[0][0] == 422
    assert "Das passt nicht zusammen." in shown[0][1]
    assert shown[0] == shown[1] == shown[2]


@pytest.mark.parametrize("name", ["mara.lindt", "nobody.there"])
async def test_too_many_tries_are_told_until_when_to_wait(door: Door, name: str) -> None:
    await door.inside("mara.lindt")
    with door.echo.database.transaction() as session:
        for number in range(tries.MOST["account"]):
            key = door.echo.settings.session_key.get_secret_value()
            tries.count(session, account=name, address=f"192.0.2.{number}", key=key, now=NOW)
    answer = await door.browser().post("/sign-in", name=name, secret=GOOD)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    assert "Das waren zu viele Versuche. Ab 10:45 geht es weiter." in answer.text
    door.wait(minutes=16)
    status = (await door.browser().post("/sign-in", name=name, secret=GOOD)).status_code
    assert status == (303 if name == "mara.lindt" else 422)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_cookie_stays_on_https_and_with_this_host(door: Door, scheme: str) -> None:
    await door.inside("mara.lindt")
    browser = door.browser(scheme)  # type: ignore[call-arg]
    answer = await browser.post("/sign-in", name="mara.lindt", secret=GOOD)
    cookie, *flags = [part.strip() for part in answer.headers["set-cookie"].split(";")]
    https = scheme == "https"
    assert cookie.partition("=")[0] == ("__Host-kontor" if https else "kontor")
    assert {flag.lower() for flag in flags} == {"httponly", "path=/", "samesite=lax"} | ({"secure"} if https else set())
    assert ("strict-transport-security" in answer.headers) is https
    assert answer.headers["cache-control"] == "no-store"


async def test_a_cookie_that_somebody_else_has_set_is_not_taken_over(door: Door) -> None:
    thief, mara = door.browser(), door.browser()
    await door.inside("mara.lindt")
    await thief.post("/start", name="mara.lindt", code=door.code("mara.lindt"))
    planted = thief.client.cookies["kontor"]
    mara.client.cookies.set("kontor", planted, domain="kontor.test")
    await mara.sign_in("mara.lindt")
    own = [cookie.value for cookie in mara.client.cookies.jar if cookie.value != planted]
    assert len(own) == 1
    assert (await thief.get("/talk")).headers["location"].startswith("/?to=")
    for made_up in ("", "x" * 43, "1"):
        other = door.browser()
        other.client.cookies.set("kontor", made_up)
        assert (await other.get("/talk")).headers["location"] == "/?to=%2Ftalk"


PAGES = ["/talk", "/desk", "/articles", "/people", "/account"]
CALLERS = {
    "a stranger": [303, 303, 303, 303, 303],
    "a PIN": [200, 403, 403, 403, 200],
    "an employee": [200, 403, 403, 403, 200],
    "it": [200, 200, 403, 403, 200],
    "hr with a second factor": [200, 200, 200, 200, 200],
    "hr without": [303, 303, 303, 303, 200],
    "hr on the way": [303, 303, 303, 303, 303],
    "a role and a PIN": [200, 403, 403, 403, 200],
    "somebody who has left": [303, 303, 303, 303, 303],
}


async def caller(door: Door, who: str) -> Browser:
    if who == "a stranger":
        return door.browser()
    if who in ("a PIN", "a role and a PIN"):
        oksana = await door.inside("oksana.koval", PIN)
        door.change("oksana.koval", roles=["it"] if who.startswith("a role") else [])
        return oksana
    key = {"an employee": "mara.lindt", "it": "jonas.weber"}.get(who, "petra.roth")
    if who == "hr without":
        petra = door.browser()
        await petra.start(key, door.code(key), GOOD)
        return petra
    one = await door.inside(key)
    if who == "hr on the way":
        one = door.browser()
        assert (await one.sign_in(key)).status_code == 303
    if who == "somebody who has left":
        door.change(key, ends=demo.TODAY - timedelta(days=1))
    return one


@pytest.mark.parametrize("who", CALLERS)
async def test_each_page_opens_to_those_whom_it_is_for(door: Door, who: str) -> None:
    browser = await caller(door, who)
    assert [(await browser.get(path)).status_code for path in PAGES] == CALLERS[who]


def posts(app: FastAPI) -> list[str]:
    """Every address that takes a form, with 1 in the place of a number."""
    routers = [getattr(one, "original_router", None) for one in app.routes]
    routes = [route for router in routers if router for route in router.routes if isinstance(route, APIRoute)]
    found = {route.path for route in routes if "POST" in route.methods and not route.path.startswith("/api/")}
    return sorted(re.sub(r"\{\w+\}", "1", path.replace("{verb}", "take")) for path in found)


async def test_no_form_counts_without_what_only_her_own_pages_know(door: Door) -> None:
    petra, eva = await door.inside("petra.roth"), await door.inside("eva.brandt")
    ways_in = {"/sign-in", "/start"}
    assert {*ways_in, "/talk", "/language", "/sign-out", "/people/1/code", "/articles/1"} <= set(posts(door.app))
    for path in ways_in:
        answer = await eva.client.post(path, data={"token": "x"}, headers={"Origin": "http://kontor.test"})
        assert (path, answer.status_code) == (path, 422)
    for path in sorted(set(posts(door.app)) - ways_in):
        for token in ("", eva.token, "ä"):
            answer = await petra.client.post(path, data={"token": token}, headers={"Origin": "http://kontor.test"})
            assert (path, answer.status_code) == (path, 403)
        foreign = {"Origin": "http://evil.example"}
        assert (await petra.client.post(path, data={"token": petra.token}, headers=foreign)).status_code == 403
    assert (await petra.get("/people")).status_code == 200
    said, origin = {"text": "Hallo", "key": "1"}, {"Origin": "http://kontor.test"}
    assert (await petra.client.post("/talk/say", json=said, headers=origin)).status_code == 403
    own = {**origin, "X-Kontor-Token": petra.token}
    assert (await petra.client.post("/talk/say", json=said, headers=own)).status_code == 200


@pytest.mark.parametrize("path", ["/account", "/people", "/start", "/start/secret", "/sign-in/second", "/sign-in"])
async def test_the_demo_has_no_sign_in(echo: Echo, path: str) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(build_server(echo.settings)), base_url="http://kontor.test"
    ) as client:
        assert (await client.get(path)).status_code == 404
        assert (await client.post(path, headers={"Origin": "http://kontor.test"})).status_code == 404


async def test_nobody_is_anybody_by_choosing_outside_the_demo(door: Door) -> None:
    stranger = door.browser()
    assert (await stranger.post("/persona", persona="mara.lindt")).status_code == 404
    stranger.client.cookies.set("kontor", str(door.app.state.shared.signer.dumps(1)))
    assert (await stranger.get("/talk")).status_code == 303


async def test_the_second_factor_is_asked_for_and_cancelling_ends_there(door: Door) -> None:
    petra = door.browser()
    await petra.start("petra.roth", door.code("petra.roth"), GOOD)
    totp, recovery = await petra.set_up_second_factor(door.app.state.shared.clock)
    clock, phone = door.wait(minutes=2), door.browser()
    await phone.sign_in("petra.roth")
    assert (await phone.get("/talk")).headers["location"] == "/sign-in/second"
    await phone.get("/sign-in/second")
    wrong = await phone.post("/sign-in/second", code="000000")
    assert (wrong.status_code, "Diese Ziffern passen nicht." in wrong.text) == (422, True)
    assert (await phone.post("/sign-in/second", code=totp.at(clock.now()))).headers["location"] == "/talk"
    assert (await phone.get("/people")).status_code == 200
    other = door.browser()
    await other.sign_in("petra.roth")
    await other.get("/sign-in/second")
    assert (await other.post("/sign-out")).headers["clear-site-data"] == '"cache"'
    assert (await other.get("/sign-in/second")).headers["location"] == "/"
    await other.sign_in("petra.roth")
    await other.get("/sign-in/second")
    assert (await other.post("/sign-in/second", code=recovery[0])).headers["location"] == "/talk"
    assert "Du hast dich mit einem Ersatzcode angemeldet. Unbenutzt sind noch: 9." in (await other.get("/talk")).text


async def test_a_password_alone_does_not_take_over_a_second_factor(door: Door) -> None:
    await door.inside("petra.roth")
    thief = door.browser()
    await thief.sign_in("petra.roth")
    for path in ("/account", "/account/second-factor", "/start/secret"):
        assert (path, (await thief.get(path)).status_code) == (path, 303)
    await thief.get("/sign-in/second")
    for path in ("/account/second-factor", "/account/recovery-codes", "/account/secret"):
        assert (path, (await thief.post(path)).headers["location"]) == (path, "/sign-in/second")


async def test_another_password_needs_the_old_one_and_ends_all_other_sessions(door: Door) -> None:
    here, there = await door.inside("mara.lindt"), door.browser()
    await there.sign_in("mara.lindt")
    new = "Regenschirm am Montag"
    await here.get("/account")
    refused = await here.post("/account/secret", old="falsch", secret=new, again=new)
    assert (refused.status_code, "Das alte stimmt nicht." in refused.text) == (422, True)
    assert "zu kurz" in (await here.post("/account/secret", old=GOOD, secret="kurz", again="kurz")).text
    before = here.client.cookies["kontor"]
    done = await here.post("/account/secret", old=GOOD, secret=new, again=new)
    assert "Überall sonst bist du abgemeldet." in (await here.get(done.headers["location"])).text
    assert here.client.cookies["kontor"] != before
    assert ((await here.get("/talk")).status_code, (await there.get("/talk")).status_code) == (200, 303)
    assert ((await door.browser().sign_in("mara.lindt", GOOD)).status_code) == 422
    assert ((await door.browser().sign_in("mara.lindt", new)).status_code) == 303


async def test_signing_out_ends_it_here_or_everywhere(door: Door) -> None:
    here, there = await door.inside("mara.lindt"), door.browser()
    await there.sign_in("mara.lindt")
    kept = here.client.cookies["kontor"]
    assert (await here.post("/sign-out")).headers["location"] == "/"
    copied = door.browser()
    copied.client.cookies.set("kontor", kept)
    assert ((await copied.get("/talk")).status_code, (await there.get("/talk")).status_code) == (303, 200)
    await here.sign_in("mara.lindt")
    assert (await here.post("/sign-out/everywhere")).headers["location"] == "/"
    assert ((await here.get("/talk")).status_code, (await there.get("/talk")).status_code) == (303, 303)


async def test_signing_in_as_somebody_else_ends_who_was_there(door: Door) -> None:
    await door.inside("eva.brandt")
    shared = await door.inside("mara.lindt")
    kept = shared.client.cookies["kontor"]
    await shared.sign_in("eva.brandt")
    assert "Hallo Eva" in (await shared.get("/talk")).text
    other = door.browser()
    other.client.cookies.set("kontor", kept)
    assert (await other.get("/talk")).status_code == 303


async def test_a_page_that_only_asks_for_news_is_signed_out_when_nobody_is_there(door: Door) -> None:
    mara = await door.inside("mara.lindt")
    door.wait(minutes=14)
    by_itself = {"Sec-Fetch-Mode": "cors"}
    assert (await mara.client.get("/talk", headers=by_itself)).status_code == 200
    door.wait(minutes=16)
    assert (await mara.client.get("/talk", headers=by_itself)).status_code == 303
    await mara.sign_in("mara.lindt")
    for minutes in range(16, 60, 10):
        door.wait(minutes=minutes)
        assert (await mara.get("/talk")).status_code == 200
    door.app.state.shared.settings = door.app.state.shared.settings.model_copy(update={"idle_minutes": 1})
    door.wait(minutes=58)
    assert (await mara.get("/talk")).status_code == 303


@pytest.mark.parametrize("ended", [False, True])
async def test_an_open_page_hears_nothing_more_once_its_session_has_ended(door: Door, ended: bool) -> None:
    mara = await door.inside("mara.lindt")
    door.echo.tell("mara.lindt", "vorher")
    stream = asyncio.create_task(mara.client.get("/talk/events"))
    await asyncio.sleep(0.5)
    if ended:
        with door.echo.database.transaction() as session:
            session.query(WebSession).delete()
    door.echo.tell("mara.lindt", "nachher")
    done, _ = await asyncio.wait([stream], timeout=5 if ended else 1)
    stream.cancel()
    assert bool(done) is ended
    if ended:
        text = stream.result().text
        assert ("vorher" in text, "nachher" in text) == (True, False)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("/payslips/2026-6.pdf", "/payslips/2026-6.pdf"), ("/articles/3", "/articles/3"), ("/desk", "/desk"),
        ("//evil.example", "/talk"), ("https://evil.example/talk", "/talk"), ("/talk/../x", "/talk"),
        ("/talk\n", "/talk"), ("javascript:alert(1)", "/talk"), ("/\\evil.example", "/talk"),
    ],
)  # fmt: skip
async def test_after_signing_in_the_page_that_was_asked_for_is_shown(door: Door, asked: str, shown: str) -> None:
    await door.inside("mara.lindt")
    stranger = door.browser()
    page = await stranger.client.get("/", params={"to": asked})
    field = f'name="to" value="{asked if asked == shown else ""}"'
    assert field in page.text
    assert (await stranger.post("/sign-in", name="mara.lindt", secret=GOOD, to=asked)).headers["location"] == shown


async def test_a_link_to_a_page_leads_there_through_the_door(door: Door) -> None:
    await door.inside("mara.lindt")
    stranger = door.browser()
    led = (await stranger.get("/payslips/2026-6.pdf")).headers["location"]
    assert 'value="/payslips/2026-6.pdf"' in (await stranger.get(led)).text


@pytest.mark.parametrize(
    ("address", "accepted", "title"),
    [
        ("/", "", "Anmelden"), ("/", "en-GB,de;q=0.5", "Sign in"), ("/", "fr", "Anmelden"),
        ("/?lang=en", "de", "Sign in"), ("/start?lang=en", "", "Start with your code"), ("/?lang=xx", "de", "Anmelden"),
    ],
)  # fmt: skip
async def test_the_door_speaks_the_language_of_the_browser(door: Door, address: str, accepted: str, title: str) -> None:
    answer = await door.browser().client.get(address, headers={"Accept-Language": accepted})
    assert f"<h1>{title}</h1>" in answer.text


async def test_hr_gives_codes_to_those_without_a_role_only(door: Door) -> None:
    petra = await door.inside("petra.roth")
    with door.echo.database.transaction() as session:
        mara, jonas = people.by_key(session, "mara.lindt"), people.by_key(session, "jonas.weber")
    assert "Mara Lindt einen Code geben" in (await petra.get("/people?q=lindt")).text
    assert "einen Code geben" not in (await petra.get("/people?q=jonas weber")).text
    statuses = [(await petra.post(f"/people/{one.id}/code")).status_code for one in (mara, jonas)]
    assert statuses == [200, 403]
    assert (await petra.post(f"/people/{mara.id}/code", second="1")).status_code == 403
    assert (await petra.post("/people/999999/code")).status_code == 404
    assert [(await petra.post(f"/people/{one.id}/sign-out")).status_code for one in (mara, jonas)] == [303, 403]


async def test_hr_signs_somebody_out_everywhere(door: Door) -> None:
    petra, mara = await door.inside("petra.roth"), await door.inside("mara.lindt")
    with door.echo.database.transaction() as session:
        whom: Employee = people.by_key(session, "mara.lindt")
    done = await petra.post(f"/people/{whom.id}/sign-out")
    assert "Mara Lindt ist überall abgemeldet." in (await petra.get(done.headers["location"])).text
    assert (await mara.get("/talk")).status_code == 303


async def test_names_and_codes_that_no_database_takes_are_just_wrong(door: Door) -> None:
    stranger = door.browser()
    for name in ("\0", "x" * 900, "%", "' OR 1=1 --", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")):
        assert (await stranger.post("/sign-in", name=name, secret="\0")).status_code == 422
        assert (await stranger.post("/start", name=name, code=name[:1000])).status_code == 422
    with door.echo.database.transaction() as session:
        assert session.query(Login).count() == 0
