"""The Slack door: what events say, how replies look, and real Bolt against a workspace on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from backoffice import people
from backoffice.errors import Misconfigured
from connectors.conversation import Conversation
from connectors.messages import Button, Card, Heard, Reply, Shown
from connectors.slack import parse, render
from tests.connectors.conftest import Echo
from tests.fakes import specs
from tests.fakes.slack import APP_TOKEN, FakeSlack, _rules

PAYLOADS = Path(__file__).parents[1] / "payloads" / "slack"
ROOT = Path(__file__).parents[2]


def payload(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return content


SAID = Heard(
    key="slack:TDEMO:D_MARA:1795400001.000100",
    handle="TDEMO:U_MARA",
    room="slack:TDEMO:U_MARA",
    address="D_MARA",
    text="Wie viel Resturlaub habe ich noch?",
)


def test_a_direct_message_is_heard() -> None:
    assert parse.parse_message(payload("message"), team="TDEMO") == SAID
    assert parse.parse_message(payload("thread_root"), team="TDEMO") == SAID


def test_a_thread_is_answered_in_the_thread_of_the_same_conversation() -> None:
    heard = parse.parse_message(payload("thread"), team="TDEMO")
    assert heard == Heard(SAID.key, SAID.handle, SAID.room, SAID.address, SAID.text, thread="1795400000.000100")


def test_the_marks_of_slack_become_what_was_typed() -> None:
    heard = parse.parse_message(payload("marks"), team="TDEMO")
    assert heard
    assert heard.text == "schreib <b> an it@nordstern.example & @U_EVA, siehe die Seite und https://nordstern.example"


def test_a_file_without_words_is_an_empty_message() -> None:
    heard = parse.parse_message(payload("file"), team="TDEMO")
    assert heard
    assert heard.text == ""


UNHEARD = [
    "bot_message", "channel_join", "channel_message", "deleted", "edited", "foreign_sender", "foreign_team", "mention",
    "other_bot", "own_echo", "press", "reaction", "shared_channel",
]  # fmt: skip


@pytest.mark.parametrize("name", UNHEARD)
def test_what_is_no_direct_message_of_ours_is_not_heard(name: str) -> None:
    assert parse.parse_message(payload(name), team="TDEMO") is None


def test_a_mention_in_a_channel_is_seen_without_its_words() -> None:
    heard = parse.parse_mention(payload("mention"), team="TDEMO")
    assert heard
    assert (heard.address, heard.thread, heard.text) == ("C_TEAM", "1795400005.000100", None)
    assert parse.parse_mention({**payload("mention"), "team_id": "TOTHER"}, team="TDEMO") is None


def test_a_press_is_heard_with_the_message_it_was_on() -> None:
    body = payload("press")
    assert parse.parse_press(body, team="TDEMO") == Heard(
        key="slack:TDEMO:D_MARA:1795400007.000100:1795400008.000200",
        handle="TDEMO:U_MARA",
        room="slack:TDEMO:U_MARA",
        address="D_MARA",
        pressed="nonce-1",
        shown=Shown("1795400007.000100", body["message"]["blocks"], "Einreichen"),
    )


@pytest.mark.parametrize("name", ["press_in_channel", "press_foreign", "press_link", "message"])
def test_other_presses_are_not_heard(name: str) -> None:
    assert parse.parse_press(payload(name), team="TDEMO") is None


@pytest.mark.skipif(not specs.available(), reason=specs.ABSENT)
@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda path: path.stem)
def test_the_payloads_are_such_as_slack_sends(path: Path) -> None:
    assert specs.slack_event(json.loads(path.read_text(encoding="utf-8"))) == []


CARD = Card("UA-0003", "wartet", "wait", (("Wann", "Mittwoch", False), ("Frei", "8,5", True)))


def test_a_reply_with_card_and_buttons() -> None:
    reply = Reply(1, "Dir bleiben **8,5 Tage**.", CARD, (Button("Ja", "n1", first=True), Button("Nein", "n2")))
    (post,) = render.render(reply)
    assert post.text == "Dir bleiben *8,5 Tage*.\n*UA-0003* · wartet\nWann: Mittwoch\n*Frei: 8,5*"
    yes = {"type": "button", "action_id": "kontor.press.0", "value": "n1", "style": "primary"}
    no = {"type": "button", "action_id": "kontor.press.1", "value": "n2"}
    assert post.blocks == [
        {"type": "section", "text": mrkdwn("Dir bleiben *8,5 Tage*.")},
        {"type": "section", "text": mrkdwn("*UA-0003* · wartet\nWann: Mittwoch\n*Frei: 8,5*")},
        {"type": "actions", "elements": [{**yes, "text": label("Ja")}, {**no, "text": label("Nein")}]},
    ]


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def label(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def test_what_a_person_typed_pings_nobody() -> None:
    (post,) = render.render(Reply(1, "Du sagst: <!channel> & <@U_EVA>"))
    assert post.text == "Du sagst: &lt;!channel&gt; &amp; &lt;@U_EVA&gt;"


def test_a_document_is_a_button_only_where_there_is_a_public_page() -> None:
    reply = Reply(1, "Hier.", link=("Als PDF", "/payslips/2026-06.pdf"), language="de")
    (post,) = render.render(reply)
    assert post.text == "Hier.\nAls PDF: auf der Webseite von Kontor."
    (post,) = render.render(reply, public_url="http://kontor.example")
    assert post.text == "Hier.\nAls PDF: auf der Webseite von Kontor."
    (post,) = render.render(reply, public_url="https://kontor.example/")
    assert post.blocks[1]["elements"][0]["url"] == "https://kontor.example/payslips/2026-06.pdf"


def test_a_long_text_is_cut_where_a_reader_pauses() -> None:
    paragraph = "Ein Satz, der etwas sagt. " * 60
    posts = render.render(Reply(1, "\n\n".join([paragraph.strip()] * 12)))
    sections = [block["text"]["text"] for post in posts for block in post.blocks]
    assert len(posts) == 2
    assert {section[-5:] for section in sections} == {"sagt."}


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9000)
labels = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=120)


@pytest.mark.skipif(not specs.available(), reason=specs.ABSENT)
@given(
    text=texts, rows=st.lists(st.tuples(labels, texts, st.booleans()), max_size=3), names=st.lists(labels, max_size=30)
)
def test_every_reply_is_within_the_limits(text: str, rows: list[tuple[str, str, bool]], names: list[str]) -> None:
    buttons = tuple(Button(name, f"nonce{number}") for number, name in enumerate(names))
    for post in render.render(Reply(1, text, Card("t", "", "", tuple(rows)), buttons)):
        call = {"channel": "D1", "text": post.text, "blocks": post.blocks}
        assert specs.slack_call("chat.postMessage", call) + _rules("chat.postMessage", call) == []


# through real Bolt


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake
    assert fake.problems == []


async def test_a_message_is_in_the_inbox_before_it_is_acknowledged(echo: Echo, slack: FakeSlack) -> None:
    async with echo.house(slack).open() as house:
        assert await slack.send(slack.says("U_MARA", "hallo &amp; guten Tag"))
        assert echo.inbox() == [("hallo & guten Tag", None)]
        await house.reception.finish()
    assert slack.texts("U_MARA") == ["hallo &amp; guten Tag"]
    assert echo.outbox() == [(True, None)]


async def test_what_cannot_be_stored_is_not_acknowledged_and_comes_again(
    echo: Echo, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    async with echo.house(slack).open() as house:
        event = slack.says("U_MARA", "hallo")
        with echo.database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE inbox_event RENAME TO away")
        assert not await slack.send(event, seconds=0.5)
        with echo.database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO inbox_event")
        assert await slack.send(event)
        await house.reception.finish()
    assert slack.texts("U_MARA") == ["hallo"]
    assert "an event could not be stored: OperationalError" in caplog.messages
    assert "hallo" not in caplog.text


async def test_the_same_event_three_times_is_one_answer(echo: Echo, slack: FakeSlack) -> None:
    event = slack.says("U_MARA", "hallo")
    async with echo.house(slack).open() as house:
        for again in (event, event, {**event, "event_id": "Ev99999999"}):
            assert await slack.send(again)
        await house.reception.finish()
    assert slack.texts("U_MARA") == ["hallo"]


async def test_messages_of_one_person_are_answered_in_order(echo: Echo, slack: FakeSlack) -> None:
    said = [f"nummer {number}" for number in range(8)]
    async with echo.house(slack).open() as house:
        events = [slack.says("U_MARA", text) for text in said]
        assert all(await asyncio.gather(*(slack.send(event) for event in events)))
        await house.reception.finish()
    assert slack.texts("U_MARA") == said


async def test_edits_bots_and_foreigners_are_acknowledged_and_nothing_else(echo: Echo, slack: FakeSlack) -> None:
    async with echo.house(slack).open() as house:
        for name in set(UNHEARD) - {"mention", "press"}:
            assert await slack.send(payload(name)), name
        await house.reception.finish()
    assert (echo.inbox(), dict(slack.messages)) == ([], {})


async def test_a_stranger_hears_once_how_an_account_is_connected(echo: Echo, slack: FakeSlack) -> None:
    async with echo.house(slack).open() as house:
        event = slack.says("U_STRANGER", "How many vacation days do I have left?")
        assert await slack.send(event)
        assert await slack.send(event)
        await house.reception.finish()
    assert slack.texts("U_STRANGER") == [
        "This account is not connected to anybody yet: give IT the handle TDEMO:U_STRANGER, then I can help you here."
    ]
    assert (echo.inbox(), echo.bot.heard) == ([], [])


async def test_a_mention_in_a_channel_gets_nothing_private(echo: Echo, slack: FakeSlack) -> None:
    async with echo.house(slack).open() as house:
        assert await slack.send(payload("mention"))
        assert await slack.send(payload("mention"))
        await house.reception.finish()
    (answer,) = slack.messages["C_TEAM"]
    assert (answer.text, answer.thread) == ("Bitte schreib mir direkt, dann bleibt es unter uns.", "1795400005.000100")
    assert echo.inbox() == []


async def test_a_press_shows_what_was_chosen_and_a_second_one_does_nothing(echo: Echo, slack: FakeSlack) -> None:
    async with echo.house(slack).open() as house:
        await slack.send(slack.says("U_MARA", "ask me"))
        await house.reception.finish()
        for _ in range(2):
            assert await slack.send(slack.presses("U_MARA", "Yes"))
            await house.reception.finish()
    assert slack.texts("U_MARA") == ["ask me\n*Chosen: Yes*", "choice Yes", "That is done already."]
    assert [block["type"] for block in slack.messages["D_MARA"][0].blocks] == ["section", "context"]
    assert echo.bot.heard == ["ask me", "choice Yes"]


async def test_another_persons_press_has_no_effect(echo: Echo, slack: FakeSlack) -> None:
    async with echo.house(slack).open() as house:
        await slack.send(slack.says("U_MARA", "ask me"))
        await house.reception.finish()
        forged = slack.presses("U_JONAS", "Yes", channel="D_MARA")
        assert await slack.send({**forged, "channel": {"id": "D_JONAS", "name": "directmessage"}})
        await house.reception.finish()
        assert slack.texts("U_JONAS") == ["Dieser Knopf ist nicht für dich."]
        assert slack.texts("U_MARA") == ["ask me"]
        assert await slack.send(slack.presses("U_MARA", "Yes"))
        await house.reception.finish()
    assert echo.bot.heard == ["ask me", "choice Yes"]


async def test_a_thread_is_answered_in_the_thread(echo: Echo, slack: FakeSlack) -> None:
    async with echo.house(slack).open() as house:
        await slack.send(slack.says("U_MARA", "hallo", thread_ts="1795400000.000100"))
        await house.reception.finish()
    assert slack.messages["D_MARA"][0].thread == "1795400000.000100"


async def test_refused_blocks_are_said_as_text(echo: Echo, slack: FakeSlack) -> None:
    slack.faults["chat.postMessage"] = ["invalid_blocks"]
    async with echo.house(slack).open() as house:
        await slack.send(slack.says("U_MARA", "hallo"))
        await house.reception.finish()
    assert [(message.text, message.blocks) for message in slack.messages["D_MARA"]] == [("hallo", [])]


async def test_a_thread_that_is_gone_is_left(echo: Echo, slack: FakeSlack) -> None:
    slack.faults["chat.postMessage"] = ["cannot_reply_to_message", "invalid_blocks"]
    async with echo.house(slack).open() as house:
        await slack.send(slack.says("U_MARA", "hallo", thread_ts="1795400000.000100"))
        await house.reception.finish()
    assert [(message.text, message.thread) for message in slack.messages["D_MARA"]] == [("hallo", None)]


async def test_while_the_bot_is_away_one_hears_so_and_is_answered_later(echo: Echo, slack: FakeSlack) -> None:
    echo.bot.away = True
    async with echo.house(slack).open() as house:
        await slack.send(slack.says("U_MARA", "hallo"))
        await house.reception.finish()
        (apology,) = slack.texts("U_MARA")
        assert "Deine Nachricht ist nicht verloren" in apology
        echo.bot.away = False
        await Conversation(house.settings, echo.database, echo.rasa).catch_up()
        await house.courier.deliver_waiting()
    assert slack.texts("U_MARA") == [apology, "hallo"]


async def test_a_renewed_connection_goes_on(echo: Echo, slack: FakeSlack) -> None:
    async with echo.house(slack).open() as house:
        await slack.send(slack.says("U_MARA", "vorher"))
        await slack.disconnects()
        assert await slack.send(slack.says("U_MARA", "nachher"))
        await house.reception.finish()
    assert slack.texts("U_MARA") == ["vorher", "nachher"]


async def test_news_reach_somebody_who_never_wrote(echo: Echo, slack: FakeSlack) -> None:
    echo.tell("eva.brandt", "etwas zu entscheiden")
    async with echo.house(slack).open() as house:
        await house.courier.deliver_waiting()
        await house.courier.deliver_waiting()
    assert slack.texts("U_EVA") == ["etwas zu entscheiden"]
    assert echo.outbox() == [(True, None)]


async def test_too_many_posts_wait_as_long_as_slack_says(echo: Echo, slack: FakeSlack) -> None:
    slack.faults["chat.postMessage"] = [0]
    echo.tell("eva.brandt", "etwas zu entscheiden")
    async with echo.house(slack).open() as house:
        await house.courier.deliver_waiting()
    assert slack.texts("U_EVA") == ["etwas zu entscheiden"]


async def test_a_dead_address_is_not_tried_for_ever(echo: Echo, slack: FakeSlack) -> None:
    slack.faults["chat.postMessage"] = ["channel_not_found"]
    echo.tell("eva.brandt", "etwas zu entscheiden")
    async with echo.house(slack).open() as house:
        for _ in range(3):
            await house.courier.deliver_waiting()
            echo.release()
    assert slack.texts("U_EVA") == []
    assert echo.outbox() == [(False, "reason=channel_not_found")]


async def test_a_failure_that_may_pass_is_tried_again(echo: Echo, slack: FakeSlack) -> None:
    slack.faults["chat.postMessage"] = ["internal_error"]
    async with echo.house(slack).open() as house:
        await slack.send(slack.says("U_MARA", "hallo"))
        await house.reception.finish()
        assert echo.outbox() == [(False, None)]
        await house.courier.deliver_waiting()
        assert slack.texts("U_MARA") == []  # not at once
        echo.release()
        await house.courier.deliver_waiting()
    assert slack.texts("U_MARA") == ["hallo"]


async def test_an_unbound_account_hears_nothing_more(echo: Echo, slack: FakeSlack) -> None:
    slack.faults["chat.postMessage"] = ["internal_error"]
    async with echo.house(slack).open() as house:
        await slack.send(slack.says("U_MARA", "hallo"))
        await house.reception.finish()
        with echo.database.transaction() as session:
            people.unbind_account(session, channel="slack", handle="TDEMO:U_MARA")
        echo.release()
        await house.courier.deliver_waiting()
    assert slack.texts("U_MARA") == []
    assert echo.outbox() == [(False, "the account was unbound")]


@pytest.mark.parametrize("wrong", ["slack_bot_token", "slack_app_token"])
async def test_a_wrong_token_says_so(echo: Echo, slack: FakeSlack, wrong: str) -> None:
    house = echo.house(slack, **{wrong: SecretStr("xoxb-wrong")})
    with pytest.raises(Misconfigured, match=r"Slack refuses the door \(invalid_auth\)"):
        await house.door.open()
    await house.door.close()


MANIFEST = yaml.safe_load((ROOT / "docs" / "slack-manifest.yml").read_text(encoding="utf-8"))


@pytest.mark.skipif(not specs.available(), reason=specs.ABSENT)
async def test_the_manifest_is_valid_and_asks_for_what_is_used(echo: Echo, slack: FakeSlack) -> None:
    assert specs.slack_manifest(MANIFEST) == []
    async with echo.house(slack).open() as house:
        await slack.send(slack.says("U_MARA", "ask me"))
        await house.reception.finish()
        await slack.send(slack.presses("U_MARA", "Yes"))
        await house.reception.finish()
    asked = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    assert asked == specs.slack_scopes({call.method for call in slack.calls}) | {"im:history", "app_mentions:read"}
    assert MANIFEST["settings"]["event_subscriptions"]["bot_events"] == ["app_mention", "message.im"]


@pytest.mark.skipif(not specs.available(), reason=specs.ABSENT)
async def test_the_gate_bites() -> None:
    good = {"channel": "D1", "text": "hallo", "blocks": [{"type": "section", "text": mrkdwn("hallo")}]}
    assert specs.slack_call("chat.postMessage", good) == []
    long = {**good, "blocks": [{"type": "section", "text": mrkdwn("x" * 3001)}]}
    unknown = {**good, "blocks": [{"type": "section", "text": {**mrkdwn("x"), "colour": "red"}}]}
    for bad in ({**good, "type": "mrkdwn"}, {"text": "hallo"}, long, unknown):
        assert specs.slack_call("chat.postMessage", bad) != []
    assert APP_TOKEN.startswith("xapp-")
