"""What staff asks on the desk is answered where the requester is, without a command."""

from __future__ import annotations

from backoffice import people, tickets
from backoffice.clock import Clock
from connectors.conversation import Conversation
from tests.conftest import Stack
from tests.conversations.test_conversations import Play


def ask(company: Stack, question: str) -> None:
    now = Clock(company.settings.today).now()
    with company.database.transaction() as session:
        jonas, mara = people.by_key(session, "jonas.weber"), people.by_key(session, "mara.lindt")
        ticket = tickets.open_ticket(session, mara, summary="Drucker druckt nicht", now=now)
        tickets.ask(session, ticket.id, by=jonas, question=question, now=now)


def heard(company: Stack) -> list[str]:
    with company.database.transaction() as session:
        mara = people.by_key(session, "mara.lindt")
        ticket = tickets.of_requester(session, mara)[0]
        return [event.text for event in tickets.history(session, ticket) if event.kind == "answered" and event.text]


async def test_the_next_sentence_is_the_answer(company: Stack, conversation: Conversation) -> None:
    ask(company, "Leuchtet die Lampe rot?")
    said = await Play(company, conversation).say("mara", "ja")
    assert said == ["Das habe ich zu IT-1003 an Jonas Weber weitergegeben."]
    assert heard(company) == ["ja"]


async def test_an_answer_that_sounds_like_trouble_is_asked_about(company: Stack, conversation: Conversation) -> None:
    ask(company, "Welches Modell?")
    play = Play(company, conversation)
    asked = await play.say("mara", "Ein HP LaserJet 400")
    assert any("IT-1003" in line for line in asked)


async def test_a_question_of_another_kind_is_not_taken_for_the_answer(
    company: Stack, conversation: Conversation
) -> None:
    ask(company, "Leuchtet die Lampe rot?")
    said = await Play(company, conversation).say("mara", "Wie viel Resturlaub habe ich noch?")
    assert said[0] == "Dir bleiben 8,5 Tage Urlaub für 2026."
    assert heard(company) == []
