"""Starts and watches the processes of a running Kontor: the bot, the actions, the web door."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from backoffice.errors import Misconfigured

ROOT = Path(__file__).resolve().parent.parent
BOT_PYTHON = ROOT / ".venv-bot" / "bin" / "python"
MODEL = ROOT / "bot" / "models" / "kontor.tar.gz"
LONGEST_PAUSE_S = 30.0
LAST_PORT = 65535


@dataclass
class Child:
    """One process; a death starts it again after `pause_s`, doubling up to half a minute."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    pause_s: float = 1.0
    start_at: float = 0.0
    started: float = 0.0


@dataclass
class Processes:
    """All children, sharing our environment and a folder for logs."""

    logs: Path
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def add(self, name: str, *command: str) -> None:
        """Start it now and keep it alive from here on."""
        child = Child(name, list(command))
        self.children.append(child)
        self._start(child)

    def watch(self) -> None:
        """One look at everybody; restarts who died."""
        now = time.monotonic()
        for child in self.children:
            if child.process and child.process.poll() is not None and not self.stopping:
                if now - child.started > LONGEST_PAUSE_S:
                    child.pause_s = 1.0
                print(f"{child.name} ended ({child.process.returncode}); starting it again", flush=True)
                child.process, child.start_at = None, now + child.pause_s
                child.pause_s = min(2 * child.pause_s, LONGEST_PAUSE_S)
            elif child.process is None and now >= child.start_at and not self.stopping:
                self._start(child)

    def stop(self) -> None:
        """End everybody, politely first."""
        self.stopping = True
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 10
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, child: Child) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{child.name}.log").open("ab") as out:
            child.process = subprocess.Popen(
                child.command,
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone; we end the children in order
            )
        child.started = time.monotonic()


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check_port(host: str, port: int) -> None:
    """Raises Misconfigured when there is no such port, or somebody listens there."""
    if not 1 <= port <= LAST_PORT:
        raise Misconfigured(f"there is no port {port}: choose one from 1 to {LAST_PORT}, such as PORT=8123")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            other = port + 1 if port < LAST_PORT else 8081
            raise Misconfigured(
                f"port {port} is busy: stop what uses it, or choose another with PORT={other}"
            ) from error


def check_disk(folder: Path, *, needed_mb: int = 200) -> None:
    """Raises Misconfigured when the disk is nearly full."""
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < needed_mb:
        raise Misconfigured(f"only {free_mb} MB are free in {folder}: free {needed_mb} MB, or set KONTOR_DATA_DIR")


def check_bot() -> None:
    """Raises Misconfigured when the bot's environment or model is missing."""
    if not BOT_PYTHON.exists() or not MODEL.exists():
        raise Misconfigured("the bot is not set up: run `make train`")


def start_all(logs: Path, *, bot_port: int, actions_port: int) -> Processes:
    """The three processes of one machine."""
    processes = Processes(logs)
    processes.add("actions", sys.executable, "-m", "actions")
    url = f"http://127.0.0.1:{actions_port}/webhook"
    processes.add("bot", str(BOT_PYTHON), "bot/server.py", "serve", "--port", str(bot_port), "--actions", url)
    processes.add("web", sys.executable, "-m", "connectors", "serve")
    return processes


def hand_over(logs: Path, *, bot_port: int, actions_port: int, url: str) -> NoReturn:
    """Go on as a fresh interpreter that only watches: preparing took 80 MB, watching needs the standard library.

    Raises Misconfigured before that when the bot is not set up.
    """
    check_bot()
    sys.stdout.flush()
    watching = [sys.executable, "-m", "connectors.processes", str(logs), str(bot_port), str(actions_port), url]
    os.execv(sys.executable, watching)


def supervise(logs: Path, *, bot_port: int, actions_port: int, url: str) -> None:
    """Start everything, say when it is ready, keep it alive until Ctrl-C or SIGTERM."""
    stop = False

    def asked_to_stop(number: int, frame: FrameType | None) -> None:
        nonlocal stop
        stop = True

    signal.signal(signal.SIGINT, asked_to_stop)
    signal.signal(signal.SIGTERM, asked_to_stop)
    began, told = time.monotonic(), False
    running = start_all(logs, bot_port=bot_port, actions_port=actions_port)
    print("bot, actions, web …", end=" ", flush=True)
    try:
        while not stop:
            running.watch()
            if not told and is_ready(url):
                told = True
                print(f"{time.monotonic() - began:.1f} s", flush=True)
                print(f"\nKontor is ready: {url}", flush=True)
                if os.environ.get("KONTOR_DEMO"):
                    print("You can be Mara, Ali, Eva, Jonas, Petra or Oksana. Ctrl-C ends it.", flush=True)
            time.sleep(0.3)
    finally:
        running.stop()
        print("\nKontor has stopped.", flush=True)


def is_ready(url: str) -> bool:
    """Whether the page says that every language is understood."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    supervise(Path(sys.argv[1]), bot_port=int(sys.argv[2]), actions_port=int(sys.argv[3]), url=sys.argv[4])
