"""Real Chromium on the way in, outside the demo: phones, the dark, screen readers, no JavaScript, an open page."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pyotp
import pytest

from backoffice import demo, migrating, people, signing_in
from backoffice.clock import Clock
from backoffice.database import Database
from connectors.doctor import SECRETS
from connectors.processes import ROOT, free_port
from tests.browser.test_pages import CHROMIUM, FLAGS, axe_module, sync_api
from tests.conftest import SECRET

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")
GOOD, PIN = "Kaffeetasse blau sieben", "483920"
LOOKS = [(360, "light"), (1440, "dark"), (360, "dark"), (1440, "light")]


@dataclass
class House:
    """An installation that is no demo; `code` is handed out by the operator."""

    url: str
    database: Database

    def code(self, key: str) -> str:
        with self.database.transaction() as session:
            return signing_in.issue_code(session, people.by_key(session, key), by=None, now=Clock().now())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    database = Database(f"sqlite:///{folder / 'kontor.db'}")
    migrating.upgrade(database)
    with database.transaction() as session:
        demo.seed(session)
    port = free_port()
    mine = {f"KONTOR_{name.upper()}": SECRET.get_secret_value() for name in SECRETS}
    mine |= {
        "KONTOR_DATA_DIR": str(folder),
        "KONTOR_PORT": str(port),
        "KONTOR_BOT_URL": f"http://127.0.0.1:{free_port()}",
    }
    web = subprocess.Popen([sys.executable, "-m", "connectors", "serve"], cwd=ROOT, env={**os.environ, **mine})
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(url)
            break
        except httpx.HTTPError:
            time.sleep(0.2)
    yield House(url, database)
    web.terminate()
    web.wait(15)
    database.engine.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def look(page: sync_api.Page) -> None:
    """Nothing to scroll sideways, nothing too small to touch, nothing that a screen reader or tired eyes miss."""
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        found = axe_module.Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    heights = page.locator("main button, main input:not([type=hidden], [type=checkbox], .unseen)").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(heights, default=40) >= 40


def fill(page: sync_api.Page, button: str, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " ")).fill(text)
    page.get_by_role("button", name=button, exact=True).click()


def test_the_way_in_of_an_admin_looks_well_on_every_page(house: House, browser: sync_api.Browser) -> None:
    with house.database.transaction() as session:
        code = signing_in.first_admin(session, people.by_key(session, "petra.roth"), now=Clock().now())
    page = browser.new_context(locale="de-DE").new_page()
    page.goto(house.url)
    look(page)
    fill(page, "Anmelden", Firmen="petra.roth", Passwort="falsch")
    sync_api.expect(page.get_by_role("alert")).to_contain_text("Das passt nicht zusammen.")
    look(page)
    page.goto(f"{house.url}/start?code={code}")
    look(page)
    fill(page, "Weiter", Firmen="petra.roth@nordstern.example")
    look(page)
    fill(page, "Speichern", Neues_Passwort=GOOD, Noch_einmal=GOOD)
    page.wait_for_url("**/account/second-factor")
    look(page)
    totp = pyotp.TOTP(page.locator("code").inner_text().replace("-", ""))
    fill(page, "Weiter", Sechs_Ziffern=totp.now())
    sync_api.expect(page.locator(".codes li")).to_have_count(10)
    look(page)
    for path in ("/account", "/people?q=ko"):
        page.goto(house.url + path)
        look(page)
    page.get_by_role("button", name="Oksana Koval einen Code geben").click()
    sync_api.expect(page.locator("code.large")).to_be_visible()
    look(page)
    later = browser.new_context(locale="en-GB").new_page()
    later.goto(house.url)
    fill(later, "Sign in", Work="petra.roth", Password=GOOD)
    sync_api.expect(later.get_by_role("heading", name="One more step")).to_be_visible()
    look(later)
    page.context.close()
    later.context.close()


def test_everything_works_without_javascript_and_by_keyboard(house: House, browser: sync_api.Browser) -> None:
    code = house.code("oksana.koval")
    page = browser.new_context(locale="en-GB", java_script_enabled=False).new_page()
    page.goto(f"{house.url}/start?code={code}")
    page.keyboard.type("oksana.koval")
    page.keyboard.press("Enter")
    page.wait_for_url("**/start/secret**")
    page.keyboard.type("123456")
    page.keyboard.press("Tab")
    page.keyboard.type("123456")
    page.keyboard.press("Enter")
    sync_api.expect(page.get_by_role("alert")).to_contain_text("That is guessed early")
    page.keyboard.type(PIN)
    page.keyboard.press("Tab")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/talk")
    page.goto(f"{house.url}/account")
    page.get_by_role("button", name="Hier abmelden").click()
    page.wait_for_url(f"{house.url}/")
    page.keyboard.type("oksana.koval")
    page.keyboard.press("Tab")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/talk")
    page.context.close()


def test_who_is_signed_out_while_writing_keeps_the_words_and_sends_them_later(
    house: House, browser: sync_api.Browser
) -> None:
    context = browser.new_context(locale="de-DE")
    other, page = context.new_page(), context.new_page()
    other.goto(f"{house.url}/start?code={house.code('mara.lindt')}")
    fill(other, "Weiter", Firmen="mara.lindt")
    fill(other, "Speichern", Neues_Passwort=GOOD, Noch_einmal=GOOD)
    other.wait_for_url("**/talk")
    page.goto(f"{house.url}/talk")
    page.get_by_role("textbox").fill("Wie viel Urlaub habe ich noch?")
    other.goto(f"{house.url}/account")
    other.get_by_role("button", name="Überall abmelden").click()
    other.wait_for_url(f"{house.url}/")
    page.get_by_role("textbox").press("Enter")
    sync_api.expect(page.get_by_role("alert")).to_contain_text("Du bist abgemeldet.")
    sync_api.expect(page.get_by_role("log")).to_be_hidden()
    assert page.get_by_role("textbox").input_value() == "Wie viel Urlaub habe ich noch?"
    with context.expect_page() as opened:
        page.get_by_role("link", name="Anmelden").click()
    again = opened.value
    fill(again, "Anmelden", Firmen="mara.lindt", Passwort=GOOD)
    again.wait_for_url("**/talk")
    with page.expect_request("**/talk/say") as sent:
        page.get_by_role("textbox").press("Enter")
    assert (sent.value.response() or sent.value).headers["content-type"] == "application/json"
    context.close()
