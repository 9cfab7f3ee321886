"""A company whose bot says back what it hears: doors are tested without Rasa."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backoffice import demo, migrating, people
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.models import InboxEvent, OutboxMessage
from backoffice.outbox import Said, post
from backoffice.settings import Settings
from connectors.conversation import Conversation
from connectors.rasa import RasaClient
from tests.fakes.doors import SECRET, EchoBot, House, settings_for
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import FakeTelegram


@dataclass
class Echo:
    """Settings, a database with the demo's company, and the bot."""

    settings: Settings
    database: Database
    bot: EchoBot
    rasa: RasaClient

    def house(self, fake: FakeSlack | FakeTelegram, **settings: object) -> House:
        """A door to the fake platform; open it with `async with house.open()`."""
        mine = settings_for(self.settings, fake).model_copy(update=settings)
        return House(mine, self.database, Conversation(mine, self.database, self.rasa))

    def inbox(self) -> list[tuple[str | None, str | None]]:
        """What was taken in: (text, pressed)."""
        with self.database.transaction() as session:
            return [(event.text, event.pressed) for event in session.query(InboxEvent).order_by(InboxEvent.id)]

    def outbox(self) -> list[tuple[bool, str | None]]:
        """What was to be said: (delivered, why not)."""
        with self.database.transaction() as session:
            rows = session.query(OutboxMessage).order_by(OutboxMessage.id)
            return [(row.delivered_at is not None, row.undeliverable) for row in rows]

    def tell(self, key: str, text: str, conversation: str | None = None) -> None:
        """Something that is said to a person from elsewhere."""
        with self.database.transaction() as session:
            said = Said("units.verbatim", {"text": text})
            now = Clock(demo.TODAY).now()
            post(session, people.by_key(session, key), said, now=now, conversation=conversation)

    def release(self) -> None:
        """As if all leases had ended."""
        with self.database.transaction() as session:
            for row in session.query(OutboxMessage):
                row.claimed_until = None


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the demo's company, to be copied."""
    file = tmp_path_factory.mktemp("seeded") / "kontor.db"
    database = Database(f"sqlite:///{file}")
    migrating.upgrade(database)
    with database.transaction() as session:
        demo.seed(session)
    database.engine.dispose()
    return file


@pytest.fixture
def echo(seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Echo]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "SLACK_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)  # slack_sdk would send even 127.0.0.1 through a proxy
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        bot_key=SECRET,
        context_key=SECRET,
        session_key=SECRET,
        hosts=("kontor.test",),
        today=demo.TODAY,
        demo=True,
    )
    shutil.copy(seeded, tmp_path / "kontor.db")
    database = Database(settings.url)
    bot = EchoBot(database)
    yield Echo(settings, database, bot, bot.client(settings))
    database.engine.dispose()
