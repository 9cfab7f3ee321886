"""The one road when something on it is broken: nobody is left without a word, and nobody waits for somebody else."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from backoffice import demo, inbox, outbox, people, tickets
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.models import InboxEvent, OutboxMessage, Pressable, TalkState
from backoffice.settings import Settings
from connectors.conversation import Conversation
from connectors.messages import Incoming
from connectors.rasa import BotStumbled, BotUnreachable, RasaClient
from tests.connectors.conftest import Echo
from tests.fakes.doors import SECRET


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


async def test_tomorrow_counts_from_when_it_was_said(echo: Echo) -> None:
    settings = echo.settings.model_copy(update={"today": None})
    conversation = Conversation(settings, echo.database, echo.rasa)
    turn = await conversation.take_in(message(echo, "mara.lindt", "tomorrow off"))
    with echo.database.transaction() as session:
        event = session.query(InboxEvent).filter_by(turn=turn).one()
        event.received_at = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)  # 23:59 in Berlin
    await conversation.finish(turn)
    assert [told.sent_on for told in echo.bot.told] == ["2026-11-23"]


async def test_two_processes_that_answer_one_turn_do_not_turn_the_talk_back(
    echo: Echo, conversation: Conversation
) -> None:
    other = Conversation(echo.settings, echo.database, SlowLine(echo, "another process"))
    turn = await conversation.take_in(message(echo, "mara.lindt", "hello"))
    late = asyncio.create_task(other.finish(turn))
    await conversation.finish(turn)
    await conversation.reply_to(message(echo, "mara.lindt", "and now"))
    with echo.database.transaction() as session:
        session.get_one(TalkState, "room of mara.lindt").state = {"slots": {"step": "the newest"}}
    await late
    with echo.database.transaction() as session:
        assert session.get_one(TalkState, "room of mara.lindt").state == {"slots": {"step": "the newest"}}


class SlowLine(RasaClient):
    """Answers when everybody else has been answered."""

    def __init__(self, echo: Echo, name: str) -> None:
        super().__init__(name, "none")
        self._echo = echo

    async def _post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        while "and now" not in self._echo.bot.heard:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        return {"state": {"slots": {"step": "the old one"}}}


async def test_a_thousand_conversations_leave_nothing_behind(echo: Echo, conversation: Conversation) -> None:
    await conversation.reply_to(message(echo, "mara.lindt", "hello"))
    assert len(conversation._queues) == 0


@pytest.mark.parametrize("broken", ["\0", "\ud83d"])
def test_what_no_database_takes_is_marked_as_lost(db: Database, broken: str) -> None:
    settings = Settings(_env_file=None, context_key=SECRET, session_key=SECRET, today=demo.TODAY)
    conversation = Conversation(settings, db, RasaClient("http://127.0.0.1:9", "none"))
    with db.transaction() as session:
        mara = people.by_key(session, "mara.lindt").id
    said = Incoming("web", f"k{broken}", "c", "1", mara, Clock().now(), f"a{broken}b", f"n{broken}")
    turn = asyncio.run(conversation.take_in(said))
    with db.transaction() as session:
        event = session.query(InboxEvent).filter_by(turn=turn).one()
        assert (event.key, event.text, event.pressed) == ("k\ufffd", "a\ufffdb", "n\ufffd")


async def test_a_press_that_two_processes_answer_is_one_deed_and_one_answer(db: Database) -> None:
    settings = Settings(_env_file=None, context_key=SECRET, session_key=SECRET, today=demo.TODAY)
    with db.transaction() as session:
        jonas, now = people.by_key(session, "jonas.weber"), Clock(demo.TODAY).now()
        ticket = tickets.open_ticket(session, people.by_key(session, "mara.lindt"), summary="Drucker", now=now)
        meaning = {"verb": "tickets.solve", "ticket": ticket.id}
        session.add(
            Pressable(nonce="n", employee_id=jonas.id, kind="deed", meaning=meaning, expires_at=now + timedelta(days=1))
        )
        press = Incoming("web", "k", "c", "1", jonas.id, now, None, "n")
    rasa = RasaClient("http://127.0.0.1:9", "none")
    turn = await Conversation(settings, db, rasa).take_in(press)
    await asyncio.gather(*(Conversation(settings, db, rasa).finish(turn) for _ in range(4)))
    with db.transaction() as session:
        assert [one.said["text"]["key"] for one in outbox.of_turn(session, turn)] == ["tickets.you_solved"]


class BrokenLine(RasaClient):
    """Fails at every turn."""

    def __init__(self, error: Exception) -> None:
        super().__init__("http://127.0.0.1:9", "none")
        self._error = error

    async def _post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(0.02)  # all of them have begun by now
        raise self._error


@pytest.mark.parametrize(
    ("error", "failures", "told"),
    [
        (BotUnreachable(reason="away"), 0, "session.unreachable"),
        (BotStumbled(status=500), 0, "session.unreachable"),
        (BotStumbled(status=500), 4, "session.failed"),
    ],
)
async def test_of_many_processes_that_cannot_answer_a_turn_one_says_so(
    db: Database, error: Exception, failures: int, told: str
) -> None:
    settings = Settings(_env_file=None, context_key=SECRET, session_key=SECRET, today=demo.TODAY)
    with db.transaction() as session:
        mara = people.by_key(session, "mara.lindt").id
    processes = [Conversation(settings, db, BrokenLine(error)) for _ in range(4)]
    for number in range(5):
        said = Incoming("web", f"k{number}", f"c{number}", "1", mara, Clock().now(), "hallo")
        turn = await processes[0].take_in(said)
        with db.transaction() as session:
            session.query(InboxEvent).filter_by(turn=turn).one().failures = failures
        await asyncio.gather(*(process.finish(turn) for process in processes))
        with db.transaction() as session:
            rows = session.query(OutboxMessage).filter_by(conversation=f"c{number}")
            assert [row.said["text"]["key"] for row in rows] == [told]


@pytest.mark.parametrize("looked", [False, True])
async def test_what_waits_from_an_outage_is_heard_before_what_is_said_now(
    echo: Echo, conversation: Conversation, looked: bool
) -> None:
    if looked:
        await conversation.catch_up()
    echo.bot.away = True
    for text in ("one", "two"):
        await conversation.reply_to(message(echo, "mara.lindt", text))
    echo.bot.away = False
    await conversation.reply_to(message(echo, "eva.brandt", "hello"))  # waits for nobody
    replies = await conversation.reply_to(message(echo, "mara.lindt", "three"))
    assert [reply.text for reply in replies] == ["three"]
    assert echo.bot.heard == ["hello", "one", "two", "three"]
    assert said_to(echo, "mara.lindt") == ["session.unreachable", "session.unreachable", "one", "two", "three"]
    assert await conversation.catch_up() == 0


@pytest.mark.parametrize("through", ["reply_to", "finish"])
async def test_what_was_left_by_a_crash_is_heard_first(echo: Echo, conversation: Conversation, through: str) -> None:
    await conversation.take_in(message(echo, "mara.lindt", "one"))
    if through == "reply_to":
        await conversation.reply_to(message(echo, "mara.lindt", "two"))
    else:
        await conversation.finish(await conversation.take_in(message(echo, "mara.lindt", "two")))
    assert echo.bot.heard == ["one", "two"]


async def test_what_another_process_left_is_heard_first(echo: Echo, conversation: Conversation) -> None:
    other = Conversation(echo.settings, echo.database, echo.rasa)
    echo.bot.away = True
    await other.reply_to(message(echo, "mara.lindt", "one"))
    await conversation.catch_up()
    echo.bot.away = False
    await conversation.reply_to(message(echo, "mara.lindt", "two"))
    assert echo.bot.heard == ["one", "two"]


async def test_when_nothing_waits_the_database_is_not_asked(echo: Echo, conversation: Conversation) -> None:
    said: list[str] = []
    event.listen(echo.database.engine, "before_cursor_execute", lambda *about: said.append(about[2]))
    await conversation.reply_to(message(echo, "mara.lindt", "one"))  # nobody has looked yet
    await conversation.catch_up()
    asked_before = [statement for statement in said if "inbox_event.failures =" in statement]
    said.clear()
    await conversation.reply_to(message(echo, "mara.lindt", "two"))
    asked_after = [statement for statement in said if "inbox_event.failures =" in statement]
    assert (len(asked_before), len(asked_after)) == (1, 0)


async def test_while_the_bot_is_away_everything_waits_in_order(echo: Echo, conversation: Conversation) -> None:
    echo.bot.away = True
    for text in ("one", "two", "three"):
        await conversation.reply_to(message(echo, "mara.lindt", text))
    echo.bot.away = False
    assert await conversation.catch_up() == 3
    assert echo.bot.heard == ["one", "two", "three"]


async def test_a_turn_that_failed_through_us_holds_up_nothing(echo: Echo, conversation: Conversation) -> None:
    await conversation.reply_to(message(echo, "mara.lindt", "stumble"))
    await conversation.reply_to(message(echo, "mara.lindt", "hello"))
    assert (echo.bot.heard, said_to(echo, "mara.lindt")) == (["hello"], ["session.unreachable", "hello"])


async def test_a_turn_that_the_bot_cannot_bear_shuts_nobody_out(echo: Echo) -> None:
    conversation = Conversation(echo.settings, echo.database, DeafTo("one", echo))
    for text in ("one", "two", "three"):
        await conversation.reply_to(message(echo, "mara.lindt", text))
    assert echo.bot.heard == ["two", "three"]


class DeafTo(RasaClient):
    """Takes too long over one text, every time."""

    def __init__(self, text: str, echo: Echo) -> None:
        super().__init__("http://127.0.0.1:9", "none")
        self._text, self._echo = text, echo

    async def _post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        if content["text"] == self._text:
            raise BotUnreachable(reason="TimeoutError")
        return self._echo.bot.answer(content)


async def test_a_deed_waits_for_no_bot(echo: Echo, conversation: Conversation) -> None:
    now = Clock(demo.TODAY).now()
    with echo.database.transaction() as session:
        jonas, mara = people.by_key(session, "jonas.weber"), people.by_key(session, "mara.lindt")
        ticket = tickets.open_ticket(session, mara, summary="Drucker", now=now)
        meaning = {"verb": "tickets.take", "ticket": ticket.id}
        session.add(
            Pressable(nonce="n", employee_id=jonas.id, kind="deed", meaning=meaning, expires_at=now + timedelta(days=1))
        )
    echo.bot.away = True
    await conversation.reply_to(message(echo, "jonas.weber", "one"))
    (reply,) = await conversation.reply_to(message(echo, "jonas.weber", None, pressed="n"))
    assert reply.text.startswith(f"{ticket.number} ")


def test_what_is_open_is_found_by_its_conversation_and_age(db: Database) -> None:
    now = Clock(demo.TODAY).now()
    with db.transaction() as session:
        mara = people.by_key(session, "mara.lindt")
        events = {
            (talk, text): inbox.receive(session, key=talk + text, conversation=talk, employee=mara, text=text, now=now)[
                0
            ]
            for talk in ("a", "b")
            for text in ("done", "failed", "first", "second", "third")
        }
        for talk in ("a", "b"):
            inbox.finish(events[talk, "done"], now=now)
            events[talk, "failed"].failures = 1
        waiting = inbox.waiting_before(session, events["a", "third"])
        assert waiting == [(events["a", text].turn, now) for text in ("first", "second")]
        assert inbox.waiting_before(session, events["a", "first"]) == []
