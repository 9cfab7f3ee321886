"""What Kontor says, as Telegram's HTML and inline keyboards, within Telegram's limits (core.telegram.org/bots/api)."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

from backoffice.wording import say
from connectors.messages import Button, Card, Reply
from connectors.splitting import BOLD, bold_pieces, split, utf16

IN_ONE_ROW = 24  # characters of labels that a phone shows side by side
MOST_BYTES = InlineKeyboardButtonLimit.MAX_CALLBACK_DATA


@dataclass(frozen=True)
class Post:
    """One message: `html` for parse mode HTML, `plain` should Telegram refuse that."""

    html: str
    plain: str
    keyboard: InlineKeyboardMarkup | None = None


def render(reply: Reply, *, public_url: str | None = None) -> list[Post]:
    """Nearly always one message; buttons hang on the last."""
    paragraphs = [reply.text, *([_card(reply.card)] if reply.card else [])]
    rows = _rows(reply.buttons)
    if reply.link:
        label, path = reply.link
        if public_url and public_url.startswith("https://"):
            rows.append([InlineKeyboardButton(label, url=public_url.rstrip("/") + path)])
        else:
            paragraphs.append(say("doors.elsewhere", reply.language, {"label": label}))
    pieces = split("\n\n".join(paragraphs), MessageLimit.MAX_TEXT_LENGTH, utf16) or ["…"]  # an empty one is refused
    keyboard = InlineKeyboardMarkup(rows) if rows else None
    last = len(pieces) - 1
    return [
        Post(html(piece), piece.replace(BOLD, ""), keyboard if number == last else None)
        for number, piece in enumerate(pieces)
    ]


def settled(shown_html: str, label: str, language: str) -> str:
    """A message after one of its buttons was pressed: with what was chosen."""
    return f"{shown_html}\n\n<b>{escape(say('doors.chosen', language, {'label': label}))}</b>"


def html(text: str) -> str:
    """Our `**bold**` as HTML, everything else as text."""
    return "".join(f"<b>{escape(piece, quote=False)}</b>" if bold else escape(piece, quote=False)
                   for bold, piece in bold_pieces(text))  # fmt: skip


def _card(card: Card) -> str:
    head = f"**{card.title}** · {card.tag}" if card.tag else f"**{card.title}**"
    rows = [f"**{label}: {value}**" if is_sum else f"{label}: {value}" for label, value, is_sum in card.rows]
    return "\n".join([head, *rows])


def _rows(buttons: tuple[Button, ...]) -> list[list[InlineKeyboardButton]]:
    """Short labels side by side, long ones below each other."""
    rows: list[list[InlineKeyboardButton]] = []
    for button in buttons:
        assert len(button.nonce.encode()) <= MOST_BYTES
        fits = rows and sum(len(one.text) for one in rows[-1]) + len(button.label) <= IN_ONE_ROW
        if not fits:
            rows.append([])
        rows[-1].append(InlineKeyboardButton(button.label, callback_data=button.nonce))
    return rows
