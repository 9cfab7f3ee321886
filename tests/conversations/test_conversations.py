"""Plays the scenarios of this folder against the real Rasa; `make test ACCEPT=1` writes what Kontor says now."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from backoffice import outbox, people
from backoffice.clock import Clock
from backoffice.models import TalkState
from connectors.conversation import Conversation
from connectors.messages import Incoming, Reply, speak
from tests.conftest import Stack

HERE = Path(__file__).parent
# "Di., 24. Nov., 08:05", "Tue 24 Nov, 08:05": the real time of day goes on in the demo.
DUE = re.compile(r"\b[A-Z][a-z]{1,2}(?:\.,)? \d{1,2}\.? [A-Z]\w{2,4}\.?, \d\d:\d\d")
PERSONS = {
    "mara": "mara.lindt", "eva": "eva.brandt", "jonas": "jonas.weber", "ali": "ali.yildiz", "petra": "petra.roth",
    "oksana": "oksana.koval",
}  # fmt: skip
SCENARIOS = [
    pytest.param(path, title, id=f"{path.stem}: {title}")
    for path in sorted(HERE.glob("*.yml"))
    for title in yaml.safe_load(path.read_text(encoding="utf-8"))
]


class Play:
    """One scenario: who says what, and what each of them is told."""

    def __init__(self, stack: Stack, conversation: Conversation) -> None:
        self._stack, self._conversation = stack, conversation
        self._buttons: dict[str, dict[str, str]] = {}
        self._count = 0

    async def say(self, person: str, text: str) -> list[str]:
        """A text, or "[Label]" to press the button with that label, "[eva: Label]" for one that Eva sees,
        "[older Label]" for the one that was shown before the newest. What Kontor answers.
        """
        self._count += 1
        pressed = self._button(person, text[1:-1]) if text.startswith("[") else None
        with self._stack.database.transaction() as session:
            employee_id = people.by_key(session, PERSONS[person]).id
        incoming = Incoming(
            door="test",
            key=f"{person}-{self._count}",
            conversation=f"test-{person}",
            address=person,
            employee=employee_id,
            sent_at=Clock(self._stack.settings.today).now(),
            text=None if pressed else text,
            pressed=pressed,
        )
        return self._remember(person, await self._conversation.reply_to(incoming))

    def _button(self, person: str, label: str) -> str:
        whose, _, rest = label.partition(": ")
        seen = self._buttons.get(whose, {}) if whose in PERSONS else self._buttons.get(person, {})
        named = rest if whose in PERSONS else label
        assert named in seen, f"no button {named!r} among {list(seen)}"
        return seen[named]

    def told(self, person: str) -> list[str]:
        """What reached a person from elsewhere, in the language of her conversation."""
        with self._stack.database.transaction() as session:
            employee = people.by_key(session, PERSONS[person])
            waiting = outbox.waiting(session, employee, now=Clock(self._stack.settings.today).now())
            outbox.delivered(session, [m.id for m in waiting], now=Clock().now())
            talk = session.get(TalkState, f"test-{person}")
            return self._remember(person, [speak(one, talk.language if talk else employee.language) for one in waiting])

    def _remember(self, person: str, replies: list[Reply]) -> list[str]:
        buttons = {button.label: button.nonce for reply in replies for button in reply.buttons}
        before = self._buttons.get(person, {})
        older = {f"older {label}": before[label] for label in buttons if label in before}
        self._buttons[person] = {**before, **older, **buttons}
        return [line for reply in replies for line in _lines(reply)]


def _lines(reply: Reply) -> list[str]:
    lines = [reply.text.replace("**", "")]
    if reply.card:
        lines.append(" · ".join(filter(None, (f"# {reply.card.title}", reply.card.tag))))
        lines += [f"  {label}: {value}" for label, value, _ in reply.card.rows]
    if reply.link:
        lines.append(f"<{reply.link[0]}: {reply.link[1]}>")
    if reply.buttons:
        lines.append(" ".join(f"[{button.label}]" for button in reply.buttons))
    return [DUE.sub("‹due›", line) for line in lines]


@pytest.mark.parametrize(("path", "title"), SCENARIOS)
async def test_conversation(path: Path, title: str, company: Stack, conversation: Conversation) -> None:
    scenarios: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    play = Play(company, conversation)
    happened: list[dict[str, Any]] = []
    for step in scenarios[title]:
        for who, what in step.items():
            if who in PERSONS:
                happened += [{who: what}, {"kontor": "\n".join(await play.say(who, what))}]
            elif who.startswith("told "):
                happened.append({who: "\n".join(play.told(who.removeprefix("told ")))})
    if os.environ.get("ACCEPT") and not os.environ.get("CI"):
        scenarios[title] = happened
        path.write_text(yaml.safe_dump(scenarios, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8")
    assert happened == scenarios[title]
