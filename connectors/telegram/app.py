"""The Telegram door: long polling with python-telegram-bot; no public address is needed."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram import LinkPreviewOptions, Update
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, ExtBot

from backoffice.errors import Misconfigured
from backoffice.settings import Settings
from connectors.courier import Unreachable
from connectors.messages import Heard, Reply
from connectors.reception import Reception
from connectors.telegram import parse, render

POLL_S, TYPING_LASTS_S, LONGEST_PAUSE_S = 25, 4.0, 60.0
WANTED = [Update.MESSAGE, Update.CALLBACK_QUERY]
log = logging.getLogger("kontor.telegram")


class TelegramDoor:
    """One bot."""

    name = "telegram"

    def __init__(self, settings: Settings, reception: Reception) -> None:
        assert settings.telegram_token
        self._settings, self._reception = settings, reception
        os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library's durations as such, as they will all be
        self._bot = ExtBot(
            settings.telegram_token.get_secret_value(),
            base_url=settings.telegram_api_url,
            rate_limiter=AIORateLimiter(max_retries=3),
        )
        self._polling: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Sign in and listen. Raises Misconfigured when the token is refused."""
        try:
            await self._bot.initialize()
        except InvalidToken as error:
            raise Misconfigured("Telegram refuses KONTOR_TELEGRAM_TOKEN: copy it again from @BotFather") from error
        self._polling = asyncio.create_task(self._poll())

    async def stop_hearing(self) -> None:
        """Take nothing in any more; answers still go out."""
        if self._polling:
            self._polling.cancel()
            await asyncio.wait([self._polling])

    async def close(self) -> None:
        """Let go of the connection."""
        await self._bot.shutdown()

    async def _poll(self) -> None:
        """Asking for updates after a number confirms all up to it, so a number moves on only once its row is stored."""
        offset, pause_s = None, 1.0
        while True:
            try:
                updates = await self._bot.get_updates(offset=offset, timeout=POLL_S, allowed_updates=WANTED)
                for update in updates:
                    await self._take_in(update)
                    offset = update.update_id + 1
                pause_s = 1.0
            except Conflict:
                log.error("another program reads this bot's messages, or it has a webhook: one bot, one Kontor")
                await asyncio.sleep(LONGEST_PAUSE_S)
            except Exception as error:  # Telegram or the database is away: the same updates come again
                log.warning("Telegram: %s; trying again in %.0f s", type(error).__name__, pause_s)
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _take_in(self, update: Update) -> None:
        heard = parse.parse_message(update, bot=self._bot.id) or parse.parse_press(update, bot=self._bot.id)
        if heard:
            await self._reception.take_in(self, heard)
        if update.callback_query:
            with suppress(TelegramError):  # it was pressed too long ago; the answer comes as a message
                await self._bot.answer_callback_query(update.callback_query.id)

    def room(self, handle: str) -> str | None:
        """The private chat with an account."""
        return parse.room(self._bot.id, handle)

    def first_address(self, handle: str) -> str | None:
        """A bot cannot write first."""
        return None

    async def post(self, address: str, reply: Reply, thread: str | None = None) -> None:
        """Say it; without markup when Telegram refuses ours. Raises Unreachable."""
        try:
            for post in render.render(reply, public_url=self._settings.public_url):
                try:
                    await self._send(address, post.html, post, ParseMode.HTML)
                except BadRequest as error:
                    if "parse entities" not in error.message.lower():
                        raise
                    log.error("Telegram refused the markup of message %s", reply.id)
                    await self._send(address, post.plain, post, None)
        except (Forbidden, BadRequest) as error:
            raise Unreachable(reason=error.message) from error

    async def _send(self, address: str, text: str, post: render.Post, mode: str | None) -> None:
        no_preview = LinkPreviewOptions(is_disabled=True)
        await self._bot.send_message(
            int(address), text, parse_mode=mode, reply_markup=post.keyboard, link_preview_options=no_preview
        )

    async def settle(self, heard: Heard, language: str) -> None:
        """Show what was chosen, and take the buttons away."""
        if heard.shown is None:
            return
        chat, message = int(heard.address), int(heard.shown.id)
        text = render.settled(heard.shown.content, heard.shown.label, language)
        try:
            await self._bot.edit_message_text(text, chat, message, parse_mode=ParseMode.HTML)
        except BadRequest:  # too long with the choice, or it is so already
            with suppress(TelegramError):
                await self._bot.edit_message_reply_markup(chat, message)

    @asynccontextmanager
    async def busy(self, address: str) -> AsyncIterator[None]:
        """Telegram shows for five seconds that the bot is typing; so again every four."""

        async def typing() -> None:
            while True:
                with suppress(TelegramError):
                    await self._bot.send_chat_action(int(address), ChatAction.TYPING)
                await asyncio.sleep(TYPING_LASTS_S)

        showing = asyncio.create_task(typing())
        try:
            yield
        finally:
            showing.cancel()
