"""Tickets with their stories, as tickets.yml tells them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backoffice import tickets, triage
from backoffice.demo.lists import put, read
from backoffice.demo.people import Person
from backoffice.models import Ticket, TicketEvent

ZONE = ZoneInfo("Europe/Berlin")


def stories(session: Session, staff: dict[str, Person]) -> None:
    """Numbered from `first` on; nobody is told of them again."""
    content = read("tickets")
    rows: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for number, (who, at, words, story) in enumerate(content["tickets"], content["first"]):
        opened_at = datetime.fromisoformat(at).replace(tzinfo=ZONE)
        told = list(_events(story, staff[who], staff.get(story.get("by")), opened_at))
        rows.append(_ticket(number, staff[who], words, story, opened_at, told))
        events += [{"ticket_id": number, **event} for event in told]
    put(session, Ticket, rows)
    put(session, TicketEvent, events)


def _events(story: dict[str, Any], who: Person, by: Person | None, opened_at: datetime) -> Iterator[dict[str, Any]]:
    yield {"author_id": who.employee.id, "kind": "opened", "text": None, "at": opened_at}
    for name, kind in {
        "took": "assigned",
        "asked": "asked",
        "answered": "answered",
        "note": "note",
        "solved": "solved",
    }.items():
        if name in story:
            minutes, words = story[name] if isinstance(story[name], list) else (story[name], None)
            author = who if kind == "answered" else by
            assert author is not None
            at = opened_at + timedelta(minutes=minutes)
            yield {"author_id": author.employee.id, "kind": kind, "text": words, "at": at}


def _ticket(
    number: int, who: Person, words: str, story: dict[str, Any], opened_at: datetime, told: list[dict[str, Any]]
) -> dict[str, Any]:
    queue = story.get("queue", "it")
    can_work = "no" if story.get("cannot") else None
    urgency = str(story.get("urgency") or triage.urgency_of(can_work))
    last = told[-1]["kind"]
    status = {"opened": "new", "asked": "waiting", "solved": "resolved"}.get(last, "assigned")
    return {
        "id": number,
        "queue": queue,
        "requester_id": who.employee.id,
        "assignee_id": next((one["author_id"] for one in told if one["kind"] == "assigned"), None),
        "summary": words,
        "category": triage.category_of(words) if queue == "it" else "request",
        "urgency": urgency,
        "since": None,
        "can_work": can_work,
        "status": status,
        "conversation": None,
        "opened_at": opened_at,
        "due_at": tickets.due(opened_at, urgency, site=who.employee.site),
        "changed_at": told[-1]["at"],
    }
