"""The same conversations through every door, in the same words, against the real Rasa and the real client libraries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.conversation import Conversation
from tests.conftest import Stack
from tests.conversations.doors import OnSlack, OnTelegram
from tests.conversations.test_conversations import DUE, PERSONS
from tests.fakes.doors import House, settings_for
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import FakeTelegram

HERE = Path(__file__).parent
CHOSEN = {
    "leave": (
        "Mara asks what is left and why",
        "She asks in German, switches to English in the middle, and Eva approves",
        "A second press does nothing",
    ),
    "tickets": ("Mara reports trouble and Jonas solves it",),
}
SCENARIOS = [
    pytest.param(yaml.safe_load((HERE / f"{topic}.yml").read_text(encoding="utf-8"))[title], id=f"{topic}: {title}")
    for topic, titles in CHOSEN.items()
    for title in titles
]
Steps = list[dict[str, str]]


async def play(steps: Steps, on: OnSlack | OnTelegram) -> Steps:
    happened: Steps = []
    for step in steps:
        for who, what in step.items():
            if who in PERSONS:
                happened += [{who: what}, {"kontor": _line(await on.say(PERSONS[who], what))}]
            elif who.startswith("told "):
                happened.append({who: _line(await on.told(PERSONS[who.removeprefix("told ")]))})
    return happened


def _line(lines: list[str]) -> str:
    return DUE.sub("‹due›", "\n".join(lines))


@pytest.mark.parametrize("steps", SCENARIOS)
async def test_the_same_on_slack(steps: Any, company: Stack, conversation: Conversation) -> None:
    async with FakeSlack() as slack:
        house = House(settings_for(company.settings, slack), company.database, conversation)
        async with house.open():
            assert await play(steps, OnSlack(slack, house)) == steps
        assert slack.problems == []


@pytest.mark.parametrize("steps", SCENARIOS)
async def test_the_same_on_telegram(steps: Any, company: Stack, conversation: Conversation) -> None:
    async with FakeTelegram() as telegram:
        house = House(settings_for(company.settings, telegram), company.database, conversation)
        async with house.open():
            on = OnTelegram(telegram, house)
            await on.start()
            assert await play(steps, on) == steps
        assert telegram.problems == []
