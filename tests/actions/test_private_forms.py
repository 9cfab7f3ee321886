"""Nothing that is typed while somebody reports sick is kept, whatever it is heard as."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from actions.registry import acts
from actions.turn import Turn
from backoffice import inbox, tickets
from backoffice.context import Context
from backoffice.database import Database
from backoffice.models import InboxEvent, TalkState, TicketEvent
from knowledge.library import Library
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OPEN_FORM = {"sick_first": "2026-11-23", "sick_step": "until self", "requested_slot": "sick_step"}


def hear(session: Session, form: str, intent: str, text: str) -> InboxEvent:
    """The turn in which an open form hears this; answered."""
    mara = employee(session, "mara.lindt")
    session.add(TalkState(id="c", employee_id=mara.id, door="web", address="", language="de", state={}))
    event, _ = inbox.receive(session, key="k", conversation="c", employee=mara, text=text, now=NOW)
    signed = Context(mara.id, "web", "de", "c", event.turn, "2026-11-23")
    acts()[f"validate_{form}"](Turn(session, signed, intent, 0.9, dict(OPEN_FORM), NOW, Library(lambda texts: [])))
    inbox.finish(event, now=NOW)
    session.flush()
    return event


@pytest.mark.parametrize("intent", ["inform", "deny", "cancel", "payday", "start_over", "thank", "ticket_update"])
def test_every_turn_of_a_sick_report_is_forgotten(db: Database, intent: str) -> None:
    with db.transaction() as session:
        assert hear(session, "sick_form", intent, "immer noch Migräne").text is None


def test_news_of_an_illness_are_no_news_of_a_ticket(db: Database) -> None:
    with db.transaction() as session:
        tickets.open_ticket(session, employee(session, "mara.lindt"), summary="Drucker druckt nicht", now=NOW)
        hear(session, "sick_form", "ticket_update", "es ist noch nicht besser, immer noch Migräne")
        assert [event.text for event in session.query(TicketEvent) if event.text and "Migräne" in event.text] == []
