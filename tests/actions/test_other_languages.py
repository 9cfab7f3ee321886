"""Whatever Rasa took a message in another language for: nothing is done by it, and the person gets an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.registry import acts
from actions.turn import Turn
from backoffice import inbox, outbox
from backoffice.context import Context
from backoffice.database import Base, Database
from backoffice.models import InboxEvent, Pressable
from knowledge.library import Library
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SAID = {"inbox_event", "outbox_message", "pressable"}  # what was typed and what is answered, with its buttons
DRAFTS: dict[str, dict[str, Any]] = {
    "leave_form": {
        "leave_kind": "vacation",
        "leave_first": "2026-12-02",
        "leave_last": "2026-12-02",
        "leave_step": "sure",
        "leave_first_part": "full",
        "leave_last_part": "full",
    },
    "sick_form": {"sick_first": "2026-11-23", "sick_step": "until self"},
    "ticket_form": {"ticket_since": "tickets.since_now", "ticket_can_work": "yes", "ticket_step": "sure"},
    "offer_form": {"offer_queue": "it", "offer_topic": "password_reset", "offer_step": "sure"},
}


def rows(session: Session) -> dict[str, int]:
    """Table -> how many rows, of everything but what was said."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in SAID]
    return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def hear(
    session: Session, action: str, intent: str, slots: dict[str, Any], *, other: tuple[str, float] = ("payday", 0.0)
) -> InboxEvent:
    """The turn in which this action hears Polish that was taken for this intent, with all confidence."""
    mara = employee(session, "mara.lindt")
    event, _ = inbox.receive(
        session, key=f"{action}{intent}", conversation="c", employee=mara, text="nie, nie", now=NOW
    )
    signed = Context(mara.id, "web", "de", "c", event.turn, "2026-11-23", foreign="pl")
    turn = Turn(session, signed, intent, 0.99, slots, NOW, Library(lambda texts: []), chances=((intent, 0.99), other))
    acts()[action](turn)
    session.flush()
    return event


@pytest.mark.parametrize("action", [name for name in acts() if name.startswith("action_")])
def test_no_action_does_anything(db: Database, action: str) -> None:
    with db.transaction() as session:
        before = rows(session)
        event = hear(session, action, action.removeprefix("action_"), {})
        assert rows(session) == before
        assert outbox.of_turn(session, event.turn) != []


@pytest.mark.parametrize(
    "intent", ["affirm", "deny", "cancel", "inform", "sick_report", "talk_to_human", "leave_balance"]
)
@pytest.mark.parametrize("form", DRAFTS)
def test_no_open_form_takes_it_for_a_yes(db: Database, form: str, intent: str) -> None:
    with db.transaction() as session:
        slots = {**DRAFTS[form], "requested_slot": "step"}
        if form == "ticket_form":
            mara = employee(session, "mara.lindt")
            first, _ = inbox.receive(session, key="k", conversation="c", employee=mara, text="Drucker kaputt", now=NOW)
            slots["ticket_turn"] = first.turn
        before = rows(session)
        hear(session, f"validate_{form}", intent, slots)
        assert rows(session) == before


def test_what_may_be_of_illness_is_forgotten(db: Database) -> None:
    with db.transaction() as session:
        event = hear(session, "validate_sick_form", "sick_report", {})
        inbox.finish(event, now=NOW)
        kept = hear(session, "validate_ticket_form", "ticket_create", {})
        inbox.finish(kept, now=NOW)
        assert (event.text, kept.text) == (None, "nie, nie")


def test_a_doubt_is_enough_and_then_no_button_holds_the_words(db: Database) -> None:
    with db.transaction() as session:
        event = hear(session, "validate_ticket_form", "ticket_create", {}, other=("confidential_report", 0.3))
        inbox.finish(event, now=NOW)
        pressables = session.scalars(select(Pressable)).all()
        assert event.text is None
        assert [one.meaning for one in pressables if one.meaning["intent"] == "ticket_create"] == [
            {"intent": "ticket_create", "slots": {}}
        ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (NOW - timedelta(minutes=5), ["foreign.not_understood", "leave.read_back"]),
        (NOW - timedelta(hours=9), ["foreign.not_understood", "session.still_open"]),
        (NOW - timedelta(days=15), ["session.dropped", "foreign.not_understood"]),
    ],
)
def test_a_form_that_lay_there_is_read_back_first(db: Database, asked: datetime, said: list[str]) -> None:
    with db.transaction() as session:
        slots = {**DRAFTS["leave_form"], "asked": {"at": asked.isoformat(), "on": asked.date().isoformat()}}
        event = hear(session, "validate_leave_form", "greet", slots)
        assert [one.said["text"]["key"] for one in outbox.of_turn(session, event.turn)] == said
