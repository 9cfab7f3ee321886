"""What the web door shows: pages that cannot be shown, the desk in order, two editors at once; no bot is needed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from sqlalchemy.orm import Session

from backoffice import articles, demo, leave, people, ticket_changes, tickets
from backoffice.models import Article
from connectors.server import build_server
from connectors.web import pages
from tests.connectors.conftest import Echo

PAGE = "http://kontor.test"
BERLIN = "Europe/Berlin"
FROM_PAGE = {"Origin": PAGE}
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
async def page(echo: Echo) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build_server(echo.settings)), base_url=PAGE) as client:
        yield client


async def become(page: httpx.AsyncClient, persona: str, **more: str) -> None:
    answer = await page.post("/persona", data={"persona": persona, **more}, headers=FROM_PAGE)
    assert answer.status_code == 303


def sentence(answer: httpx.Response) -> tuple[int, str, str, str]:
    """Status, title, sentence and the way back."""
    assert answer.headers["content-type"].startswith("text/html")
    found = re.search(r"<h1>(.*?)</h1>\s*<p>(.*?)</p>\s*<p><a href=\"(.*?)\">", answer.text, re.DOTALL)
    assert found
    return (answer.status_code, *found.groups())


async def test_a_page_for_another_role_says_so_in_the_language_of_the_person(page: httpx.AsyncClient) -> None:
    await become(page, "mara.lindt")
    title = "Diese Seite ist nicht für dich"
    editors, staff = "Diese Seite ist für Menschen, die Artikel pflegen.", "Diese Seite ist für Menschen, die Tickets"
    assert sentence(await page.get("/articles")) == (403, title, editors, "/talk")
    assert sentence(await page.get("/articles/1")) == (403, title, editors, "/talk")
    assert sentence(await page.get("/desk")) == (403, title, f"{staff} bearbeiten.", "/talk")
    await page.post("/language", data={"to": "en"}, headers=FROM_PAGE)
    said = "This page is for people who work on tickets."
    assert sentence(await page.get("/desk")) == (403, "This page is not for you", said, "/talk")
    await become(page, "petra.roth")
    assert (await page.get("/articles")).status_code == 200


async def test_no_page_and_no_form_are_sentences_too(page: httpx.AsyncClient) -> None:
    assert sentence(await page.get("/nowhere"))[:2] == (404, "Diese Seite gibt es nicht")
    assert sentence(await page.get("/nowhere"))[3] == "/"
    assert sentence(await page.get("/persona"))[:2] == (405, "Diese Seite gibt es nicht")
    assert sentence(await page.post("/persona", headers=FROM_PAGE))[:2] == (422, "Da fehlt etwas")
    await become(page, "petra.roth")
    for path in ("/articles/abc", "/articles/9999", "/payslips/2026-99.pdf"):
        assert sentence(await page.get(path))[:2] == (404, "Diese Seite gibt es nicht")


async def test_the_api_refuses_a_stranger_before_it_reads_and_stays_with_json(
    echo: Echo, page: httpx.AsyncClient
) -> None:
    for body in (b"", b"{nonsense", b'{"text": 3}', b"{}"):
        answer = await page.post("/api/v1/messages", content=body)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json() == {"detail": "a bearer token from `kontor token issue` is needed"}
    with echo.database.transaction() as session:
        token = people.issue_token(session, people.by_key(session, "mara.lindt"), now=NOW)
    known = {"Authorization": f"Bearer {token}"}
    answers = [await page.post("/api/v1/messages", json=body, headers=known) for body in ({}, {"text": 3})]
    assert [(one.status_code, list(one.json())) for one in answers] == [(422, ["detail"]), (422, ["detail"])]
    assert (await page.get("/api/v1/nothing")).json() == {"detail": "Not Found"}


async def test_the_language_of_the_door_wins(page: httpx.AsyncClient) -> None:
    shown = (await page.get("/?lang=en")).text
    assert '<input type="hidden" name="lang" value="en">' in shown
    assert 'name="lang"' not in (await page.get("/")).text + (await page.get("/?lang=xx")).text
    await become(page, "mara.lindt", lang="en")
    assert '<html lang="en">' in (await page.get("/talk")).text
    await become(page, "mara.lindt")
    assert '<html lang="en">' in (await page.get("/talk")).text
    await become(page, "mara.lindt", lang="de")
    assert '<html lang="de">' in (await page.get("/talk")).text


@pytest.mark.parametrize(("persona", "leave_and_pay"), [("mara.lindt", True), ("oksana.koval", False)])
async def test_the_page_offers_leave_and_pay_to_who_gets_them_here(
    page: httpx.AsyncClient, persona: str, leave_and_pay: bool
) -> None:
    await become(page, persona)
    shown = (await page.get("/talk")).text
    assert ("Frag mich zu Urlaub, Gehalt, Schichten" in shown, "Frag mich zu Schichten" in shown) == (
        leave_and_pay,
        not leave_and_pay,
    )


async def test_the_window_on_others_says_that_it_belongs_to_the_demonstration(page: httpx.AsyncClient) -> None:
    await become(page, "mara.lindt")
    assert "Das gibt es nur in der Vorführung" in (await page.get("/talk")).text


def of_message(shown: str, words: str) -> tuple[list[str], list[str]]:
    """Tag and buttons of the message that says these words on the talk page."""
    message = re.split(r'<div class="turn|<span id="end">', shown.partition(words)[2])[0]
    return re.findall(r'<span class="tag [^>]*>(.*?)</span>', message), re.findall(r">([^<]+)</button>", message)


def open_tickets(session: Session) -> list[str]:
    jonas = people.by_key(session, "jonas.weber")
    return [case.summary for case in pages.queue(session, jonas, now=NOW)]


def test_urgent_tickets_come_first_then_those_that_are_due(echo: Echo) -> None:
    with echo.database.transaction() as session:
        mara = people.by_key(session, "mara.lindt")
        before = open_tickets(session)
        for urgency, hours in (("normal", -200), ("urgent", 5), ("high", 4), ("urgent", 3)):
            ticket = tickets.open_ticket(session, mara, summary=f"{urgency} {hours}", now=NOW, urgency=urgency)
            ticket.due_at = NOW + timedelta(hours=hours)
        shown = [one for one in open_tickets(session) if one not in before]
    assert shown == ["urgent 3", "urgent 5", "normal -200", "high 4"]


async def test_the_desk_says_who_is_waited_for_why_it_is_urgent_and_until_which_day(
    echo: Echo, page: httpx.AsyncClient
) -> None:
    with echo.database.transaction() as session:
        mara, jonas = people.by_key(session, "mara.lindt"), people.by_key(session, "jonas.weber")
        ticket = tickets.open_ticket(session, mara, summary="Beamer flackert", now=NOW, urgency="high")
        tickets.ask(session, ticket.id, by=jonas, question="Welcher Raum?", now=NOW)
        ticket.due_at = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)
    await become(page, "jonas.weber")
    case = (await page.get("/desk")).text.partition("Beamer flackert")[2].partition("</article>")[0]
    assert "wartet auf Mara</span>" in case
    assert "<dd>hoch, eilt</dd>" in case
    assert "<dd>Di., 24. Nov., 08:05</dd>" in case


@pytest.mark.parametrize(
    ("withdrawn", "tag", "buttons"),
    [(False, "wartet auf Entscheidung", ["Genehmigen", "Ablehnen"]), (True, "zurückgezogen", [])],
)
async def test_what_is_decided_elsewhere_has_no_buttons_after_a_reload(
    echo: Echo, page: httpx.AsyncClient, withdrawn: bool, tag: str, buttons: list[str]
) -> None:
    with echo.database.transaction() as session:
        mara, today = people.by_key(session, "mara.lindt"), demo.TODAY
        request = leave.request_leave(
            session, mara, first=date(2026, 12, 2), last=date(2026, 12, 2), now=NOW, today=today
        )
        if withdrawn:
            leave.cancel(session, request.id, by=mara, now=NOW, today=today)
    await become(page, "eva.brandt")
    words = "Mara Lindt möchte Urlaub nehmen."
    assert of_message((await page.get("/talk")).text, words) == ([tag], buttons)


async def test_an_answer_from_the_desk_reaches_the_requester_and_asks_nothing_back(
    echo: Echo, page: httpx.AsyncClient
) -> None:
    with echo.database.transaction() as session:
        mara = people.by_key(session, "mara.lindt")
        ticket = tickets.open_ticket(session, mara, summary="Beamer flackert", now=NOW)
    await become(page, "jonas.weber")
    assert f'formaction="/desk/{ticket.id}/answer">Antworten</button>' in (await page.get("/desk")).text
    desk = f"/desk/{ticket.id}/answer"
    empty = await page.post(desk, data={"words": " "}, headers=FROM_PAGE, follow_redirects=True)
    assert "Was möchtest du antworten?" in empty.text
    done = await page.post(desk, data={"words": "Ersatz ist da."}, headers=FROM_PAGE, follow_redirects=True)
    assert "Mara Lindt hat deine Antwort zu IT-1003." in done.text
    case = done.text.partition("Beamer flackert")[2].partition("</article>")[0]
    assert "neu</span>" in case
    assert "Ersatz ist da." in case
    await become(page, "mara.lindt")
    assert "Jonas Weber zu IT-1003: Ersatz ist da." in (await page.get("/talk")).text


@pytest.mark.parametrize(
    ("deeds", "queue", "tag", "buttons"),
    [
        ([], "it", "neu", ["Übernehmen", "Lösen"]),
        (["take"], "it", "in Arbeit", ["Lösen"]),
        (["ask"], "it", "wartet auf Mara", ["Lösen"]),
        (["take", "solve"], "it", "gelöst", []),
        (["close"], "it", "gelöst", []),
        (["ask"], "hr", "wartet auf Antwort", ["Lösen"]),
    ],
)
async def test_a_card_says_what_has_become_of_its_ticket_and_offers_what_is_left(
    echo: Echo, page: httpx.AsyncClient, deeds: list[str], queue: str, tag: str, buttons: list[str]
) -> None:
    who, other = ("jonas.weber", "nadia.kowalska") if queue == "it" else ("petra.roth", "petra.roth")
    with echo.database.transaction() as session:
        mara, colleague = people.by_key(session, "mara.lindt"), people.by_key(session, other)
        ticket = tickets.open_ticket(session, mara, summary="Beamer flackert", now=NOW, queue=queue)
        for deed in deeds:
            if deed == "close":
                ticket_changes.hear(session, ticket, by=mara, text="hat sich erledigt", now=NOW)
            elif deed == "ask":
                tickets.ask(session, ticket.id, by=colleague, question="Welcher Raum?", now=NOW)
            else:
                getattr(tickets, deed)(session, ticket.id, by=colleague, now=NOW)
    await become(page, who)
    words = f"{ticket.number}: neues Ticket von Mara Lindt."
    assert of_message((await page.get("/talk")).text, words) == ([tag], buttons)


async def test_what_is_open_again_or_settled_has_no_reopen_button(echo: Echo, page: httpx.AsyncClient) -> None:
    with echo.database.transaction() as session:
        mara, jonas = people.by_key(session, "mara.lindt"), people.by_key(session, "jonas.weber")
        ticket = tickets.open_ticket(session, mara, summary="Beamer flackert", now=NOW)
        tickets.solve(session, ticket.id, by=jonas, now=NOW)
    await become(page, "mara.lindt")
    words = "Jonas Weber hat IT-1003 gelöst"
    assert of_message((await page.get("/talk")).text, words)[1] == ["Ist nicht gelöst"]
    with echo.database.transaction() as session:
        ticket_changes.reopen(session, ticket.id, by=people.by_key(session, "mara.lindt"), now=NOW)
    assert of_message((await page.get("/talk")).text, words)[1] == []


def homeoffice(session: Session, language: str) -> Article:
    return session.query(Article).filter_by(slug="mobile-work", language=language).one()


async def test_two_people_who_save_the_same_revision_both_keep_their_words(echo: Echo, page: httpx.AsyncClient) -> None:
    with echo.database.transaction() as session:
        number = homeoffice(session, "de").id
    await become(page, "petra.roth")
    opened = (await page.get(f"/articles/{number}")).text
    assert '<input type="hidden" name="revision" value="1">' in opened
    first = {"title": "Mobiles Arbeiten", "body": "Drei Tage.", "revision": "1"}
    assert (await page.post(f"/articles/{number}", data=first, headers=FROM_PAGE)).status_code == 303
    second = {"title": "Mobiles Arbeiten", "body": "Vier Tage.", "revision": "1"}
    refused = await page.post(f"/articles/{number}", data=second, headers=FROM_PAGE)
    assert refused.status_code == 409
    assert "Nicht gespeichert: Petra Roth hat „Mobiles Arbeiten“ inzwischen geändert." in refused.text
    assert ">Vier Tage.</textarea>" in refused.text
    assert '<p lang="de">Drei Tage.</p>' in refused.text
    assert '<input type="hidden" name="revision" value="2">' in refused.text
    again = await page.post(f"/articles/{number}", data={**second, "revision": "2"}, headers=FROM_PAGE)
    assert again.status_code == 303
    with echo.database.transaction() as session:
        saved = homeoffice(session, "de")
        assert (saved.body, saved.revision) == ("Vier Tage.", 3)


async def test_the_editor_leads_to_the_twin_and_says_when_it_is_older(echo: Echo, page: httpx.AsyncClient) -> None:
    with echo.database.transaction() as session:
        german, english = homeoffice(session, "de"), homeoffice(session, "en")
    await become(page, "petra.roth")
    link = f'<a href="/articles/{english.id}">Englisch: Fassung 1 von „{english.title}“</a>'
    older = "Sie wurde zuletzt vor dieser hier geändert"
    shown = (await page.get(f"/articles/{german.id}")).text
    assert (link in shown, older in shown) == (True, False)
    saved = {"title": german.title, "body": "Drei Tage.", "revision": "1"}
    await page.post(f"/articles/{german.id}", data=saved, headers=FROM_PAGE)
    shown = (await page.get(f"/articles/{german.id}")).text
    assert (link in shown, older in shown) == (True, True)
    assert older not in (await page.get(f"/articles/{english.id}")).text


def test_an_article_is_as_old_as_its_last_change(echo: Echo) -> None:
    with echo.database.transaction() as session:
        german, petra = homeoffice(session, "de"), people.by_key(session, "petra.roth")
        assert german.as_of(BERLIN) == german.valid_from
        articles.save(session, german.id, by=petra, title=german.title, body="Drei Tage.", now=NOW)
        assert german.as_of(BERLIN) == demo.TODAY
        german.valid_from = date(2027, 1, 1)
        assert german.as_of(BERLIN) == date(2027, 1, 1)


@pytest.mark.parametrize(("zone", "due"), [("Europe/Berlin", "10:00"), ("Asia/Tokyo", "18:00")])
async def test_the_desk_says_times_as_at_the_place_of_work(
    echo: Echo, page: httpx.AsyncClient, zone: str, due: str
) -> None:
    with echo.database.transaction() as session:
        jonas = people.by_key(session, "jonas.weber")
        ticket = tickets.open_ticket(session, people.by_key(session, "mara.lindt"), summary="VPN geht nicht", now=NOW)
        jonas.site.zone, ticket.due_at = zone, datetime(2026, 11, 24, 9, tzinfo=UTC)
    await become(page, "jonas.weber")
    shown = (await page.get("/desk")).text
    assert f"24. Nov., {due}<" in shown.partition(ticket.number)[2].partition("</article>")[0]


def test_an_article_changed_at_night_has_the_day_of_the_zone(echo: Echo) -> None:
    with echo.database.transaction() as session:
        german, petra = homeoffice(session, "de"), people.by_key(session, "petra.roth")
        late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
        articles.save(session, german.id, by=petra, title=german.title, body="Drei Tage.", now=late)
        days = {zone: german.as_of(zone) for zone in ("Europe/Berlin", "Europe/Lisbon")}
    assert days == {"Europe/Berlin": date(2026, 11, 24), "Europe/Lisbon": date(2026, 11, 23)}
