from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice import inbox, outbox, retention
from backoffice.models import ActionRun, InboxEvent, OutboxMessage, Pressable
from backoffice.outbox import ButtonSaid, Said
from backoffice.retention import Forgotten
from backoffice.wording import say
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MARKER = {"text": {"key": "session.forgotten", "facts": {}}}


def turn(
    session: Session, age: timedelta, *, reply: str = "leave.balance", done: bool = True, delivered: bool = True
) -> tuple[InboxEvent, OutboxMessage]:
    """A question and its reply, `age` ago."""
    mara, at = employee(session, "mara.lindt"), NOW - age
    count = session.scalar(select(func.count(InboxEvent.id)))
    event, _ = inbox.receive(session, key=f"k{count}", conversation="c", employee=mara, text="Resturlaub?", now=at)
    button = ButtonSaid(Said("leave.why"), "answer", {"intent": "leave_explain", "slots": {}})
    message = outbox.post(session, mara, Said(reply, {"left": 850}), now=at, turn=event.turn, buttons=[button])
    session.add(ActionRun(turn=event.turn, action="a", nth=0, events=[{"event": "slot", "value": "seit gestern"}]))
    event.done_at = at if done else None
    message.delivered_at = at if delivered else None
    session.flush()
    return event, message


def forget(session: Session) -> Forgotten:
    found = retention.blank(session, now=NOW, days=30)
    session.expire_all()
    return found


@pytest.mark.parametrize(("days", "kept"), [(29, True), (31, False)])
def test_words_are_kept_for_thirty_days(session: Session, days: int, kept: bool) -> None:
    event, message = turn(session, timedelta(days=days))
    forget(session)
    assert event.text == ("Resturlaub?" if kept else None)
    assert (message.said == MARKER) == (not kept)


@pytest.mark.parametrize(("hours", "kept"), [(23, True), (25, False)])
def test_figures_of_pay_and_the_question_are_kept_for_a_day(session: Session, hours: int, kept: bool) -> None:
    event, message = turn(session, timedelta(hours=hours), reply="payroll.salary")
    other, balance = turn(session, timedelta(hours=hours))
    forget(session)
    assert event.text == ("Resturlaub?" if kept else None)
    assert (message.said == MARKER) == (not kept)
    assert (other.text, balance.said["text"]["key"]) == ("Resturlaub?", "leave.balance")


@pytest.mark.parametrize(
    ("reply", "age"), [("payroll.salary", timedelta(hours=25)), ("leave.balance", timedelta(days=31))]
)
def test_what_will_never_be_delivered_is_not_kept_for_ever(session: Session, reply: str, age: timedelta) -> None:
    _, message = turn(session, age, reply=reply, delivered=False)
    message.undeliverable = "the bot was blocked"
    session.flush()
    forget(session)
    assert message.said == MARKER


def test_what_is_not_answered_or_delivered_yet_stays(session: Session) -> None:
    waiting, _ = turn(session, timedelta(days=40), done=False)
    _, undelivered = turn(session, timedelta(days=40), delivered=False)
    _, unpaid = turn(session, timedelta(days=2), reply="payroll.slip", delivered=False)
    forget(session)
    assert waiting.text == "Resturlaub?"
    assert [undelivered.said["text"]["key"], unpaid.said["text"]["key"]] == ["leave.balance", "payroll.slip"]


def test_stored_turns_go_after_a_day_and_buttons_after_their_time(session: Session) -> None:
    turn(session, timedelta(hours=2))
    turn(session, timedelta(days=2))
    turn(session, timedelta(days=50))
    forget(session)
    assert session.scalar(select(func.count(ActionRun.id))) == 1
    assert session.scalar(select(func.count(Pressable.nonce))) == 2


def test_a_used_button_goes_before_it_expires(session: Session) -> None:
    pressed, _ = turn(session, timedelta(days=31))
    turn(session, timedelta(days=10))
    button = session.scalars(select(Pressable).order_by(Pressable.expires_at.desc())).first()
    assert button
    button.used_by = pressed.turn
    session.flush()
    forget(session)
    assert button not in session.scalars(select(Pressable)).all()


def test_blanked_rows_go_after_twice_the_time(session: Session) -> None:
    turn(session, timedelta(days=61))
    turn(session, timedelta(days=59))
    forget(session)
    assert session.scalar(select(func.count(InboxEvent.id))) == 1
    assert session.scalar(select(func.count(OutboxMessage.id))) == 1


def test_it_is_harmless_to_repeat(session: Session) -> None:
    turn(session, timedelta(days=40))
    assert forget(session) == Forgotten(texts=1, messages=1, rows=1)
    assert forget(session) == Forgotten(texts=0, messages=0, rows=0)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_page_can_still_word_the_marker(language: str) -> None:
    assert say(MARKER["text"]["key"], language, MARKER["text"]["facts"])  # type: ignore[index,arg-type]
