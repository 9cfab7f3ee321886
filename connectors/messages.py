"""What doors and Kontor say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backoffice.models import OutboxMessage
from backoffice.wording import say


@dataclass(frozen=True)
class Incoming:
    """One message or press. `key` is unique per event of the door; `employee` was settled by the door's signature."""

    door: str
    key: str
    conversation: str
    address: str
    employee: int
    sent_at: datetime
    text: str | None = None
    pressed: str | None = None


@dataclass(frozen=True)
class Shown:
    """The message whose button was pressed: its id there, what it says (as the door needs it), the button's label."""

    id: str
    content: Any
    label: str


@dataclass(frozen=True)
class Heard:
    """What a platform's event says, before anybody is recognised.

    `handle` names the account, `room` is the door's key of the conversation, `address` where answers go.
    """

    key: str
    handle: str
    room: str
    address: str
    text: str | None = None
    pressed: str | None = None
    thread: str | None = None
    shown: Shown | None = None


@dataclass(frozen=True)
class Button:
    """`nonce` names the row behind it."""

    label: str
    nonce: str
    first: bool = False


@dataclass(frozen=True)
class Card:
    """What it is, how it stands, its facts as (label, value, is the sum)."""

    title: str
    tag: str = ""
    tone: str = ""
    rows: tuple[tuple[str, str, bool], ...] = ()


@dataclass(frozen=True)
class Reply:
    """Something said in a person's language; `id` is its outbox row, `link` (label, path) a document."""

    id: int
    text: str
    card: Card | None = None
    buttons: tuple[Button, ...] = field(default_factory=tuple)
    link: tuple[str, str] | None = None
    language: str = "de"


def speak(message: OutboxMessage, language: str) -> Reply:
    """An outbox row in words for its person; shown again later, it stays in the language of the first time."""
    message.language = message.language or language
    return word(message, message.language)


def word(message: OutboxMessage, language: str) -> Reply:
    """An outbox row in the words of a language; times are those of the place where its person works."""
    said = message.said
    where = {"zone": said["zone"]} if "zone" in said else {}

    def worded(one: Mapping[str, Any]) -> str:
        return say(one["key"], language, {**one["facts"], **where})

    card = None
    if shown := said.get("card"):
        rows = tuple((worded(row["label"]), worded(row["value"]), bool(row["sum"])) for row in shown["rows"])
        card = Card(worded(shown["title"]), worded(shown["tag"]) if shown["tag"] else "", shown["tone"], rows)
    buttons = tuple(Button(worded(b["label"]), b["nonce"], b["first"]) for b in said.get("buttons", []))
    link = (worded(said["link"]["label"]), said["link"]["url"]) if said.get("link") else None
    return Reply(message.id, worded(said["text"]), card, buttons, link, language)
