"""Doors beside the web page, and whose accounts are whose."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from pydantic import SecretStr

from backoffice import audit, demo, inbox, outbox, people
from backoffice.clock import Clock
from backoffice.errors import Misconfigured
from backoffice.models import AuditEntry, InboxEvent
from connectors import accounts
from connectors.conversation import Conversation, conversation_id
from connectors.messages import Incoming
from connectors.platforms import open_platforms
from connectors.server import build_server
from connectors.slack.parse import parse_message
from tests.connectors.conftest import Echo
from tests.fakes.doors import settings_for
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.fakes.telegram import TOKEN, FakeTelegram

FAKES = {"aiohttp.access", "aiohttp.server"}


async def until(true: object, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # type: ignore[operator]
            await asyncio.sleep(0.02)


async def test_both_doors_open_with_the_web_door_and_the_courier_comes_round(echo: Echo) -> None:
    async with FakeSlack() as slack, FakeTelegram() as telegram:
        settings = settings_for(settings_for(echo.settings, slack), telegram)
        app = build_server(settings)
        async with app.router.lifespan_context(app):
            echo.tell("eva.brandt", "etwas zu entscheiden")
            await until(lambda: slack.texts("U_EVA"))
            assert slack.texts("U_EVA") == ["etwas zu entscheiden"]
            assert await telegram.send(telegram.says(9999, "hallo"))
            await until(lambda: telegram.texts(9999))
        assert slack.problems + telegram.problems == []


async def test_a_wrong_token_is_one_line_and_closes_no_other_door(echo: Echo, caplog: pytest.LogCaptureFixture) -> None:
    async with FakeSlack() as slack, FakeTelegram() as telegram:
        settings = settings_for(settings_for(echo.settings, slack), telegram)
        settings = settings.model_copy(update={"slack_bot_token": SecretStr("xoxb-wrong")})
        async with open_platforms(settings, echo.database, Conversation(settings, echo.database, echo.rasa)):
            assert await telegram.send(telegram.says(7001, "hallo"))
            await until(lambda: telegram.texts(7001))
            await until(lambda: any(record.levelno == logging.ERROR for record in caplog.records))
    (line,) = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert line == (
        "slack stays closed: Slack refuses the door (invalid_auth): check KONTOR_SLACK_BOT_TOKEN (xoxb-…), "
        "KONTOR_SLACK_APP_TOKEN (xapp-… with connections:write) and the app's scopes"
    )
    assert telegram.texts(7001) == ["hallo"]


async def test_a_platform_that_is_away_is_tried_again(echo: Echo, caplog: pytest.LogCaptureFixture) -> None:
    async with FakeTelegram() as telegram:
        telegram.faults["getMe"] = ["502 Bad Gateway"]
        settings = settings_for(echo.settings, telegram)
        async with open_platforms(settings, echo.database, Conversation(settings, echo.database, echo.rasa)):
            assert await telegram.send(telegram.says(7001, "hallo"))
            await until(lambda: telegram.texts(7001))
    assert "telegram cannot be opened: NetworkError; trying again in 1 s" in caplog.messages


async def test_what_was_stored_before_a_crash_is_answered_after_it(echo: Echo) -> None:
    async with FakeSlack() as slack:
        event = slack.says("U_MARA", "hallo")
        heard = parse_message(event, team="TDEMO")
        assert heard
        with echo.database.transaction() as session:
            mara, now = people.by_key(session, "mara.lindt").id, Clock(echo.settings.today).now()
        room = conversation_id(heard.room, echo.settings.session_key.get_secret_value())
        incoming = Incoming("slack", heard.key, room, heard.address, mara, now, heard.text)
        conversation = Conversation(echo.settings, echo.database, echo.rasa)
        turn = await conversation.take_in(incoming)
        with echo.database.transaction() as session:
            session.query(InboxEvent).filter_by(turn=turn).one().received_at = now - timedelta(minutes=1)
        async with echo.house(slack).open() as house:
            assert await slack.send(event)  # again, since it was never acknowledged
            await house.reception.finish()
            assert slack.texts("U_MARA") == []
            assert await conversation.catch_up() == 1
            await house.courier.deliver_waiting()
            await house.courier.deliver_waiting()
    assert slack.texts("U_MARA") == ["hallo"]


async def test_no_token_and_no_word_is_in_the_logs(echo: Echo, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with FakeSlack() as slack, FakeTelegram() as telegram:
        settings = settings_for(settings_for(echo.settings, slack), telegram)
        async with open_platforms(settings, echo.database, Conversation(settings, echo.database, echo.rasa)):
            assert await telegram.send(telegram.says(7001, "streng geheim"))
            await until(lambda: telegram.texts(7001))
            await until(lambda: "slack is open" in caplog.messages)
    logged = [f"{record.name} {record.getMessage()}" for record in caplog.records if record.name not in FAKES]
    for secret in (TOKEN, BOT_TOKEN, APP_TOKEN, "streng geheim"):
        assert [line for line in logged if secret in line] == []


async def test_a_person_who_talks_on_two_platforms_is_told_on_the_last_one(echo: Echo) -> None:
    async with FakeSlack() as slack, FakeTelegram() as telegram:
        on_slack, on_telegram = echo.house(slack), echo.house(telegram)
        async with on_slack.open(), on_telegram.open():
            on_slack.courier.open(on_telegram.door)
            await telegram.send(telegram.says(7001, "auf Telegram"))
            await on_telegram.reception.finish()
            await slack.send(slack.says("U_MARA", "auf Slack"))
            await on_slack.reception.finish()
            echo.tell("mara.lindt", "etwas Neues")
            await on_slack.courier.deliver_waiting()
    assert slack.texts("U_MARA") == ["auf Slack", "etwas Neues"]
    assert telegram.texts(7001) == ["auf Telegram"]


def test_an_account_speaks_for_one_person(echo: Echo) -> None:
    said = accounts.bind(echo.database, "eva.brandt", channel="telegram", handle="8001")
    assert said == "8001 on telegram speaks for eva.brandt"
    accounts.bind(echo.database, "eva.brandt", channel="telegram", handle="8001")  # again is no harm
    with pytest.raises(Misconfigured, match=r"8001 speaks for eva\.brandt"):
        accounts.bind(echo.database, "mara.lindt", channel="telegram", handle="8001")
    accounts.unbind(echo.database, channel="telegram", handle="8001")
    accounts.bind(echo.database, "mara.lindt", channel="telegram", handle="8001")
    with echo.database.transaction() as session:
        heard = people.recognise(session, "telegram", "8001", clock=Clock(echo.settings.today))
        assert heard
        assert heard.key == "mara.lindt"


@pytest.mark.parametrize(
    ("key", "channel", "handle", "fix"),
    [
        ("mara.lindt", "signal", "1", "there is no channel signal"),
        ("mara.lindt", "slack", "U1", "a handle on slack is T…:U…"),
        ("mara.lindt", "telegram", "@mara", "a handle on telegram is a number"),
        ("nobody", "telegram", "1", "there is no employee nobody"),
    ],
)
def test_what_is_no_account_is_refused(echo: Echo, key: str, channel: str, handle: str, fix: str) -> None:
    with pytest.raises(Misconfigured, match=fix):
        accounts.bind(echo.database, key, channel=channel, handle=handle)


def test_nothing_to_unbind_is_said(echo: Echo) -> None:
    with pytest.raises(Misconfigured, match="speaks for nobody"):
        accounts.unbind(echo.database, channel="telegram", handle="8001")


async def test_an_account_that_passes_on_does_not_take_the_talk_along(echo: Echo) -> None:
    async with FakeTelegram() as telegram:
        async with echo.house(telegram).open() as house:
            await telegram.send(telegram.says(7001, "how many vacation days do I have left?"))
            await house.reception.finish()
            accounts.unbind(echo.database, channel="telegram", handle="7001")
            accounts.bind(echo.database, "eva.brandt", channel="telegram", handle="7001")
            echo.tell("mara.lindt", "nur für Mara")
            echo.tell("eva.brandt", "nur für Eva")
            await telegram.send(telegram.says(7001, "hallo"))
            await house.reception.finish()
            await house.courier.deliver_waiting()
    assert telegram.texts(7001)[1:] == ["hallo", "nur für Eva"]


async def test_the_web_page_leaves_to_the_chat_what_is_said_there(echo: Echo) -> None:
    async with FakeSlack() as slack:
        async with echo.house(slack).open() as house:
            await slack.send(slack.says("U_MARA", "hallo"))
            await house.reception.finish()
    echo.tell("mara.lindt", "auf der Seite", conversation="web-of-mara")
    echo.tell("mara.lindt", "woanders", conversation="slack-of-mara")
    with echo.database.transaction() as session:
        mara = people.by_key(session, "mara.lindt")
        now = Clock(echo.settings.today).now()
        mine = outbox.waiting(session, mara, now=now, conversation="web-of-mara")
        assert [message.said["text"]["facts"]["text"] for message in mine] == ["auf der Seite"]
        talk = people.last_talk(session, mara, ["slack", "telegram"])
        assert talk
        assert (talk.door, talk.address) == ("slack", "D_MARA")
        assert people.last_talk(session, mara, []) is None


async def test_one_message_that_cannot_be_said_holds_up_no_other(echo: Echo) -> None:
    async with FakeSlack() as slack, echo.house(slack).open() as house:
        with echo.database.transaction() as session:
            eva = people.by_key(session, "eva.brandt")
            outbox.post(session, eva, outbox.Said("no.such_words"), now=Clock(demo.TODAY).now())
        echo.tell("eva.brandt", "etwas zu entscheiden")
        await house.courier.deliver_waiting()
        assert slack.texts("U_EVA") == ["etwas zu entscheiden"]


async def test_old_words_are_forgotten_and_deeds_linked_while_it_runs(echo: Echo) -> None:
    with echo.database.transaction() as session:
        mara, long_ago = people.by_key(session, "mara.lindt"), Clock(demo.TODAY).in_(days=-31)
        event, _ = inbox.receive(session, key="old", conversation="c", employee=mara, text="hello", now=long_ago)
        inbox.finish(event, now=long_ago)
        audit.write(session, "people.test", ("employee", mara.key), by=mara, at=long_ago)

    def is_tidy() -> bool:
        with echo.database.transaction() as session:
            open_entries = session.query(AuditEntry).filter_by(place=None).count()
            return session.query(InboxEvent).filter_by(key="old").one().text is None and open_entries == 0

    app = build_server(echo.settings)
    async with app.router.lifespan_context(app):
        await until(is_tidy)
