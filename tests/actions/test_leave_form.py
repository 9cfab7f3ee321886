"""The days that stand on the card of a leave request are those that were said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from actions.leave_form import LeaveForm
from actions.turn import Turn
from backoffice import inbox, outbox
from backoffice.context import Context
from backoffice.database import Database
from backoffice.wording import say
from knowledge.library import Library
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    with db.transaction() as session:
        yield session


class Talk:
    """Mara and the form, one message after the other; `said` is what the last one was answered with."""

    def __init__(self, session: Session, language: str) -> None:
        self.session, self.language = session, language
        self.slots: dict[str, Any] = dict.fromkeys(LeaveForm().slots)
        self.said: list[str] = []

    def types(self, text: str, intent: str = "inform") -> str:
        """What is drafted then: "7.12 am", "14.12 to 16.12", "" when days are still to be asked for."""
        form, mara = LeaveForm(), employee(self.session, "mara.lindt")
        event, _ = inbox.receive(
            self.session, key=f"{len(self.said)}{text}", conversation="c", employee=mara, text=text, now=NOW
        )
        signed = Context(mara.id, "test", self.language, "c", event.turn, NOW.date().isoformat())
        turn = Turn(self.session, signed, intent, 1.0, dict(self.slots), NOW, Library(lambda texts: []))
        step = self.slots["leave_step"]
        self.slots.update((form.hear(turn) if step else form.begin(turn)) or dict.fromkeys(form.slots))
        messages = [message.said["text"] for message in outbox.of_turn(self.session, event.turn)]
        self.said = [say(one["key"], self.language, one["facts"]) for one in messages]
        return self._draft() if self.slots["leave_step"] in ("sure", "short") else ""

    def _draft(self) -> str:
        first, last = (date.fromisoformat(self.slots[f"leave_{edge}"]) for edge in ("first", "last"))
        parts = [
            {"full": "", "morning": " am", "afternoon": " pm"}[self.slots[f"leave_{edge}_part"]]
            for edge in ("first", "last")
        ]
        begin = f"{first.day}.{first.month}{parts[0]}"
        return begin if first == last else f"{begin} to {last.day}.{last.month}{parts[1]}"


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("en", [("I need a half day off on 7 December in the morning", "7.12 am"), ("no wait, the 8th", "8.12 am")]),
        ("de", [("halber Tag am 7.12.", "7.12 pm"), ("nein, am 8.12.", "8.12 pm"), ("doch ganztags", "8.12")]),
        ("de", [("Urlaub 30.11. bis 2.12., am letzten Tag nur halb", "30.11 to 2.12 am")]),
        ("de", [("Urlaub 30.11. bis 2.12.", "30.11 to 2.12"), ("am letzten Tag nur halb", "30.11 to 2.12 am")]),
        ("de", [("Urlaub 30.11. bis 2.12.", "30.11 to 2.12"), ("am 2.12. nur halb", "30.11 to 2.12 am")]),
        (
            "en",
            [("30 Nov to 2 Dec", "30.11 to 2.12"), ("only the afternoon of the first day", "30.11 pm to 2.12")],
        ),
        ("de", [("Urlaub 14.12. bis 16.12.", "14.12 to 16.12"), ("vom 15. bis zum 17.", "15.12 to 17.12")]),
        ("de", [("Urlaub 14.12. bis 16.12.", "14.12 to 16.12"), ("nein, bis zum 18.", "14.12 to 18.12")]),
        ("de", [("Urlaub 14.12. bis 16.12.", "14.12 to 16.12"), ("nur zwei Tage", "14.12 to 15.12")]),
        ("de", [("Urlaub ab 7.12.", ""), ("ja", ""), ("bis Freitag", "7.12 to 11.12")]),
        ("en", [("leave from 7 December", ""), ("one day", "7.12")]),
        ("de", [("Urlaub ab 7.12.", ""), ("unbezahlt", ""), ("eine Woche", "7.12 to 11.12")]),
        ("de", [("vom 10.12 bis 5.12", "")]),
    ],
)
def test_what_was_said_is_what_is_drafted(session: Session, language: str, typed: list[tuple[str, str]]) -> None:
    talk = Talk(session, language)
    assert [(text, talk.types(text, "affirm" if text == "ja" else "inform")) for text, _ in typed] == typed


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        (
            "de",
            "irgendwann nächste Woche",
            "Da bin ich mir nicht sicher, welche Tage das sind. Nenn mir bitte den ersten und den letzten, "
            "zum Beispiel „7.12. bis 9.12.“.",
        ),
        (
            "en",
            "I need two days next week",
            "I am not sure which days those are. Please give me the first and the last one, "
            "for example “7 Dec to 9 Dec”.",
        ),
    ],
)
def test_days_that_are_left_open_are_asked_about(session: Session, language: str, text: str, said: str) -> None:
    talk = Talk(session, language)
    assert (talk.types(text), talk.said) == ("", [said])


def test_a_yes_is_a_yes_whatever_day_is_wished_with_it(session: Session) -> None:
    talk = Talk(session, "de")
    talk.types("Urlaub 14.12. bis 16.12.")
    talk.types("ja, passt, bis Weihnachten dann", "affirm")
    assert talk.said[-1].startswith("Eingereicht als")


def test_other_days_are_those_of_the_same_month(session: Session) -> None:
    talk = Talk(session, "de")
    talk.types("Urlaub 14.12. bis 16.12.")
    talk.types("", "correct")
    assert talk.types("15. bis 17.") == "15.12 to 17.12"


@pytest.mark.parametrize(
    ("language", "text", "draft", "said"),
    [
        (
            "de",
            "Urlaub Montag und Mittwoch nächste Woche",
            "30.11",
            "Ein Antrag gilt für Tage am Stück. Dieser hier ist nur für Montag, 30. November 2026. "
            "Danach beantragst du noch: Mittwoch, 2. Dezember 2026.",
        ),
        (
            "en",
            "I want to take off tomorrow and next tuesday",
            "24.11",
            "One request covers days in a row. This one is only for Tuesday, 24 November 2026. "
            "Ask for the rest after that: Tuesday, 1 December 2026.",
        ),
    ],
)
def test_separate_days_are_asked_for_one_by_one(
    session: Session, language: str, text: str, draft: str, said: str
) -> None:
    talk = Talk(session, language)
    assert (talk.types(text), talk.said) == (draft, [said, say("leave.read_back", language)])


def test_neighbouring_days_are_one_request(session: Session) -> None:
    talk = Talk(session, "de")
    assert talk.types("nächste Woche Mo und Di") == "30.11 to 1.12"
    assert talk.said == [say("leave.read_back", "de")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ich will urlaub vom 10.12 bis 5.12", "Das Ende läge vor dem Anfang. Welche Tage meinst du?"),
        (
            "Urlaub ab dem 7.12.",
            "Bis wann möchtest du ab Montag, 7. Dezember 2026 frei haben? "
            "Schreib zum Beispiel „bis Freitag“ oder „einen Tag“.",
        ),
    ],
)
def test_what_cannot_be_drafted_is_said(session: Session, text: str, said: str) -> None:
    talk = Talk(session, "de")
    talk.types(text)
    assert talk.said == [said]


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        (
            "de",
            "am 7.12.",
            "Petra Roth, Aylin Demir oder Tobias Kern entscheidet",
        ),
        (
            "en",
            "on 7 December",
            "Petra Roth, Aylin Demir or Tobias Kern decides",
        ),
    ],
)
def test_without_a_manager_it_is_said_who_decides(session: Session, language: str, text: str, told: str) -> None:
    employee(session, "mara.lindt").manager_id = None
    talk = Talk(session, language)
    talk.types(text, "request_leave")
    talk.types("ja", "affirm")
    assert [one.partition("**. ")[2].partition(";")[0] for one in talk.said] == [told]
