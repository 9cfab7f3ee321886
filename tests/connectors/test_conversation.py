"""The one road when something on it is broken: nobody is left without a word, and nobody waits for somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backoffice import demo, people
from backoffice.clock import Clock
from backoffice.models import InboxEvent, OutboxMessage, Pressable
from connectors.conversation import Conversation
from connectors.messages import Incoming
from tests.connectors.conftest import Echo


@pytest.fixture
def conversation(echo: Echo) -> Conversation:
    return Conversation(echo.settings, echo.database, echo.rasa)


def message(echo: Echo, who: str, text: str | None, *, pressed: str | None = None) -> Incoming:
    with echo.database.transaction() as session:
        employee = people.by_key(session, who).id
    key = f"{who} {text} {pressed}"
    return Incoming("test", key, f"room of {who}", who, employee, Clock().now(), text, pressed)


def said_to(echo: Echo, who: str) -> list[str]:
    with echo.database.transaction() as session:
        rows = session.query(OutboxMessage).filter_by(employee_id=people.by_key(session, who).id)
        rows = rows.filter(OutboxMessage.conversation.is_not(None)).order_by(OutboxMessage.id)
        return [row.said["text"]["facts"].get("text") or row.said["text"]["key"] for row in rows]


def an_hour_passes(echo: Echo) -> None:
    with echo.database.transaction() as session:
        for event in session.query(InboxEvent):
            event.received_at -= timedelta(hours=1)


async def test_a_turn_that_fails_again_and_again_is_given_up_and_said_so(
    echo: Echo, conversation: Conversation
) -> None:
    await conversation.reply_to(message(echo, "mara.lindt", "stumble"))
    assert await conversation.catch_up() == 0
    for answered in (0, 0, 0, 1, 0):
        an_hour_passes(echo)
        assert await conversation.catch_up() == answered
    assert said_to(echo, "mara.lindt") == ["session.unreachable", "session.failed"]
    await conversation.reply_to(message(echo, "mara.lindt", "hello"))
    assert said_to(echo, "mara.lindt")[2:] == ["hello"]


async def test_a_bot_that_is_away_for_long_loses_no_turn(echo: Echo, conversation: Conversation) -> None:
    echo.bot.away = True
    await conversation.reply_to(message(echo, "mara.lindt", "hello"))
    for _ in range(10):
        assert await conversation.catch_up() == 0
    echo.bot.away = False
    assert await conversation.catch_up() == 1
    assert said_to(echo, "mara.lindt") == ["session.unreachable", "hello"]


async def test_a_broken_deed_is_told_and_holds_up_nobody_else(echo: Echo, conversation: Conversation) -> None:
    with echo.database.transaction() as session:
        mara, later = people.by_key(session, "mara.lindt"), Clock(demo.TODAY).in_(days=1)
        session.add(Pressable(nonce="n", employee_id=mara.id, kind="deed", meaning={"verb": "?"}, expires_at=later))
    apology = await conversation.reply_to(message(echo, "mara.lindt", None, pressed="n"))
    assert "nicht verloren" in apology[0].text
    await conversation.take_in(message(echo, "eva.brandt", "hello"))
    assert await conversation.catch_up() == 1
    assert said_to(echo, "eva.brandt") == ["hello"]
