"""What Telegram's updates say. Shapes: tests/payloads/telegram/*.json."""

from __future__ import annotations

from telegram import Message, Update, User
from telegram.constants import ChatType

from backoffice import linking
from backoffice.wording import catalogue
from connectors.messages import Heard, Shown

START = "/start"


def parse_message(update: Update, *, bot: int) -> Heard | None:
    """A person's private message; None for edits, bots, groups and notices of the chat itself."""
    message = update.message
    if message is None or message.from_user is None or message.from_user.is_bot or message.sender_chat:
        return None
    if message.chat.type != ChatType.PRIVATE:
        return None
    text = message.text or message.caption
    if text is None and not message.effective_attachment:
        return None
    if text and text.split()[:1] == [START]:  # the button that everybody presses first
        code = linking.code_in(text.partition(START)[2])  # t.me/bot?start=code
        text = code or catalogue()["doors.start"].get(_language(message.from_user), "") or _hello()
    return Heard(
        key=f"telegram:{bot}:{update.update_id}",
        handle=str(message.from_user.id),
        room=room(bot, str(message.from_user.id)),
        address=str(message.chat.id),
        text=text or "",
    )


def parse_press(update: Update, *, bot: int) -> Heard | None:
    """A press of one of our buttons in a private chat; None for all others."""
    query = update.callback_query
    if query is None or not query.data or query.message is None or query.message.chat.type != ChatType.PRIVATE:
        return None
    handle = str(query.from_user.id)
    return Heard(
        key=f"telegram:{bot}:{update.update_id}",
        handle=handle,
        room=room(bot, handle),
        address=str(query.message.chat.id),
        pressed=query.data,
        shown=_shown(query.message, query.data) if isinstance(query.message, Message) else None,
    )


def room(bot: int, handle: str) -> str:
    """A private chat: chat ids of groups are shared, so it is the sender that counts."""
    return f"telegram:{bot}:{handle}"


def _shown(message: Message, pressed: str) -> Shown | None:
    """None when the message has no such button (any more)."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    labels = [button.text for row in rows for button in row if button.callback_data == pressed]
    return Shown(str(message.message_id), message.text_html, labels[0]) if labels else None


def _language(user: User) -> str:
    return (user.language_code or "").partition("-")[0]


def _hello() -> str:
    return next(iter(catalogue()["doors.start"].values()))
