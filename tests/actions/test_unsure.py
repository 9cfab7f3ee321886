"""Where two meanings are close, one is chosen by the person, and nothing that was typed is lost or kept too long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from actions.registry import acts
from actions.server import build
from actions.turn import Turn
from backoffice import context, inbox
from backoffice.context import Context
from backoffice.database import Database
from backoffice.models import InboxEvent, OutboxMessage, Pressable, TalkState, UnclearSentence
from backoffice.settings import Settings
from backoffice.wording import say
from knowledge.library import Library
from tests.conftest import SECRET, employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
Shown = tuple[str, list[str], list[dict[str, Any]]]


def begin(session: Session, text: str) -> tuple[InboxEvent, Context]:
    """A message of Mara's that is not answered yet."""
    mara = employee(session, "mara.lindt")
    session.add(TalkState(id="c", employee_id=mara.id, door="web", address="", language="de", state={}))
    event, _ = inbox.receive(session, key="k", conversation="c", employee=mara, text=text, now=NOW)
    return event, Context(mara.id, "web", "de", "c", event.turn, "2026-11-23")


def ask(session: Session, text: str, *ranking: str) -> tuple[InboxEvent, Shown]:
    """Kontor is not sure: the event, and what is said, its buttons and what they mean."""
    event, signed = begin(session, text)
    turn = Turn(session, signed, "unsure", 0.4, {}, NOW, Library(lambda texts: []), ranking=ranking)
    acts()["action_unsure"](turn)
    inbox.finish(event, now=NOW)
    session.flush()
    message = session.query(OutboxMessage).one()
    buttons = message.said["buttons"]
    labels = [say(one["label"]["key"], "de", one["label"]["facts"]) for one in buttons]
    meanings = [session.get_one(Pressable, one["nonce"]).meaning for one in buttons]
    return event, (say(message.said["text"]["key"], "de", message.said["text"]["facts"]), labels, meanings)


def test_two_are_named_and_something_else(db: Database) -> None:
    with db.transaction() as session:
        event, shown = ask(session, "Urlaub Dezember", "leave_request", "leave_balance", "leave_used")
        assert shown == (
            "Meinst du „Urlaub beantragen“ oder „Resturlaub“?",
            ["Urlaub beantragen", "Resturlaub", "Etwas anderes"],
            [
                {"intent": "leave_request", "slots": {}, "said_in": event.turn},
                {"intent": "leave_balance", "slots": {}, "said_in": event.turn},
                {"intent": "help", "slots": {}},
            ],
        )


def test_only_what_kontor_can_be_asked_for_is_named(db: Database) -> None:
    with db.transaction() as session:
        _, (text, labels, _) = ask(session, "Dienstag", "out_of_scope", "shift_schedule", "inform")
        assert (text, labels) == ("Meinst du „Meine Schichten“?", ["Meine Schichten", "Etwas anderes"])


def test_what_may_be_about_an_illness_is_forgotten_at_once(db: Database) -> None:
    with db.transaction() as session:
        event, (_, _, meanings) = ask(session, "Rücken, morgen frei", "sick_report", "leave_request")
        assert (event.text, [meaning.get("said_in") for meaning in meanings]) == (None, [None, None, None])


@pytest.mark.parametrize(
    ("of", "stand"), [("mara.lindt", (None, "Urlaub Dezember")), ("eva.brandt", ("Urlaub Dezember", None))]
)
def test_a_press_takes_over_the_words_of_the_same_person_alone(
    db: Database, of: str, stand: tuple[str | None, str | None]
) -> None:
    with db.transaction() as session:
        event, _ = ask(session, "Urlaub Dezember", "leave_request", "leave_balance")
        later, _ = inbox.receive(
            session, key="p", conversation="c", employee=employee(session, of), text=None, pressed="n", now=NOW
        )
        for _ in ("once", "again after a crash"):
            inbox.hand_over(session, event.turn, to=later)
        assert (event.text, later.text) == stand


def test_a_press_takes_over_a_part_and_leaves_the_others_where_they_stand(db: Database) -> None:
    with db.transaction() as session:
        event, _ = begin(session, "Drucker klemmt. Urlaub Dezember")
        mara = employee(session, "mara.lindt")
        later, _ = inbox.receive(session, key="p", conversation="c", employee=mara, text=None, pressed="n", now=NOW)
        for _ in ("once", "again after a crash"):
            inbox.hand_over(session, inbox.part_of(event.turn, 16, 31), to=later)
        session.flush()
        printer = inbox.text_of(session, inbox.part_of(event.turn, 0, 15))
        assert (printer, later.text, event.text) == ("Drucker klemmt.", "Urlaub Dezember", f"Drucker klemmt.{' ' * 16}")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, tuple[str, ...]]]:
    """Which action heard which intent with which ranking, instead of acting."""
    found: list[tuple[str, str, tuple[str, ...]]] = []

    def listening(name: str) -> Callable[[Turn], None]:
        return lambda turn: found.append((name, turn.intent, turn.ranking))

    monkeypatch.setattr("actions.server.acts", lambda: {name: listening(name) for name in acts()})
    return found


def tracker(signed: Context, *, form: str | None) -> dict[str, Any]:
    """As Rasa sends it after a sentence that could mean two things."""
    message = {
        "text": "Urlaub Dezember",
        "intent": {"name": "unsure", "confidence": 0.4},
        "intent_ranking": [
            {"name": "leave_request", "confidence": 0.4},
            {"name": "leave_balance", "confidence": 0.3},
            {"name": "who_is_out", "confidence": 0.01},
        ],
        "metadata": {"context": context.sign(signed, SECRET.get_secret_value())},
    }
    return {"latest_message": message, "slots": {}, "events": [], "active_loop": {"name": form} if form else {}}


async def post(settings: Settings, db: Database, call: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {SECRET.get_secret_value()}"}
    transport = httpx.ASGITransport(build(settings, db))
    async with httpx.AsyncClient(transport=transport, base_url="http://actions.test") as client:
        assert (await client.post("/webhook", json=call, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("action", "form", "intent"),
    [("action_unsure", None, "unsure"), ("validate_leave_form", "leave_form", "leave_request")],
)
async def test_an_open_form_takes_what_is_likeliest(
    db: Database, heard: list[tuple[str, str, tuple[str, ...]]], action: str, form: str | None, intent: str
) -> None:
    with db.transaction() as session:
        _, signed = begin(session, "Urlaub Dezember")
    call = {"next_action": action, "tracker": tracker(signed, form=form)}
    await post(Settings(_env_file=None, actions_token=SECRET, context_key=SECRET), db, call)
    assert heard == [(action, intent, ("leave_request", "leave_balance"))]


@pytest.mark.parametrize(
    ("agreement", "action", "noted"),
    [(None, "action_unsure", 0), ("BV 7", "action_unsure", 1), ("BV 7", "validate_leave_form", 0)],
)
async def test_only_an_agreement_lets_it_be_learned_from_and_never_a_form(
    db: Database, heard: list[tuple[str, str, tuple[str, ...]]], agreement: str | None, action: str, noted: int
) -> None:
    with db.transaction() as session:
        _, signed = begin(session, "Urlaub Dezember")
    call = {"next_action": action, "tracker": tracker(signed, form=None)}
    await post(
        Settings(_env_file=None, actions_token=SECRET, context_key=SECRET, works_agreement_id=agreement), db, call
    )
    with db.transaction() as session:
        assert session.query(UnclearSentence).count() == noted
