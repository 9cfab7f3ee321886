"""A door with everything behind it, and a bot that says back what it hears."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr

from backoffice import context, demo, outbox, people
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.outbox import ButtonSaid, LinkSaid, Said
from backoffice.settings import Settings
from connectors.conversation import Conversation
from connectors.courier import Courier
from connectors.rasa import BotStumbled, BotUnreachable, RasaClient
from connectors.reception import Reception
from connectors.slack.app import SlackDoor
from connectors.telegram.app import TelegramDoor
from tests.fakes import slack, telegram

SECRET = SecretStr("a secret of the tests, long enough to pass")


def settings_for(base: Settings, fake: slack.FakeSlack | telegram.FakeTelegram) -> Settings:
    """The settings of an installation whose platform is the fake."""
    if isinstance(fake, slack.FakeSlack):
        mine = {
            "slack_bot_token": SecretStr(slack.BOT_TOKEN),
            "slack_app_token": SecretStr(slack.APP_TOKEN),
            "slack_api_url": fake.url,
        }
    else:
        mine = {"telegram_token": SecretStr(telegram.TOKEN), "telegram_api_url": fake.url}
    return base.model_copy(update=mine)


class House:
    """A door that is open: `reception.finish()` waits for the answers under way, `courier` delivers when asked to."""

    def __init__(self, settings: Settings, database: Database, conversation: Conversation) -> None:
        self.settings, self.database = settings, database
        self.courier = Courier(settings, database)
        self.reception = Reception(settings, database, conversation, self.courier)
        kind = SlackDoor if settings.slack_bot_token else TelegramDoor
        self.door = kind(settings, self.reception)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[House]:
        """For as long as the block runs."""
        await self.door.open()
        self.courier.open(self.door)
        try:
            yield self
        finally:
            await self.door.stop_hearing()
            await self.reception.finish()
            await self.door.close()


class EchoBot:
    """Rasa and the actions in one: says what it heard; `ask` gives two buttons, `paper` a document, `stumble` fails."""

    def __init__(self, database: Database) -> None:
        self.heard: list[str] = []
        self.told: list[context.Context] = []
        self.away = False
        self._database = database

    def client(self, settings: Settings) -> RasaClient:
        """The way to it."""
        return _WayToEcho(settings.bot_url, self)

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Post the echo to the outbox, as an action would. Raises BotUnreachable, BotStumbled."""
        if self.away:
            raise BotUnreachable(reason="away")
        if asked["text"].startswith("stumble"):
            raise BotStumbled(status=500)
        told = context.verify(asked["context"], SECRET.get_secret_value())
        text = f"choice {asked['choice']['answer']}" if asked["choice"] else asked["text"]
        self.heard.append(text)
        self.told.append(told)
        labels = ("Yes", "No") if text.startswith("ask") else ()
        with self._database.transaction() as session:
            outbox.post(
                session,
                people.by_id(session, told.employee),
                Said("units.verbatim", {"text": text}),
                now=Clock(demo.TODAY).now(),
                buttons=[
                    ButtonSaid(
                        Said("units.verbatim", {"text": label}), "answer", {"answer": label}, first=label == "Yes"
                    )
                    for label in labels
                ],
                link=LinkSaid(Said("units.verbatim", {"text": "PDF"}), "/payslips/2026-06.pdf")
                if text == "paper"
                else None,
                turn=told.turn,
                conversation=told.conversation,
            )
        return {"state": {}}


class _WayToEcho(RasaClient):
    def __init__(self, url: str, bot: EchoBot) -> None:
        super().__init__(url, "none")
        self._bot = bot

    async def _post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        return self._bot.answer(content)
