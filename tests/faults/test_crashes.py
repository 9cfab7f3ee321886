"""kill -9 between two turns of a form, and while nothing answers: the form goes on, one deed, one answer."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from backoffice import people
from backoffice.clock import Clock
from backoffice.models import InboxEvent, LeaveRequest, TalkState
from connectors.conversation import Conversation
from connectors.messages import Incoming
from tests.conftest import Stack


def message(stack: Stack, text: str) -> Incoming:
    with stack.database.transaction() as session:
        mara = people.by_key(session, "mara.lindt").id
    return Incoming("test", text, "crash", "mara", mara, Clock().now(), text)


def filed(stack: Stack) -> int:
    with stack.database.transaction() as session:
        mara = people.by_key(session, "mara.lindt").id
        pending = select(func.count()).where(LeaveRequest.status == "pending", LeaveRequest.employee_id == mara)
        return session.scalar(pending) or 0


@pytest.mark.parametrize("victim", ["bot", "actions"])
async def test_a_form_survives_the_death_of_a_process(company: Stack, conversation: Conversation, victim: str) -> None:
    await conversation.reply_to(message(company, "Urlaub am 2.12."))
    company.kill(victim)
    apology = await conversation.reply_to(message(company, "ja"))
    assert "nicht verloren" in apology[0].text
    assert filed(company) == 0
    company.start(victim)
    company.wait()
    assert await conversation.catch_up() == 1
    assert filed(company) == 1
    assert await conversation.catch_up() == 0


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
    assert filed(company) == 1


async def test_no_typed_word_is_in_the_state_or_the_logs(company: Stack, conversation: Conversation) -> None:
    for text in ("meine iban ist DE89370400440532013000", "bin krank, Migränecanary", "Mobbing canarywort melden"):
        await conversation.reply_to(message(company, text))
    with company.database.transaction() as session:
        kept = str(session.execute(select(InboxEvent.text)).all())
    logs = "".join(path.read_text() for path in company.settings.data_dir.glob("*.log"))
    for word in ("DE89370400440532013000", "Migränecanary", "canarywort"):
        assert word not in kept
        assert word not in logs
