"""The whole system as an operator starts it: `kill -9` of each process between two turns, and a clean end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from backoffice import people
from backoffice.database import Database
from backoffice.models import LeaveRequest
from connectors.processes import ROOT, free_port

CHILDREN = {"web": "connectors serve", "actions": "-m actions", "bot": "bot/server.py serve"}
pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="finds the processes in /proc")


@dataclass
class Demo:
    """A running `kontor demo` and a token of Mara's."""

    process: subprocess.Popen[str]
    url: str
    token: str
    database: Database

    def say(self, key: str, text: str) -> str:
        """What is answered in the end; the client asks again under the same key, as clients do."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                answer = httpx.post(
                    f"{self.url}/api/v1/messages",
                    json={"text": text, "key": key},
                    headers={"Authorization": f"Bearer {self.token}"},
                    timeout=20,
                )
                texts = [reply["text"] for reply in answer.json()["replies"]] if answer.is_success else []
            except httpx.HTTPError:
                texts = []
            if texts and "nicht verloren" not in texts[0]:
                return "\n".join(texts)
            time.sleep(0.5)
        raise AssertionError(f"no answer to {text}")

    def kill(self, name: str) -> None:
        """As a crash would."""
        for pid in _children(self.process.pid):
            if CHILDREN[name] in _command(pid):
                os.kill(pid, signal.SIGKILL)

    def requested(self) -> int:
        with self.database.transaction() as session:
            mara = people.by_key(session, "mara.lindt").id
            mine = select(func.count()).where(LeaveRequest.status == "pending", LeaveRequest.employee_id == mara)
            return session.scalar(mine) or 0


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KONTOR_")}
    kontor = [sys.executable, "-m", "connectors"]
    process = subprocess.Popen(
        [*kontor, "demo", "--port", str(port), "--data-dir", str(folder)],
        cwd=ROOT,
        env=clean,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert any("is ready" in line for line in iter(process.stdout.readline, "")), "it ended before it was ready"
    issue = [*kontor, "token", "issue", "--for", "mara.lindt", "--data-dir", str(folder)]
    token = subprocess.run(issue, cwd=ROOT, env=clean, capture_output=True, text=True, check=True).stdout.strip()
    running = Demo(process, f"http://127.0.0.1:{port}", token, Database(f"sqlite:///{folder / 'kontor.db'}"))
    yield running
    running.database.engine.dispose()
    os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C does
    said = process.stdout.read()
    assert process.wait(30) == 0
    assert "Kontor has stopped." in said
    assert httpx.codes.OK not in _still_answering(running.url)
    process.stdout.close()


def _still_answering(url: str) -> list[int]:
    try:
        return [httpx.get(f"{url}/health/ready", timeout=2).status_code]
    except httpx.HTTPError:
        return []


@pytest.mark.parametrize(("victim", "day"), [("web", "2.12."), ("actions", "3.12."), ("bot", "4.12.")])
def test_a_form_survives_the_death_of_any_process(demo: Demo, victim: str, day: str) -> None:
    before = demo.requested()
    demo.say(f"{victim}-1", "Ich möchte Urlaub beantragen")
    demo.kill(victim)
    assert "einreichen" in demo.say(f"{victim}-2", f"am {day}")
    demo.kill(victim)
    receipt = demo.say(f"{victim}-3", "ja")
    assert "Eingereicht als" in receipt
    assert demo.say(f"{victim}-3", "ja") == receipt
    assert demo.requested() == before + 1
