"""When a yes counts, and what a talk remembers: at the edges that no scenario reaches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from actions.registry import acts
from actions.turn import Part, Turn
from backoffice import inbox, outbox
from backoffice.context import Context
from backoffice.database import Database
from backoffice.models import InboxEvent, LeaveRequest, SickReport, TalkState
from knowledge.library import Library
from tests.conftest import employee

EVENING = datetime(2026, 11, 23, 22, 50, tzinfo=UTC)  # ten minutes to midnight in Berlin
LEAVE = {
    "leave_kind": "vacation",
    "leave_first": "2026-12-14",
    "leave_last": "2026-12-14",
    "leave_first_part": "full",
    "leave_last_part": "full",
    "leave_step": "sure",
}


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    with db.transaction() as session:
        mara = employee(session, "mara.lindt")
        session.add(TalkState(id="c", employee_id=mara.id, door="web", address="", language="de", state={}))
        yield session


class Talk:
    """Mara's talk without Rasa in between: slots go from one turn to the next."""

    def __init__(self, session: Session, **slots: Any) -> None:
        self.session, self.slots, self._count = session, slots, 0

    def hears(
        self, act: str, intent: str, text: str, *, at: datetime, day: str = "2026-11-23", confidence: float = 0.9
    ) -> list[str]:
        """The names of the sentences that she is answered with."""
        return self.asks(text, (act, intent, None), at=at, day=day, confidence=confidence)

    def asks(
        self,
        text: str,
        *parts: tuple[str, str, Part | None],
        at: datetime,
        day: str = "2026-11-23",
        confidence: float = 0.9,
        undone: tuple[str, ...] = (),
    ) -> list[str]:
        """The same for a message with several requests: the act, what was heard, and where it stands."""
        mara = employee(self.session, "mara.lindt")
        self._count += 1
        event, _ = inbox.receive(self.session, key=str(self._count), conversation="c", employee=mara, text=text, now=at)
        signed = Context(mara.id, "web", "de", "c", event.turn, day, at.isoformat())
        for act, intent, part in parts:
            turn = Turn(self.session, signed, intent, confidence, dict(self.slots), at, Library(None), part=part)
            turn.undone = undone
            self.slots.update(acts()[act](turn) or {})
        inbox.finish(event, now=at)
        return [message.said["text"]["key"] for message in outbox.of_turn(self.session, event.turn)]


def open_leave(session: Session, at: datetime) -> Talk:
    return Talk(session, **LEAVE, asked={"at": at.isoformat(), "on": "2026-11-23"})


def filed(session: Session) -> int:
    return (
        session.query(LeaveRequest).filter_by(employee_id=employee(session, "mara.lindt").id, status="pending").count()
    )


@pytest.mark.parametrize(
    ("after", "day", "answers", "requests"),
    [
        (timedelta(minutes=5), "2026-11-23", ["leave.submitted"], 1),
        (timedelta(minutes=15), "2026-11-24", ["leave.read_back"], 0),
        (timedelta(hours=7, minutes=59), "2026-11-23", ["leave.submitted"], 1),
        (timedelta(hours=8), "2026-11-23", ["session.still_open"], 0),
        (timedelta(days=13, hours=23), "2026-12-07", ["session.still_open"], 0),
        (timedelta(days=14), "2026-12-07", ["session.dropped", "session.yes_to_what"], 0),
    ],
)
def test_a_yes_counts_for_what_was_asked_on_this_day(
    session: Session, after: timedelta, day: str, answers: list[str], requests: int
) -> None:
    talk = open_leave(session, EVENING)
    said = talk.hears("validate_leave_form", "affirm", "ja", at=EVENING + after, day=day)
    assert (said, filed(session)) == (answers, requests)


def test_a_question_is_no_yes(session: Session) -> None:
    said = open_leave(session, EVENING).hears("validate_leave_form", "affirm", "passt das?", at=EVENING)
    assert (said, filed(session)) == (["leave.read_back"], 0)


@pytest.mark.parametrize(("intent", "confidence"), [("out_of_scope", 0.9), ("greet", 0.3)])
def test_a_question_that_is_shouted_is_the_same_question(session: Session, intent: str, confidence: float) -> None:
    talk = Talk(session)
    talk.hears("action_payday", "payday", "wann krieg ich geld", at=EVENING)
    again = talk.hears(f"action_{intent}", intent, "WANN KRIEG ICH GELD??", at=EVENING, confidence=confidence)
    assert again == ["session.said_already"]


def test_after_midnight_the_second_yes_counts(session: Session) -> None:
    talk = open_leave(session, EVENING)
    after = EVENING + timedelta(minutes=15)
    talk.hears("validate_leave_form", "affirm", "ja", at=after, day="2026-11-24")
    said = talk.hears("validate_leave_form", "affirm", "ja", at=after + timedelta(minutes=1), day="2026-11-24")
    assert (said, filed(session)) == (["leave.submitted"], 1)


def test_a_yes_after_something_was_wrong_is_no_yes(session: Session) -> None:
    talk = open_leave(session, EVENING)
    assert talk.hears("validate_leave_form", "deny", "das stimmt so nicht", at=EVENING) == ["session.what_differs"]
    said = [talk.hears("validate_leave_form", "affirm", "ja", at=EVENING) for _ in range(2)]
    assert (said, filed(session)) == ([["leave.read_back"], ["leave.submitted"]], 1)


