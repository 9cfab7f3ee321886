"""The measures, taken in turns of both sides, so that a busy minute of the machine hits both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from http.client import HTTPException
from itertools import count, cycle
from typing import Any

from bench import machine
from bench.sides import ASKS, LEFT, SPEAKERS, SUBMITS, Side, Speaker, WrongAnswer, leave_days

STARTS = 2
ROUNDS, REQUESTS_A_ROUND = 10, 10
PARALLEL, REQUESTS_EACH, PARALLEL_ROUNDS = 8, 5, 3
TURNS, WINDOW, LONG_CONVERSATIONS = 200, 10, 2
LONGEST_START_S = 300.0
BALANCE = (
    "How many vacation days do I have left?",
    "How much leave do I have left?",
)  # in turns: said again, it means more


class Measured:
    """One side, and everything that was measured of it."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.starts_s: list[float] = []
        self.ask_ms: list[float] = []
        self.submit_ms: list[float] = []
        self.balance_ms: list[float] = []
        self.turns_per_s: list[float] = []
        self.third_ms: list[float] = []
        self.last_ms: list[float] = []
        self.cpu_ms: list[float] = []
        self.memory: list[machine.Memory] = []
        self._days = {number: iter(leave_days()) for number in range(SPEAKERS)}
        self._people = count()
        self._balance = cycle(BALANCE)

    def start(self) -> None:
        """Start it; until the first correct answer."""
        began = time.monotonic()
        self.side.start()
        while not self.side.is_up() or not self._answers():
            if time.monotonic() - began > LONGEST_START_S:
                raise SystemExit(f"{self.side.name} did not answer within {LONGEST_START_S:.0f} s")
            time.sleep(0.05)
        self.starts_s.append(time.monotonic() - began)

    def requests(self, how_many: int, *, keep: bool = True) -> None:
        """One conversation: ask for a day, submit it, ask what is left, and again; not kept while it warms up."""
        number = next(self._people)
        cpu_before_s = machine.cpu_s(self.side.pids())
        speaker = self.side.speaker(number)
        for _ in range(how_many):
            ask, submit = self._request(speaker, self._days[number])
            balance = speaker.say(next(self._balance), expect=LEFT)
            if keep:
                self.ask_ms.append(ask)
                self.submit_ms.append(submit)
                self.balance_ms.append(balance)
        speaker.close()
        if keep:
            self.cpu_ms.append((machine.cpu_s(self.side.pids()) - cpu_before_s) * 1000 / (3 * how_many))

    def in_parallel(self) -> None:
        """Eight people at the same time, each with two turns a request."""
        numbers = [SPEAKERS - 1 - number for number in range(PARALLEL)]
        speakers = {number: self.side.speaker(number) for number in numbers}

        def talk(number: int) -> None:
            for _ in range(REQUESTS_EACH):
                self._request(speakers[number], self._days[number])

        with ThreadPoolExecutor(PARALLEL) as pool:
            began = time.monotonic()
            list(pool.map(talk, numbers))
            took_s = time.monotonic() - began
        for speaker in speakers.values():
            speaker.close()
        self.turns_per_s.append(2 * PARALLEL * REQUESTS_EACH / took_s)

    def long_conversation(self) -> None:
        """Two hundred turns of one conversation: what the third costs, and the last."""
        speaker = self.side.speaker(next(self._people))
        took_ms = [speaker.say(next(self._balance), expect=LEFT) for _ in range(TURNS)]
        speaker.close()
        self.third_ms.append(statistics.median(took_ms[2 : 2 + WINDOW]))
        self.last_ms.append(statistics.median(took_ms[-WINDOW:]))

    def weigh(self) -> None:
        """Memory of all processes, after the work."""
        self.memory = machine.memory(self.side.pids())

    def figures(self) -> dict[str, Any]:
        """Everything in one flat table; milliseconds, megabytes, seconds."""
        growth = [last / third for third, last in zip(self.third_ms, self.last_ms, strict=True)]
        return {
            "submit_p50_ms": _percentile(self.submit_ms, 50),
            "submit_p95_ms": _percentile(self.submit_ms, 95),
            "ask_p50_ms": _percentile(self.ask_ms, 50),
            "ask_p95_ms": _percentile(self.ask_ms, 95),
            "balance_p50_ms": _percentile(self.balance_ms, 50),
            "balance_p95_ms": _percentile(self.balance_ms, 95),
            "cpu_ms": round(statistics.median(self.cpu_ms), 1),
            "turns_per_s": round(statistics.median(self.turns_per_s), 1),
            "rss_mb": round(sum(one.rss_mb for one in self.memory), 1),
            "pss_mb": round(sum(one.pss_mb for one in self.memory), 1),
            "start_s": round(statistics.median(self.starts_s), 1),
            "turn_3_ms": round(statistics.median(self.third_ms), 1),
            "turn_200_ms": round(statistics.median(self.last_ms), 1),
            "growth": round(statistics.median(growth), 2),
            "processes": [asdict(one) for one in self.memory],
            "versions": self.side.versions(),
        }

    def _answers(self) -> bool:
        speaker = self.side.speaker(0)
        try:
            speaker.say(next(self._balance), expect=LEFT)
        except (OSError, HTTPException, WrongAnswer):
            return False
        finally:
            speaker.close()
        return True

    @staticmethod
    def _request(speaker: Speaker, days: Iterator[Any]) -> tuple[float, float]:
        ask = speaker.say(f"I would like to take leave on {next(days):%-d %B %Y}", expect=ASKS)
        return ask, speaker.say("yes", expect=SUBMITS)


def measure(sides: Sequence[Side]) -> dict[str, dict[str, Any]]:
    """Side -> its figures. Everything is stopped again, whatever happens."""
    measured = [Measured(side) for side in sides]
    try:
        for side in sides:
            _step(f"preparing {side.name}")
            side.prepare()
        for start in range(STARTS):
            for one in measured:
                if start:
                    one.side.stop()
                _step(f"starting {one.side.name}")
                one.start()
        for one in measured:
            one.requests(REQUESTS_A_ROUND, keep=False)
        _step("leave requests, one after the other")
        for _ in range(ROUNDS):
            for one in measured:
                one.requests(REQUESTS_A_ROUND)
        _step("leave requests, eight at a time")
        for _ in range(PARALLEL_ROUNDS):
            for one in measured:
                one.in_parallel()
        _step("long conversations")
        for _ in range(LONG_CONVERSATIONS):
            for one in measured:
                one.long_conversation()
        for one in measured:
            one.weigh()
    finally:
        for side in sides:
            side.stop()
    return {one.side.name: one.figures() for one in measured}


def _percentile(values: list[float], percent: int) -> float:
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 1)


def _step(what: str) -> None:
    print(f"{what} …", flush=True)
