"""Real Chromium on the real pages, with the real bot: presses work, screen readers and phones are served."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from connectors.processes import ROOT, free_port
from tests.conftest import SECRET, Stack

sync_api = pytest.importorskip("playwright.sync_api")
axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SHOTS = os.environ.get("SHOTS")  # a folder: the pictures of README are taken here


@pytest.fixture(scope="module")
def url(stack: Stack) -> Iterator[str]:
    """The web door as a process of its own."""
    port = free_port()
    settings = stack.settings
    keys = {
        f"KONTOR_{name}": SECRET.get_secret_value()
        for name in ("BOT_KEY", "CONTEXT_KEY", "ACTIONS_TOKEN", "SESSION_KEY")
    }
    environment = {
        **os.environ,
        **keys,
        "KONTOR_DEMO": "true",
        "KONTOR_TODAY": str(settings.today),
        "KONTOR_DATABASE_URL": settings.url,
        "KONTOR_BOT_URL": settings.bot_url,
        "KONTOR_ACTIONS_PORT": str(settings.actions_port),
        "KONTOR_PORT": str(port),
    }
    web = subprocess.Popen([sys.executable, "-m", "connectors", "serve"], cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/health/ready").status_code == 200:
                break
        except httpx.HTTPError:
            time.sleep(0.2)
    yield address
    web.terminate()
    web.wait(15)


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def become(page: sync_api.Page, url: str, name: str) -> None:
    page.goto(url)
    page.get_by_role("button", name=name).click()


def tell(page: sync_api.Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")


def expect_text(page: sync_api.Page, text: str) -> None:
    sync_api.expect(page.get_by_role("log").get_by_text(text).last).to_be_visible(timeout=30_000)


def test_mara_asks_for_leave_and_eva_approves(company: Stack, url: str, browser: sync_api.Browser) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="de-DE", reduced_motion="reduce")
    become(page, url, "Mara Lindt")
    tell(page, "Wie viel Resturlaub habe ich noch?")
    expect_text(page, "8,5 Tage")
    tell(page, "Ich brauche nächste Woche Mittwoch frei")
    page.get_by_role("button", name="Einreichen").click()
    expect_text(page, "UA-0417")
    sync_api.expect(page.locator("#others").get_by_text("Mara Lindt möchte Urlaub nehmen.")).to_be_visible()
    _shoot(page, "talk-wide.png")
    become(page, url, "Eva Brandt")
    page.get_by_role("button", name="Genehmigen").click()
    expect_text(page, "Genehmigt: UA-0417")
    sync_api.expect(page.get_by_role("button", name="Ablehnen")).to_have_count(0)
    page.reload()
    expect_text(page, "Genehmigt: UA-0417")
    sync_api.expect(page.get_by_role("button", name="Ablehnen")).to_have_count(0)
    become(page, url, "Mara Lindt")
    expect_text(page, "Eva Brandt hat deinen Urlaub UA-0417 genehmigt.")
    tell(page, "Resturlaub?")
    expect_text(page, "7,5 Tage")
    page.close()


def test_mara_reports_trouble_and_jonas_solves_it(company: Stack, url: str, browser: sync_api.Browser) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    become(page, url, "Mara Lindt")
    tell(page, "my laptop won't start")
    page.get_by_role("button", name="Since today").click()
    page.get_by_role("button", name="File it").click()
    expect_text(page, "IT-1003")
    become(page, url, "Jonas Weber")
    case = page.locator(".case", has_text="my laptop won't start")
    case.get_by_role("textbox").fill("Ein Ersatzgerät ist unterwegs.")
    case.get_by_role("button", name="Antworten").click()
    sync_api.expect(page.get_by_text("Mara Lindt hat deine Antwort zu IT-1003.")).to_be_visible()
    case.get_by_role("textbox").fill("Akku getauscht.")
    _shoot(page, "desk-wide.png")
    case.get_by_role("button", name="Lösen").click()
    become(page, url, "Mara Lindt")
    expect_text(page, "Ein Ersatzgerät ist unterwegs.")
    expect_text(page, "Akku getauscht.")
    page.close()


def test_petra_changes_an_article_and_the_next_answer_has_it(
    company: Stack, url: str, browser: sync_api.Browser
) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    become(page, url, "Mara Lindt")
    tell(page, "Wie viele Tage Homeoffice sind erlaubt?")
    expect_text(page, "Mobiles Arbeiten")
    become(page, url, "Petra Roth")
    page.get_by_role("link", name="Wissen").click()
    page.get_by_role("link", name="Mobiles Arbeiten").click()
    body = page.get_by_label("Text")
    body.fill("## Wie viele Tage Homeoffice habe ich?\nSeit heute sind es vier Tage in der Woche.")
    _shoot(page, "article-wide.png")
    page.get_by_role("button", name="Speichern").click()
    become(page, url, "Mara Lindt")
    tell(page, "Wie viele Tage Homeoffice sind erlaubt?")
    expect_text(page, "Seit heute sind es vier Tage in der Woche.")
    page.close()


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_is_accessible_and_fits(
    company: Stack, url: str, browser: sync_api.Browser, width: int, scheme: str, language: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce")
    axe = axe_module.Axe()
    page.goto(f"{url}/?lang={language}")
    _check(page, axe)
    become(page, url, "Jonas Weber")
    if language == "en":
        page.get_by_role("button", name="English").click()
    page.goto(f"{url}/desk")
    _check(page, axe)
    become(page, url, "Petra Roth")
    page.goto(f"{url}/articles")
    _check(page, axe)
    page.get_by_role("link", name="Mobiles Arbeiten").click()
    _check(page, axe)
    become(page, url, "Jonas Weber")
    page.goto(f"{url}/accounts")
    page.locator("button.first").click()
    sync_api.expect(page.locator("code.secret")).to_have_text(re.compile(r"[0-9a-f]{32}"))
    _check(page, axe)
    _shoot(page, f"accounts-{width}-{scheme}-{language}.png")
    page.goto(f"{url}/talk")
    tell(page, "Warum habe ich so wenig Urlaub?" if language == "de" else "Why is my leave balance so low?")
    sync_api.expect(page.locator(".card dl").first).to_be_visible(timeout=30_000)
    _check(page, axe)
    _shoot(page, f"talk-{width}-{scheme}-{language}.png")
    page.close()


def test_a_phone_gives_the_head_two_lines_and_the_language_of_the_door_stays(
    company: Stack, url: str, browser: sync_api.Browser
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    for name, language in (("Petra Roth", "de"), ("Petra Roth", "en"), ("Jonas Weber", "en"), ("Mara Lindt", "en")):
        page.goto(f"{url}/?lang={language}")
        page.get_by_role("button", name=name).click()
        page.goto(f"{url}/talk")
        assert page.locator("html").get_attribute("lang") == language
        parts = page.locator(".top > .mark, .top > .who, .top > nav").all()
        lines = {round(box["y"] + box["height"] / 2) for part in parts if (box := part.bounding_box())}
        assert len(lines) <= 2, (name, lines)
        tall = [box["height"] for link in page.locator("nav a").all() if (box := link.bounding_box())]
        assert max(tall) < 48, (name, tall)  # no word is broken
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        _shoot(page, f"head-{name[:4]}-{language}.png")
    page.close()


def _check(page: sync_api.Page, axe: axe_module.Axe) -> None:
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} scrolls sideways by {overflow} px"


def _shoot(page: sync_api.Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / name)
