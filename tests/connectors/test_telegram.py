"""The Telegram door: what updates say, how replies look, and real python-telegram-bot against a Bot API on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from telegram import Update

from backoffice.errors import Misconfigured
from connectors.messages import Button, Card, Heard, Reply, Shown
from connectors.splitting import utf16
from connectors.telegram import parse, render
from tests.connectors.conftest import Echo
from tests.fakes import specs
from tests.fakes.html import NotHtml, read
from tests.fakes.telegram import BOT, FakeTelegram

PAYLOADS = Path(__file__).parents[1] / "payloads" / "telegram"
MARA, JONAS, STRANGER = 7001, 7004, 9999


def payload(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return content


def update(name: str) -> Update:
    return Update.de_json(payload(name), None)


def test_a_private_message_is_heard() -> None:
    assert parse.parse_message(update("message"), bot=BOT) == Heard(
        key="telegram:123456:5001",
        handle="7001",
        room="telegram:123456:7001",
        address="7001",
        text="Wie viel Resturlaub habe ich noch?",
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("start", "Hallo"),
        ("start_english", "Hello"),
        ("start_elsewhere", "Hallo"),
        ("photo", "mein Laptop"),
        ("voice", ""),
    ],
)
def test_what_a_message_means_that_is_not_just_text(name: str, text: str) -> None:
    heard = parse.parse_message(update(name), bot=BOT)
    assert heard
    assert heard.text == text


@pytest.mark.parametrize("name", ["anonymous", "bot", "edited", "group", "my_chat_member", "pinned", "press"])
def test_what_is_no_private_message_is_not_heard(name: str) -> None:
    assert parse.parse_message(update(name), bot=BOT) is None


def test_a_press_is_heard_with_the_message_it_was_on() -> None:
    assert parse.parse_press(update("press"), bot=BOT) == Heard(
        key="telegram:123456:5013",
        handle="7001",
        room="telegram:123456:7001",
        address="7001",
        pressed="nonce-1",
        shown=Shown("12", "<b>a &lt; b</b>: Soll ich das so einreichen?", "Einreichen"),
    )


@pytest.mark.parametrize("name", ["press_old", "press_settled"])
def test_a_press_on_what_cannot_be_changed_any_more_still_counts(name: str) -> None:
    heard = parse.parse_press(update(name), bot=BOT)
    assert heard
    assert (heard.pressed, heard.shown) == ("nonce-1", None)


@pytest.mark.parametrize("name", ["press_in_group", "message"])
def test_other_presses_are_not_heard(name: str) -> None:
    assert parse.parse_press(update(name), bot=BOT) is None


@pytest.mark.skipif(not specs.available(), reason=specs.ABSENT)
@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda path: path.stem)
def test_the_payloads_are_such_as_telegram_sends(path: Path) -> None:
    assert specs.telegram_update(json.loads(path.read_text(encoding="utf-8"))) == []


CARD = Card("UA-0003", "wartet", "wait", (("Wann", "Mittwoch", False), ("Frei", "8,5", True)))


def test_a_reply_with_card_and_buttons() -> None:
    reply = Reply(1, "Dir bleiben **8,5 Tage**.", CARD, (Button("Ja", "n1", first=True), Button("Nein", "n2")))
    (post,) = render.render(reply)
    assert post.html == ("Dir bleiben <b>8,5 Tage</b>.\n\n<b>UA-0003</b> · wartet\nWann: Mittwoch\n<b>Frei: 8,5</b>")
    assert post.keyboard
    assert post.keyboard.to_dict() == {
        "inline_keyboard": [[{"text": "Ja", "callback_data": "n1"}, {"text": "Nein", "callback_data": "n2"}]]
    }


def test_long_labels_stand_below_each_other() -> None:
    (post,) = render.render(Reply(1, "?", buttons=(Button("Wie viel Resturlaub habe ich?", "n1"), Button("Ja", "n2"))))
    assert post.keyboard
    assert [len(row) for row in post.keyboard.inline_keyboard] == [1, 1]


def test_what_a_person_typed_is_text() -> None:
    (post,) = render.render(Reply(1, "Du sagst: <b>&amp;</b> & <a href='tg://user?id=1'>x</a>"))
    assert read(post.html) == ("Du sagst: <b>&amp;</b> & <a href='tg://user?id=1'>x</a>", [])


def test_a_document_is_a_button_only_where_there_is_a_public_page() -> None:
    reply = Reply(1, "Hier.", link=("Als PDF", "/payslips/2026-06.pdf"), language="en")
    (post,) = render.render(reply)
    assert (post.html, post.keyboard) == ("Hier.\n\nAls PDF: on the Kontor web page.", None)
    (post,) = render.render(reply, public_url="https://kontor.example")
    assert post.keyboard
    assert post.keyboard.inline_keyboard[0][0].url == "https://kontor.example/payslips/2026-06.pdf"


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9000)


@given(text=texts, rows=st.lists(st.tuples(texts, texts, st.booleans()), max_size=3))
def test_every_reply_is_within_the_limits(text: str, rows: list[tuple[str, str, bool]]) -> None:
    posts = render.render(Reply(1, text, Card("t", "", "", tuple(rows)), (Button("Ja", "n" * 64),)))
    for post in posts:
        assert utf16(read(post.html)[0]) <= 4096
    assert [post.keyboard is not None for post in posts] == [False] * (len(posts) - 1) + [True]


@pytest.mark.parametrize("html", ["<b>x", "x</b>", "a < b", "a & b", "<script>x</script>", "<b>x</i>"])
def test_the_fake_reads_html_as_strictly_as_telegram(html: str) -> None:
    with pytest.raises(NotHtml):
        read(html)


# through real python-telegram-bot


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake
    assert fake.problems == []


async def test_a_message_is_in_the_inbox_before_the_offset_moves_on(echo: Echo, telegram: FakeTelegram) -> None:
    async with echo.house(telegram).open() as house:
        assert await telegram.send(telegram.says(MARA, "hallo <b>"))
        assert echo.inbox() == [("hallo <b>", None)]
        await house.reception.finish()
    assert telegram.texts(MARA) == ["hallo <b>"]
    assert [call.method for call in telegram.calls] == ["getMe", "sendChatAction", "sendMessage"]
    assert echo.outbox() == [(True, None)]


async def test_what_cannot_be_stored_is_not_confirmed_and_comes_again(
    echo: Echo, telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    async with echo.house(telegram).open() as house:
        with echo.database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE inbox_event RENAME TO away")
        assert not await telegram.send(telegram.says(MARA, "hallo"), seconds=0.5)
        with echo.database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO inbox_event")
        assert await telegram.send(telegram.says(MARA, "noch da?"))
        await house.reception.finish()
    assert telegram.texts(MARA) == ["hallo", "noch da?"]
    assert "Telegram: OperationalError; trying again in 1 s" in caplog.messages
    assert "hallo" not in caplog.text


async def test_the_same_update_after_a_crash_is_one_answer(echo: Echo, telegram: FakeTelegram) -> None:
    event = telegram.says(MARA, "hallo")
    for _ in range(2):  # the second start asks without an offset and gets it again
        async with echo.house(telegram).open() as house:
            assert await telegram.send(event)
            await house.reception.finish()
        telegram.forget_confirmed()
    assert telegram.texts(MARA) == ["hallo"]


async def test_messages_of_one_person_are_answered_in_order(echo: Echo, telegram: FakeTelegram) -> None:
    said = [f"nummer {number}" for number in range(8)]
    async with echo.house(telegram).open() as house:
        events = [telegram.says(MARA, text) for text in said]
        assert all(await asyncio.gather(*(telegram.send(event) for event in events)))
        await house.reception.finish()
    assert telegram.texts(MARA) == said


async def test_edits_bots_and_groups_are_confirmed_and_nothing_else(echo: Echo, telegram: FakeTelegram) -> None:
    async with echo.house(telegram).open() as house:
        for name in ("anonymous", "bot", "edited", "group", "my_chat_member", "pinned"):
            assert await telegram.send(payload(name)), name
        await house.reception.finish()
    assert (echo.inbox(), dict(telegram.messages)) == ([], {})


async def test_a_stranger_hears_once_how_an_account_is_connected(echo: Echo, telegram: FakeTelegram) -> None:
    async with echo.house(telegram).open() as house:
        for text in ("Wie viel Resturlaub habe ich noch?", "und?", "hallo?"):
            assert await telegram.send(telegram.says(STRANGER, text))
        await house.reception.finish()
    assert telegram.texts(STRANGER) == [
        "Dieses Konto ist noch mit niemandem verbunden: Nenne der IT die Kennung 9999, dann kann ich dir hier helfen."
    ]
    assert (echo.inbox(), echo.bot.heard) == ([], [])


async def test_a_press_shows_what_was_chosen_and_a_second_one_does_nothing(echo: Echo, telegram: FakeTelegram) -> None:
    async with echo.house(telegram).open() as house:
        await telegram.send(telegram.says(MARA, "ask <me>"))
        await house.reception.finish()
        for _ in range(2):
            assert await telegram.send(telegram.presses(MARA, "Yes"))
            await house.reception.finish()
    assert telegram.texts(MARA) == ["ask <me>\n\nChosen: Yes", "choice Yes", "That is done already."]
    assert telegram.messages[MARA][0].keyboard == []
    assert [call.method for call in telegram.calls].count("answerCallbackQuery") == 2


async def test_another_persons_press_has_no_effect(echo: Echo, telegram: FakeTelegram) -> None:
    async with echo.house(telegram).open() as house:
        await telegram.send(telegram.says(MARA, "ask me"))
        await telegram.send(telegram.says(JONAS, "hallo"))
        await house.reception.finish()
        forged = telegram.presses(JONAS, "Yes", in_chat=MARA)
        forged["callback_query"]["message"]["chat"]["id"] = JONAS
        assert await telegram.send(forged)
        await house.reception.finish()
    assert telegram.texts(JONAS) == ["hallo", "Dieser Knopf ist nicht für dich."]
    assert telegram.texts(MARA) == ["ask me"]
    assert sorted(echo.bot.heard) == ["ask me", "hallo"]


async def test_a_late_press_is_answered_although_telegram_has_forgotten_it(echo: Echo, telegram: FakeTelegram) -> None:
    telegram.faults["answerCallbackQuery"] = ["400 Bad Request: query is too old and response timeout expired"]
    telegram.faults["editMessageText"] = ["400 Bad Request: message is not modified"]
    async with echo.house(telegram).open() as house:
        await telegram.send(telegram.says(MARA, "ask me"))
        await house.reception.finish()
        assert await telegram.send(telegram.presses(MARA, "No"))
        await house.reception.finish()
    assert telegram.texts(MARA) == ["ask me", "choice No"]
    assert telegram.messages[MARA][0].keyboard == []


async def test_refused_markup_is_said_as_text(echo: Echo, telegram: FakeTelegram) -> None:
    telegram.faults["sendMessage"] = ["400 Bad Request: can't parse entities: unexpected end"]
    async with echo.house(telegram).open() as house:
        await telegram.send(telegram.says(MARA, "a < b"))
        await house.reception.finish()
    assert telegram.texts(MARA) == ["a < b"]


async def test_too_many_messages_wait_as_long_as_telegram_says(echo: Echo, telegram: FakeTelegram) -> None:
    telegram.faults["sendMessage"] = [1]
    async with echo.house(telegram).open() as house:
        await telegram.send(telegram.says(MARA, "hallo"))
        await house.reception.finish()
    assert telegram.texts(MARA) == ["hallo"]


async def test_news_reach_somebody_who_wrote_before_and_nobody_else(echo: Echo, telegram: FakeTelegram) -> None:
    async with echo.house(telegram).open() as house:
        await telegram.send(telegram.says(MARA, "hallo"))
        await house.reception.finish()
        echo.tell("mara.lindt", "etwas Neues")
        echo.tell("eva.brandt", "etwas zu entscheiden")  # a bot cannot write first
        await house.courier.deliver_waiting()
        await house.courier.deliver_waiting()
    assert telegram.texts(MARA) == ["hallo", "etwas Neues"]
    assert list(telegram.messages) == [MARA]
    assert echo.outbox() == [(True, None), (True, None), (False, None)]


async def test_a_blocked_bot_does_not_try_for_ever(echo: Echo, telegram: FakeTelegram) -> None:
    async with echo.house(telegram).open() as house:
        await telegram.send(telegram.says(MARA, "hallo"))
        await house.reception.finish()
        telegram.blocked.add(MARA)
        echo.tell("mara.lindt", "etwas Neues")
        for _ in range(3):
            await house.courier.deliver_waiting()
            echo.release()
    assert echo.outbox() == [(True, None), (False, "reason=Forbidden: bot was blocked by the user")]
    assert [call.method for call in telegram.calls].count("sendMessage") == 2


async def test_what_a_crash_left_undelivered_goes_out_once_the_lease_has_ended(
    echo: Echo, telegram: FakeTelegram
) -> None:
    telegram.faults["sendMessage"] = ["502 Bad Gateway"]
    async with echo.house(telegram).open() as house:
        await telegram.send(telegram.says(MARA, "hallo"))
        await house.reception.finish()
        await house.courier.deliver_waiting()
        assert telegram.texts(MARA) == []
        echo.release()
        await house.courier.deliver_waiting()
        await house.courier.deliver_waiting()
    assert telegram.texts(MARA) == ["hallo"]


async def test_a_bot_that_is_read_elsewhere_says_so(
    echo: Echo, telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.faults["getUpdates"] = ["409 Conflict: terminated by other getUpdates request"]
    async with echo.house(telegram).open():
        async with asyncio.timeout(5):
            while not caplog.messages:
                await asyncio.sleep(0.02)
    assert caplog.messages == ["another program reads this bot's messages, or it has a webhook: one bot, one Kontor"]


async def test_a_wrong_token_says_so(echo: Echo, telegram: FakeTelegram) -> None:
    house = echo.house(telegram, telegram_token=SecretStr("123456:WRONG"))
    with pytest.raises(Misconfigured, match="Telegram refuses KONTOR_TELEGRAM_TOKEN"):
        await house.door.open()
    await house.door.close()


@pytest.mark.skipif(not specs.available(), reason=specs.ABSENT)
def test_the_gate_bites() -> None:
    good = {"chat_id": 1, "text": "hallo", "parse_mode": "HTML"}
    assert specs.telegram_call("sendMessage", good) == []
    for bad in ({**good, "txt": "x"}, {"text": "hallo"}, {**good, "reply_markup": {"inline_keyboard": [{"text": 1}]}}):
        assert specs.telegram_call("sendMessage", bad) != []