@pytest.mark.parametrize(
    ("intent", "text", "minutes", "until"),
    [
        ("correct", "nein, doch bis Freitag", 5, "2026-11-27"),
        ("deny", "nein, bis Donnerstag", 5, "2026-11-26"),
        ("correct", "nein, doch bis Freitag", 45, "2026-11-25"),
        ("correct", "nein, der Drucker", 5, "2026-11-25"),
        ("correct", "am 14.12.", 5, "2026-11-25"),
        ("correct", "nein, nur heute", 5, "2026-11-23"),
    ],
)
def test_a_sick_report_is_mended_while_it_is_fresh(
    session: Session, intent: str, text: str, minutes: int, until: str
) -> None:
    talk, act = Talk(session), {"correct": "action_nlu_fallback", "deny": "action_deny"}[intent]
    talk.hears("validate_sick_form", "sick_report", "bin krank bis Mittwoch", at=EVENING)
    talk.hears(act, intent, text, at=EVENING + timedelta(minutes=minutes))
    report = session.query(SickReport).order_by(SickReport.id.desc()).first()
    assert report is not None
    assert report.until is not None
    assert (report.until.isoformat(), report.employee_id) == (until, employee(session, "mara.lindt").id)
    kept = session.query(InboxEvent.text).filter_by(conversation="c").order_by(InboxEvent.id.desc()).first()
    assert kept is not None
    assert (kept[0] is None) == (until != "2026-11-25")


def test_a_draft_from_before_this_was_written_counts_as_asked_now(session: Session) -> None:
    talk = Talk(session, **LEAVE)
    assert talk.hears("validate_leave_form", "affirm", "ja", at=EVENING) == ["leave.submitted"]


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("salary_amount", "was verdiene ich"),
        ("confidential_report", "mein Chef belästigt mich"),
        ("payroll_change_bank", "neue IBAN"),
        ("tax_document", "meine Steuerbescheinigung"),
        ("report_accident", "ich hab mich geschnitten"),
    ],
)
def test_nothing_of_pay_illness_or_trust_is_remembered(session: Session, intent: str, text: str) -> None:
    talk = Talk(session, answered={"intent": "who_is_out", "turn": "t", "at": EVENING.isoformat()})
    talk.hears(f"action_{intent}", intent, text, at=EVENING)
    assert talk.slots["answered"] is None


def test_an_illness_ends_what_one_could_go_on_from(session: Session) -> None:
    talk = Talk(session, answered={"intent": "who_is_out", "turn": "t", "at": EVENING.isoformat()})
    talk.hears("validate_sick_form", "sick_report", "bin krank", at=EVENING)
    assert talk.slots["answered"] is None


def test_what_is_remembered_holds_no_words_and_no_figures(session: Session) -> None:
    talk = Talk(session)
    talk.hears("action_payslip", "payslip", "Abrechnung vom Juni bitte", at=EVENING)
    turn = session.query(InboxEvent.turn).filter_by(conversation="c").scalar()
    assert talk.slots["answered"] == {"intent": "payslip", "turn": turn, "at": EVENING.isoformat()}


def test_a_changed_answer_to_the_same_question_is_given(session: Session) -> None:
    talk = Talk(session)
    talk.hears("action_leave_balance", "leave_balance", "wie viel Urlaub hab ich", at=EVENING)
    asked = session.query(LeaveRequest).filter_by(employee_id=employee(session, "mara.lindt").id).first()
    assert asked is not None
    asked.status = "pending"
    session.flush()
    again = talk.hears("action_leave_balance", "leave_balance", "wie viel Urlaub hab ich", at=EVENING)
    assert again == ["leave.balance_pending"]


def test_the_same_question_beside_another_takes_nothing_back(session: Session) -> None:
    talk = Talk(session)
    talk.hears("action_payday", "payday", "wann kommt das Geld?", at=EVENING)
    again = talk.asks(
        "Wer fehlt heute? Und wann kommt das Geld?",
        ("action_who_is_out", "who_is_out", Part(0, 16, nth=1, aside=False)),
        ("action_payday", "payday", Part(21, 41, nth=2, aside=False)),
        at=EVENING,
    )
    assert again == ["leave.who_is_out", "payroll.payday"]
    assert talk.hears("action_payday", "payday", "wann kommt das Geld?", at=EVENING) == ["session.said_already"]


@pytest.mark.parametrize(
    ("text", "intent", "said"),
    [
        ("wann kommt das Geld?", "payday", ["payroll.payday", "session.one_at_a_time", "leave.ask_dates"]),
        ("am 14. Dezember", "inform", ["leave.read_back"]),
    ],
)
def test_what_an_open_form_does_not_hear_is_named_unless_all_is_its_answer(
    session: Session, text: str, intent: str, said: list[str]
) -> None:
    asked = {"at": EVENING.isoformat(), "on": "2026-11-23"}
    talk = Talk(session, leave_kind="vacation", leave_step="days", asked=asked)
    act = ("validate_leave_form", intent, None)
    assert talk.asks(text, act, at=EVENING, undone=("leave_balance",)) == said
