"""The two that are measured, behind the same few verbs: prepare, start, stop, speakers who talk over HTTP."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import holidays
import yaml

from backoffice import demo, migrating, people
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.models import Employee, LeaveEntry
from bench import machine

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "bench" / "work"
STOCK = ROOT / "bench" / "stock"
STOCK_RASA = STOCK / ".venv" / "bin" / "rasa"
YEAR = 2027  # no day of it is taken in the demo's company
SPEAKERS = 32  # nobody asks for so many days that looking through them takes time
ASKS, SUBMITS, LEFT = "Shall I submit it", "Submitted as", "days of leave left"


class WrongAnswer(Exception):
    """A side said something else: its time means nothing."""


@dataclass
class Speaker:
    """One person in one conversation, over one kept connection."""

    port: int
    path: str
    body: Callable[[str], dict[str, Any]]
    read: Callable[[Any], str]
    headers: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def say(self, text: str, *, expect: str) -> float:
        """Milliseconds until the answer was there. Raises WrongAnswer, OSError."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        content = json.dumps(self.body(text)).encode()
        began = time.perf_counter()
        self.connection.request("POST", self.path, content, {"Content-Type": "application/json", **self.headers})
        response = self.connection.getresponse()
        raw = response.read()
        took_ms = (time.perf_counter() - began) * 1000
        said = self.read(json.loads(raw)) if response.status == 200 else f"HTTP {response.status}"
        if expect not in said:
            raise WrongAnswer(f"{text!r} was answered with {said[:300]!r}, not with {expect!r}")
        return took_ms

    def close(self) -> None:
        """Let go of the connection."""
        if self.connection:
            self.connection.close()


class Side(Protocol):
    """What measuring needs of both."""

    name: str

    def prepare(self) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def is_up(self) -> bool: ...
    def pids(self) -> list[int]: ...
    def speaker(self, number: int) -> Speaker: ...
    def versions(self) -> dict[str, str]: ...


