"""What waits for the courier, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from backoffice import inbox, outbox
from backoffice.database import Database
from backoffice.models import OutboxMessage, TalkState
from backoffice.outbox import LEASE, LONGEST_PAUSE, CardSaid, Row, Said
from connectors.messages import word
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DOORS = ["slack", "telegram"]


def say(session: Session, key: str, *, turn: str | None = None, conversation: str | None = None) -> OutboxMessage:
    to = employee(session, key)
    message = outbox.post(session, to, Said("session.empty"), now=NOW, turn=turn, conversation=conversation)
    session.flush()
    return message


def test_news_for_people_with_an_account_wait_for_the_doors(db: Database) -> None:
    with db.transaction() as session:
        for_mara = say(session, "mara.lindt")
        for_somebody_else = say(session, "mara.lindt", conversation="a web page")
        assert outbox.for_doors(session, DOORS, now=NOW) == [for_mara]
        assert outbox.for_doors(session, [], now=NOW) == []
        assert for_somebody_else.delivered_at is None


def test_a_reply_waits_until_its_turn_has_ended(db: Database) -> None:
    with db.transaction() as session:
        mara = employee(session, "mara.lindt")
        session.add(TalkState(id="c", employee_id=mara.id, door="slack", address="D1", language="de", state={}))
        event, _ = inbox.receive(session, key="k", conversation="c", employee=mara, text="hallo", now=NOW)
        reply = say(session, "mara.lindt", turn=event.turn, conversation="c")
        assert outbox.for_doors(session, DOORS, now=NOW) == []
        event.done_at = NOW
        session.flush()
        assert outbox.for_doors(session, DOORS, now=NOW) == [reply]
        assert outbox.for_doors(session, ["telegram"], now=NOW) == []


def test_a_message_is_claimed_by_one_until_the_lease_ends(db: Database) -> None:
    with db.transaction() as session:
        message = say(session, "mara.lindt")
        claims = [outbox.claim(session, message, now=NOW + wait) for wait in (timedelta(0), LEASE / 2, 2 * LEASE)]
    assert claims == [True, False, True]


def test_the_pause_grows_with_the_wait(db: Database) -> None:
    with db.transaction() as session:
        message = say(session, "mara.lindt")
        pauses = []
        for waited in (timedelta(0), timedelta(minutes=4), timedelta(hours=4)):
            outbox.try_later(session, message.id, now=NOW + waited)
            assert message.claimed_until
            pauses.append(message.claimed_until - NOW - waited)
    assert pauses == [LEASE, timedelta(minutes=4), LONGEST_PAUSE]


def test_what_is_given_up_is_not_tried_again(db: Database) -> None:
    with db.transaction() as session:
        message = say(session, "mara.lindt")
        outbox.give_up(session, message.id, reason="blocked")
        session.flush()
        assert outbox.for_doors(session, DOORS, now=NOW) == []
        assert message.undeliverable == "blocked"


def test_times_are_said_as_at_the_place_of_whoever_hears_them(db: Database) -> None:
    with db.transaction() as session:
        ali, mara = employee(session, "ali.yildiz"), employee(session, "mara.lindt")
        ali.site.zone = "Europe/Lisbon"
        due = Said("tickets.due", {"due": "2026-11-24T07:05:00+00:00"})
        card = CardSaid(Said("tickets.title"), (Row(Said("tickets.label_due"), due),))
        heard = [word(outbox.post(session, to, due, now=NOW, card=card), "en") for to in (ali, mara)]
        from_before = word(OutboxMessage(id=1, said={"text": {"key": due.key, "facts": due.facts}}), "en")
    assert [(one.text, one.card.rows[0][1]) for one in heard if one.card] == [
        ("Tue 24 Nov, 07:05", "Tue 24 Nov, 07:05"), ("Tue 24 Nov, 08:05", "Tue 24 Nov, 08:05")
    ]  # fmt: skip
    assert from_before.text == "Tue 24 Nov, 08:05"
