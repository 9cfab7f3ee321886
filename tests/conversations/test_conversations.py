"""Plays the scenarios of this folder against the real Rasa; `make test ACCEPT=1` writes what Kontor says now.

A scenario is a list of steps: `mara: text` says something, `kontor:` is what she is answered, `told eva:` what reached
somebody else meanwhile, `later: 9 hours` and `later: 1 day` move the clock. Where steps hold one text per language
(`mara: {de: …, en: …}`), the scenario is played once in each, with people whose language it is.
"""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from backoffice import outbox, people
from backoffice.clock import Clock
from backoffice.models import TalkState
from connectors.conversation import Conversation
from connectors.messages import Incoming, Reply, speak
from connectors.rasa import RasaClient
from tests.conftest import Stack

HERE = Path(__file__).parent
DAY = timedelta(days=1)
# "Di., 24. Nov., 08:05", "Tue 24 Nov, 08:05": the real time of day goes on in the demo.
DUE = re.compile(r"\b[A-Z][a-z]{1,2}(?:\.,)? \d{1,2}\.? [A-Z]\w{2,4}\.?, \d\d:\d\d")
PERSONS = {
    "mara": "mara.lindt", "eva": "eva.brandt", "jonas": "jonas.weber", "ali": "ali.yildiz", "petra": "petra.roth",
    "oksana": "oksana.koval",
}  # fmt: skip
Steps = list[dict[str, Any]]


def _languages(steps: Steps) -> list[str | None]:
    return next((list(what) for step in steps for what in step.values() if isinstance(what, dict)), [None])


SCENARIOS = [
    pytest.param(path, title, language, id=f"{path.stem}: {title}" + (f" ({language})" if language else ""))
    for path in sorted(HERE.glob("*.yml"))
    for title, steps in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    for language in _languages(steps)
]


class Play:
    """One scenario: who says what, and what each of them is told."""

    def __init__(self, stack: Stack, conversation: Conversation) -> None:
        self._stack, self._conversation = stack, conversation
        self._buttons: dict[str, dict[str, str]] = {}
        self._count = 0

    def go_on_with(self, conversation: Conversation) -> None:
        """The same talk through another one, whose clock has gone on."""
        self._conversation = conversation

    def speak(self, language: str) -> None:
        """Everybody's language is this one from the start."""
        with self._stack.database.transaction() as session:
            for person in PERSONS.values():
                people.by_key(session, person).language = language

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


def _spoken(what: Any, language: str | None) -> str:
    return str(what[language] if isinstance(what, dict) else what)


def _moved(said: str) -> timedelta:
    """ "9 hours", "1 day"."""
    count, unit = said.split()
    return timedelta(**{unit.rstrip("s") + "s": int(count)})


@pytest.mark.parametrize(("path", "title", "language"), SCENARIOS)
async def test_conversation(
    path: Path, title: str, language: str | None, company: Stack, rasa: RasaClient, conversation: Conversation
) -> None:
    scenario: Steps = yaml.safe_load(path.read_text(encoding="utf-8"))[title]
    play, ahead = Play(company, conversation), timedelta()
    if language:
        play.speak(language)
    happened: Steps = []
    for step in scenario:
        for who, what in step.items():
            if who in PERSONS:
                answered = await play.say(who, _spoken(what, language))
                happened += [{who: what}, {"kontor": "\n".join(answered)}]
            elif who.startswith("told "):
                happened.append({who: "\n".join(play.told(who.removeprefix("told ")))})
            elif who == "later":
                happened.append({who: what})
                ahead += _moved(what)
                clock = Clock((company.settings.today or date.today()) + timedelta(days=ahead.days), ahead % DAY)
                play.go_on_with(Conversation(company.settings, company.database, rasa, clock))
    if os.environ.get("ACCEPT") and not os.environ.get("CI"):
        _accept(path, title, language, happened)
        scenario = yaml.safe_load(path.read_text(encoding="utf-8"))[title]
    expected = [{who: _heard(who, what, language) for who, what in step.items()} for step in scenario]
    assert happened == expected


def _heard(who: str, what: Any, language: str | None) -> Any:
    """As it is expected in a language; what people say stands as it is."""
    return _spoken(what, language) if language and (who == "kontor" or who.startswith("told ")) else what


def _accept(path: Path, title: str, language: str | None, happened: Steps) -> None:
    scenarios, happened = yaml.safe_load(path.read_text(encoding="utf-8")), [dict(step) for step in happened]
    if language:
        answers = [step for step in scenarios[title] if _is_answer(step)]
        whole = len(answers) == sum(map(_is_answer, happened))
        before = iter(answers if whole else [{}] * len(happened))
        for step in filter(_is_answer, happened):
            (who, said), (known, *_) = next(iter(step.items())), [*next(before).values(), {}]
            step[who] = {**known, language: said}
    scenarios[title] = happened
    path.write_text(yaml.safe_dump(scenarios, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8")


def _is_answer(step: dict[str, Any]) -> bool:
    return any(who == "kontor" or who.startswith("told ") for who in step)
