"""Canaries: no salary, account, tax number or diagnosis in any conversation state, log or file of Rasa."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select

from backoffice.database import Base
from backoffice.models import ActionRun, InboxEvent, OutboxMessage, TalkState, Ticket, TicketEvent
from connectors.conversation import Conversation
from connectors.processes import ROOT
from tests.conftest import Stack
from tests.conversations.test_conversations import Play

IBAN, TAX_ID, DIAGNOSIS, SECRET = "DE89370400440532013000", "65929970489", "Migränekanarie", "Mobbingkanarie"
TALK = {
    "mara": [
        *("Schick mir die Gehaltsabrechnung vom Juni", "wie viel verdiene ich", "send me my payslip for October"),
        *(f"meine neue iban ist {IBAN}", f"please change my bank account to {IBAN}"),
        *(f"meine steuer id ist {TAX_ID}, wo ist die lohnsteuerbescheinigung", "ich verdiene nur 3.777,77 € netto"),
        f"ich habe {DIAGNOSIS} und bin krank",
        f"immer noch {DIAGNOSIS}, bis Mittwoch",
        f"I am sick, {DIAGNOSIS}, until tomorrow",
        *(
            f"wer ist bei {DIAGNOSIS} zuständig",
            "ja",
            f"what do the rules say about {DIAGNOSIS}?",
            f"{DIAGNOSIS}, was nun",
        ),
        f"Ich will {SECRET} melden, mein Chef belästigt mich",
        f"mein Chef fasst mich immer an, {SECRET}",
        f"someone at work keeps sending me creepy messages, {SECRET}",
        f"Ich glaube, hier wird Geld unterschlagen, {SECRET}",
    ],
    "ali": [
        "Mein Drucker druckt nicht",
        f"seit ich die {IBAN} eingetippt habe",
        "eingeschränkt",
        "ja",
        "warum ist mein netto so niedrig",
        "ja",
    ],
}
SALARIES = ("3.150,00", "3,150.00", "315000", "2.063,00", "2,063.00", "206300", "3.777,77", "3777")


async def test_what_must_not_be_kept_is_nowhere(company: Stack, conversation: Conversation) -> None:
    play = Play(company, conversation)
    for person, texts in TALK.items():
        for text in texts:
            assert await play.say(person, text), text
    with company.database.transaction() as session:
        states = json.dumps([row.state for row in session.scalars(select(TalkState))], ensure_ascii=False)
        events = json.dumps([row.events for row in session.scalars(select(ActionRun))], ensure_ascii=False)
        everything = "\n".join(
            str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table))
        )
        tables = (Ticket.__table__, TicketEvent.__table__, OutboxMessage.__table__)
        about_tickets = "\n".join(str(row) for table in tables for row in session.execute(select(table)))
        typed = [text for text in session.scalars(select(InboxEvent.text)) if text]
    logs = "\n".join(path.read_text(errors="replace") for path in company.settings.data_dir.glob("*.log"))
    for canary in (IBAN, TAX_ID, DIAGNOSIS, SECRET, *SALARIES):
        assert canary not in states
        assert canary not in events
        assert canary not in logs
        assert not any(canary in content for content in _files_of_rasa())
    assert DIAGNOSIS not in everything
    assert SECRET not in everything
    assert IBAN not in about_tickets
    assert len(typed) >= 5  # what may be kept was kept, so the searches above looked at something


def _files_of_rasa() -> list[str]:
    folders = (ROOT / "bot", ROOT / ".rasa")
    files = [
        path for folder in folders for path in folder.rglob("*") if path.suffix in {".json", ".log", ".db", ".yml"}
    ]
    return [path.read_bytes().decode(errors="replace") for path in files if _is_readable(path)]


def _is_readable(path: Path) -> bool:
    return path.is_file() and path.stat().st_size < 5_000_000
