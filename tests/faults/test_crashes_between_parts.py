"""kill -9 between two requests of one message: both are done and answered, once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from backoffice.models import InboxEvent, OutboxMessage, TalkState, Ticket
from connectors.conversation import Conversation
from tests.conftest import Stack
from tests.faults.test_crashes import message

WISH = "verbinde mich mit einem Mitarbeiter von der IT, ich komme hier nicht weiter"
BOTH = f"Wann kommt das Geld? Und {WISH}"


def done(stack: Stack) -> tuple[int, list[str]]:
    """Tickets with the second wish and nothing else, and what was said, in order."""
    with stack.database.transaction() as session:
        filed = session.scalar(select(func.count()).select_from(Ticket).filter_by(summary=WISH))
        rows = select(OutboxMessage).filter_by(conversation="crash").order_by(OutboxMessage.id)
        return filed or 0, [one.said["text"]["key"] for one in session.scalars(rows)]


@pytest.mark.parametrize("victim", ["bot", "actions"])
async def test_a_process_dies_after_the_first_answer(company: Stack, conversation: Conversation, victim: str) -> None:
    company.wire.cut_after_answer = lambda: company.kill(victim)
    apology = await conversation.reply_to(message(company, BOTH))
    assert "nicht verloren" in apology[0].text
    assert done(company) == (0, ["payroll.payday", "session.unreachable"])
    company.start(victim)
    company.wait()
    assert await conversation.catch_up() == 1
    assert done(company) == (1, ["payroll.payday", "session.unreachable", "session.offer_filed"])


async def test_both_done_and_sent_again_is_still_one_deed(company: Stack, conversation: Conversation) -> None:
    turn = await conversation.take_in(message(company, BOTH))
    first = await conversation.finish(turn)
    with company.database.transaction() as session:  # as if we had died after the deed and before noting it
        session.scalars(select(InboxEvent).filter_by(turn=turn)).one().done_at = None
        session.get_one(TalkState, "crash").state = {}
    assert [reply.text for reply in await conversation.finish(turn)] == [reply.text for reply in first]
    assert done(company) == (1, ["payroll.payday", "session.offer_filed"])
