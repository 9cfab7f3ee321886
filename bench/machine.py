"""What the operating system says of our processes, and ports that nobody uses. Linux only."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Memory:
    """Of one process, in MB: resident, and proportional (shared pages divided among those who share them)."""

    process: str
    rss_mb: float
    pss_mb: float


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    parents = {int(path.name): _parent(path) for path in PROC.iterdir() if path.name.isdigit()}
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def memory(pids: Iterable[int]) -> list[Memory]:
    """Of each process, as it is now."""
    return [_memory(pid) for pid in pids]


def cpu_s(pids: Iterable[int]) -> float:
    """Processor time that these processes have used so far: hardly moved by what else the machine does."""
    ticks = 0
    for pid in pids:
        ticks += sum(int(n) for n in (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def end(process: subprocess.Popen[bytes]) -> None:
    """Politely, and if that does not help, not."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _parent(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it ended while we looked
        return 0


def _memory(pid: int) -> Memory:
    sizes = dict.fromkeys(("Rss", "Pss"), 0)
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]:
        name, _, size = line.partition(":")
        if name in sizes:
            sizes[name] = int(size.split()[0])
    words = (PROC / str(pid) / "cmdline").read_bytes().decode().split("\0")
    said = " ".join(Path(word).name if word.startswith("/") else word for word in words[:5]).strip()
    return Memory(said, round(sizes["Rss"] / 1024, 1), round(sizes["Pss"] / 1024, 1))