class Kontor:
    """A whole demo in a folder of its own, with colleagues of Mara who may take leave as often as they like."""

    name = "Kontor"

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kontor-bench-"))
        self._tokens: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    def prepare(self) -> None:
        """The company, more employees and their tokens."""
        database = Database(f"sqlite:///{self._folder / 'kontor.db'}")
        migrating.upgrade(database)
        with database.transaction() as session:
            demo.seed(session)
        with database.transaction() as session:
            like = people.by_key(session, "mara.lindt")
            columns = {column.name: getattr(like, column.name) for column in Employee.__table__.columns}
            for number in range(SPEAKERS):
                own = {"id": None, "key": f"bench.{number}", "email": None, "language": "en"}
                employee = Employee(**{**columns, **own})
                session.add(employee)
                session.flush()
                for year in (demo.TODAY.year, YEAR):
                    grant = {"kind": "grant", "hundredths": 30_000, "on": date(year, 1, 1)}
                    session.add(LeaveEntry(employee_id=employee.id, year=year, **grant))
                self._tokens.append(people.issue_token(session, employee, now=Clock(demo.TODAY).now()))
        database.engine.dispose()

    def start(self) -> None:
        """As `make demo` does."""
        self._port = machine.free_port()
        command = [str(ROOT / ".venv/bin/kontor"), "demo", "--port", str(self._port), "--data-dir", str(self._folder)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KONTOR_")}
        self._process = _spawn(command, ROOT, environment, self._folder / "demo.log")

    def stop(self) -> None:
        """The processes; the folder stays until `tidy`."""
        if self._process:
            machine.end(self._process)

    def tidy(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self._folder)

    def is_up(self) -> bool:
        """Whether it says so itself."""
        return _answers(self._port, "/health/ready")

    def pids(self) -> list[int]:
        """The supervisor and what it started."""
        return machine.family(self._process.pid) if self._process else []

    def speaker(self, number: int) -> Speaker:
        """One of the additional employees; a client of the API with a token."""
        headers = {"Authorization": f"Bearer {self._tokens[number]}"}
        return Speaker(self._port, "/api/v1/messages", lambda text: {"text": text}, _kontor_said, headers)

    def versions(self) -> dict[str, str]:
        """What it runs on."""
        return {"python": _output(str(ROOT / ".venv/bin/python"), "-V"), "rasa": "3.6.21, lean"}


class Stock:
    """Rasa as published, set up as `rasa init` does, with rasa-sdk's action server doing the same deed."""

    name = "stock Rasa"
    INTENTS = (
        *("greet", "goodbye", "thank", "affirm", "deny", "cancel", "help", "bot_challenge"),
        *("leave_balance", "leave_request"),
    )

    def __init__(self) -> None:
        self._folder = WORK / "stock"
        self._processes: list[subprocess.Popen[bytes]] = []
        self._port = 0

    def prepare(self) -> None:
        """Lay out the project and train it, unless that was done with the same content before."""
        content = {
            "config.yml": stock_config(),
            "domain.yml": (STOCK / "domain.yml").read_text(),
            "data/stories.yml": (STOCK / "stories.yml").read_text(),
            "data/nlu.yml": _cut(self.INTENTS),
        }
        digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
        trained = self._folder / "models" / f"{digest[:16]}.tar.gz"
        if not trained.exists():
            shutil.rmtree(self._folder, ignore_errors=True)
            for name, text in content.items():
                (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
                (self._folder / name).write_text(text)
            command = [str(STOCK_RASA), "train", "--fixed-model-name", digest[:16]]
            _spawn(command, self._folder, self._environment(), self._folder / "train.log").wait()
        if not trained.exists():
            raise SystemExit(f"stock Rasa was not trained: see {self._folder / 'train.log'}")
        (self._folder / "credentials.yml").write_text("rest:\n")
        shutil.copy(STOCK / "actions.py", self._folder)
        (self._folder / "leave.db").unlink(missing_ok=True)

    def start(self) -> None:
        """`rasa run` and `rasa run actions`."""
        self._port, actions_port = machine.free_port(), machine.free_port()
        webhook = f"http://127.0.0.1:{actions_port}/webhook"
        (self._folder / "endpoints.yml").write_text(f"action_endpoint:\n  url: {webhook}\n")
        serve = [str(STOCK_RASA), "run", "--interface", "127.0.0.1", "--port", str(self._port)]
        act = [str(STOCK_RASA), "run", "actions", "--port", str(actions_port)]
        log, environment = self._folder / "run.log", self._environment()
        self._processes = [_spawn(command, self._folder, environment, log) for command in (serve, act)]

    def stop(self) -> None:
        """Both processes."""
        for process in self._processes:
            machine.end(process)

    def is_up(self) -> bool:
        """Rasa listens once its model is loaded."""
        return _answers(self._port, "/")

    def pids(self) -> list[int]:
        """Rasa, the action server, and what they started."""
        return [pid for process in self._processes for pid in machine.family(process.pid)]

    def speaker(self, number: int) -> Speaker:
        """Always a new conversation, which is the cheapest for stock Rasa: its trackers grow with each turn."""
        sender = secrets.token_hex(8)
        body: Callable[[str], dict[str, Any]] = lambda text: {"sender": sender, "message": text}  # noqa: E731
        return Speaker(self._port, "/webhooks/rest/webhook", body, lambda said: " ".join(one["text"] for one in said))

    def versions(self) -> dict[str, str]:
        """What it runs on."""
        return {"python": _output(str(STOCK_RASA.parent / "python"), "-V"), "rasa": "3.6.21"}

    def _environment(self) -> dict[str, str]:
        return {**stock_environment(), "BENCH_DATABASE": str(self._folder / "leave.db")}


def stock_config() -> str:
    """What `rasa init` writes."""
    package = next((STOCK / ".venv").glob("lib/python3.10/site-packages/rasa/cli/initial_project"))
    return (package / "config.yml").read_text()


def stock_environment() -> dict[str, str]:
    """Ours, and Rasa tells nobody that it runs."""
    return {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


def leave_days() -> list[date]:
    """Working days in Berlin, where Mara's colleagues work: nothing is refused."""
    free = holidays.country_holidays("DE", subdiv="BE", years=YEAR)
    days = (date(YEAR, 1, 1) + timedelta(days=offset) for offset in range(365))
    return [day for day in days if day.weekday() < 5 and day not in free]


def _cut(intents: tuple[str, ...]) -> str:
    """Our English sentences of these intents."""
    examples: dict[str, list[str]] = {intent: [] for intent in intents}
    for path in sorted((ROOT / "nlu_data" / "en").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if block.get("intent") in examples:
                examples[block["intent"]] += block["examples"].splitlines()
    nlu = [{"intent": intent, "examples": "\n".join(lines) + "\n"} for intent, lines in examples.items()]
    return str(yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, sort_keys=False))


def _kontor_said(answer: dict[str, Any]) -> str:
    return " ".join(reply["text"] for reply in answer["replies"]).replace("**", "")


def _spawn(command: list[str], folder: Path, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().removeprefix("Python ")
