"""kill -9 between any two turns of a form, and while an answer travels: the form goes on, one deed, one answer."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from backoffice import outbox, people
from backoffice.clock import Clock
from backoffice.models import InboxEvent, LeaveRequest, OutboxMessage, SickReport, TalkState
from connectors.conversation import Conversation
from connectors.messages import Incoming
from tests.conftest import Stack

FORM = ("Ich möchte Urlaub beantragen", "am 2.12.", "ja")


def message(stack: Stack, text: str) -> Incoming:
    with stack.database.transaction() as session:
        mara = people.by_key(session, "mara.lindt").id
    return Incoming("test", text, "crash", "mara", mara, Clock().now(), text)


def filed(stack: Stack) -> int:
    with stack.database.transaction() as session:
        mara = people.by_key(session, "mara.lindt").id
        mine = select(func.count()).where(LeaveRequest.status == "pending", LeaveRequest.employee_id == mara)
        return session.scalar(mine) or 0


def receipts(stack: Stack) -> int:
    with stack.database.transaction() as session:
        said = session.scalars(select(OutboxMessage.said)).all()
        return sum(one["text"]["key"] == "leave.submitted" for one in said)


@pytest.mark.parametrize("victim", ["bot", "actions"])
@pytest.mark.parametrize("before", [1, 2])
async def test_a_form_survives_the_death_of_a_process(
    company: Stack, conversation: Conversation, victim: str, before: int
) -> None:
    for turn, text in enumerate(FORM):
        if turn == before:
            company.kill(victim)
            apology = await conversation.reply_to(message(company, text))
            assert "nicht verloren" in apology[0].text
            assert filed(company) == 0
            company.start(victim)
            company.wait()
            assert await conversation.catch_up() == 1
        else:
            await conversation.reply_to(message(company, text))
    assert (filed(company), receipts(company)) == (1, 1)
    assert await conversation.catch_up() == 0


async def test_the_action_server_dies_right_after_its_commit(company: Stack, conversation: Conversation) -> None:
    for text in FORM[:2]:
        await conversation.reply_to(message(company, text))
    company.wire.cut_after_answer = lambda: company.kill("actions")
    apology = await conversation.reply_to(message(company, FORM[2]))
    assert "nicht verloren" in apology[0].text
    assert filed(company) == 1  # the deed is done, its answer was lost on the way
    company.start("actions")
    company.wait()
    assert await conversation.catch_up() == 1
    assert (filed(company), receipts(company)) == (1, 1)


async def test_a_turn_sent_again_after_the_commit_does_nothing_twice(
    company: Stack, conversation: Conversation
) -> None:
    await conversation.reply_to(message(company, "Urlaub am 2.12."))
    turn = await conversation.take_in(message(company, "ja"))
    with company.database.transaction() as session:
        before = dict(session.get_one(TalkState, "crash").state)
    first = await conversation.finish(turn)
    with company.database.transaction() as session:  # as if we had died after the deed and before noting it
        session.scalars(select(InboxEvent).filter_by(turn=turn)).one().done_at = None
        session.get_one(TalkState, "crash").state = before
    assert [reply.text for reply in await conversation.finish(turn)] == [reply.text for reply in first]
    assert (filed(company), receipts(company)) == (1, 1)


async def test_the_same_event_three_times_is_one_request(company: Stack, conversation: Conversation) -> None:
    for text in FORM:
        for _ in range(3):
            await conversation.reply_to(message(company, text))
    assert (filed(company), receipts(company)) == (1, 1)


async def test_a_crash_before_the_answer_does_not_lose_what_is_to_be_forgotten(
    company: Stack, conversation: Conversation
) -> None:
    company.wire.cut_after_answer = lambda: None
    await conversation.reply_to(message(company, "ich bin krank, bis Mittwoch"))
    assert await conversation.catch_up() == 1
    with company.database.transaction() as session:
        mara = people.by_key(session, "mara.lindt").id
        reports = session.scalars(select(SickReport).filter_by(employee_id=mara)).all()
        event = session.scalars(select(InboxEvent).filter_by(key="ich bin krank, bis Mittwoch")).one()
        said = [message.said["text"]["key"] for message in outbox.of_turn(session, event.turn)]
        assert (len(reports), said, event.text) == (1, ["sickness.new_until"], None)
        assert session.get_one(TalkState, "crash").state.get("form") is None
