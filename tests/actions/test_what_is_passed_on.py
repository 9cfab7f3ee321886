"""What touches on health is passed on to nobody and forgotten; numbers that no ticket may hold go from the inbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from actions.registry import acts
from actions.turn import Turn
from backoffice import inbox, outbox, sickness, tickets
from backoffice.context import Context
from backoffice.database import Database
from backoffice.models import InboxEvent, Pressable, TalkState, Ticket
from knowledge.library import Library
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ASIDES = ["action_nlu_fallback", "action_out_of_scope", "action_policy_question", "validate_offer_form"]


class Talk:
    """Turns of Mara's, one after the other; `slots` are what Rasa would remember."""

    def __init__(self, session: Session) -> None:
        self.session, self.mara = session, employee(session, "mara.lindt")
        self.slots: dict[str, Any] = {}
        self._count = 0
        session.add(TalkState(id="c", employee_id=self.mara.id, door="web", address="", language="de", state={}))

    def hear(self, action: str, intent: str, text: str = "") -> InboxEvent:
        """The turn, answered."""
        self._count += 1
        event, _ = inbox.receive(
            self.session, key=f"k{self._count}", conversation="c", employee=self.mara, text=text, now=NOW
        )
        signed = Context(self.mara.id, "web", "de", "c", event.turn, "2026-11-23")
        turn = Turn(
            self.session, signed, intent, 0.9, dict(self.slots), NOW, Library(lambda texts: [[0.0]] * len(texts))
        )
        self.slots |= acts()[action](turn) or {}
        inbox.finish(event, now=NOW)
        self.session.flush()
        return event

    def press(self, label: str) -> InboxEvent:
        """The newest button with this label."""
        named = [
            button["nonce"]
            for message in outbox.waiting(self.session, self.mara, now=NOW)
            for button in message.said.get("buttons", [])
            if button["label"]["key"] == label
        ]
        meaning = self.session.get_one(Pressable, named[-1]).meaning
        self.slots |= meaning["slots"]
        return self.hear("validate_offer_form", meaning["intent"])

    def said(self) -> list[str]:
        """The names of what Mara was told."""
        return [message.said["text"]["key"] for message in outbox.waiting(self.session, self.mara, now=NOW)]

    def filed(self) -> list[tuple[str, str]]:
        """Number and summary of her tickets."""
        rows = self.session.query(Ticket).filter_by(requester_id=self.mara.id, status="new")
        return [(ticket.number, ticket.summary) for ticket in rows]


@pytest.mark.parametrize("action", ASIDES)
@pytest.mark.parametrize(
    ("text", "kept"), [("ich hab Corona, was nun", False), ("wer ist für Zeugnisse zuständig?", True)]
)
def test_a_turn_that_may_become_a_ticket_keeps_no_diagnosis(db: Database, action: str, text: str, kept: bool) -> None:
    with db.transaction() as session:
        event = Talk(session).hear(
            action, action.removeprefix("action_") if "form" not in action else "who_is_responsible", text
        )
        assert event.text == (text if kept else None)
        held = [
            row.meaning["slots"] for row in session.query(Pressable) if "offer_turn" in row.meaning.get("slots", {})
        ]
        assert [one["offer_turn"] for one in held] == [event.turn if kept else None]


def test_hr_hears_only_of_the_wish_to_talk(db: Database) -> None:
    with db.transaction() as session:
        talk = Talk(session)
        talk.hear("validate_offer_form", "who_is_responsible", "bin wegen Depression krank, wer ist zuständig")
        talk.press("session.offer_private_yes")
        assert talk.filed() == [("HR-1003", "Bittet um Kontakt.")]
        assert talk.said() == ["session.offer_private", "session.offer_filed_private"]


def test_hr_reads_what_is_no_matter_of_health(db: Database) -> None:
    with db.transaction() as session:
        talk = Talk(session)
        talk.hear("validate_offer_form", "who_is_responsible", "wer ist für Zeugnisse zuständig?")
        talk.press("session.offer_yes")
        assert talk.filed() == [("HR-1003", "wer ist für Zeugnisse zuständig?")]


def test_a_human_is_found_without_saying_the_illness_again(db: Database) -> None:
    with db.transaction() as session:
        talk = Talk(session)
        talk.hear("action_out_of_scope", "out_of_scope", "ich hab Corona, was nun")
        talk.press("session.ask_human")
        talk.press("session.to_hr")
        assert talk.filed() == [("HR-1003", "Bittet um Kontakt.")]


def test_an_older_turn_that_names_an_illness_is_not_passed_on_either(db: Database) -> None:
    with db.transaction() as session:
        talk = Talk(session)
        talk.slots = {"offer_queue": "hr", "offer_topic": "time_account", "offer_step": "sure"}
        event, _ = inbox.receive(session, key="old", conversation="c", employee=talk.mara, text="Burnout", now=NOW)
        inbox.finish(event, now=NOW)
        talk.slots["offer_turn"] = event.turn
        talk.hear("validate_offer_form", "affirm", "ja")
        assert (talk.filed(), event.text) == ([("HR-1003", "Bittet um Kontakt.")], None)


@pytest.mark.parametrize(("queue", "told"), [("hr", "Bittet um Kontakt."), ("it", "wieder Migräne vom Flackern")])
def test_what_is_added_to_a_ticket_outside_it_holds_no_diagnosis(db: Database, queue: str, told: str) -> None:
    with db.transaction() as session:
        talk = Talk(session)
        ticket = tickets.open_ticket(session, talk.mara, summary="Bildschirm flackert", now=NOW, queue=queue)
        talk.hear("action_ticket_update", "ticket_update", f"{ticket.number}: wieder Migräne vom Flackern")
        assert tickets.history(session, ticket)[-1].text == told


def test_a_declaration_is_kept_word_for_word_in_its_ticket_alone(db: Database) -> None:
    with db.transaction() as session:
        talk, text = Talk(session), "Hiermit kündige ich wegen Burnout zum Monatsende."
        event = talk.hear("action_declare_resignation", "declare_resignation", text)
        assert (talk.filed(), event.text) == ([("HR-1003", text)], None)
        assert talk.said() == ["session.declared", "session.duty_resignation"]


def test_the_inbox_forgets_the_number_too_and_the_person_is_told(db: Database) -> None:
    with db.transaction() as session:
        talk = Talk(session)
        event = talk.hear(
            "validate_ticket_form", "ticket_create", "SAP lehnt DE89 3704 0044 0532 0130 00 seit heute ab"
        )
        assert event.text == "SAP lehnt [IBAN] seit heute ab"
        assert talk.said() == ["tickets.numbers_hidden", "tickets.ask_can_work"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ich hab Corona, was nun", True),
        ("I'm pregnant, what now", True),
        ("Rückenschmerzen, wen frage ich", True),
        ("I have the flu", True),
        ("wie lange bekomme ich Lohn, wenn ich krank bin?", False),
        ("wer ist zuständig für Krankmeldungen?", False),
        ("mein Konto ist disabled", False),
        ("der Laptop hat einen Virus", False),
        ("er sucht den Stempel", False),
    ],
)
def test_words_that_name_an_illness(text: str, named: bool) -> None:
    assert sickness.says_illness(text) == named
