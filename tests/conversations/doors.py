"""The same people on a chat platform: what they type goes in as the platform's events, what they read is read back."""

from __future__ import annotations

from collections import defaultdict

from backoffice.demo.accounts import HANDLES
from tests.fakes.doors import House
from tests.fakes.slack import FakeSlack, direct
from tests.fakes.telegram import FakeTelegram


class OnSlack:
    """Says and reads in direct messages."""

    def __init__(self, slack: FakeSlack, house: House) -> None:
        self._slack, self._house = slack, house
        self._seen: defaultdict[str, int] = defaultdict(int)

    async def say(self, key: str, text: str) -> list[str]:
        """A text, or "[Label]" to press the newest button with that label; what the person then reads."""
        user = HANDLES[key][0]
        pressed = text.startswith("[")
        assert await self._slack.send(
            self._slack.presses(user, text[1:-1]) if pressed else self._slack.says(user, text)
        )
        await self._house.reception.finish()
        return self._new(user)

    async def told(self, key: str) -> list[str]:
        """What reached a person from elsewhere."""
        await self._house.courier.deliver_waiting()
        return self._new(HANDLES[key][0])

    def _new(self, user: str) -> list[str]:
        shown = self._slack.messages[direct(user)]
        fresh, self._seen[user] = shown[self._seen[user] :], len(shown)
        return [line for message in fresh for line in _read_blocks(message.blocks)]


class OnTelegram:
    """Says and reads in private chats; everybody has pressed Start before, since a bot cannot write first."""

    def __init__(self, telegram: FakeTelegram, house: House) -> None:
        self._telegram, self._house = telegram, house
        self._seen: defaultdict[int, int] = defaultdict(int)

    async def start(self) -> None:
        """What people do first."""
        for _, handle in HANDLES.values():
            assert await self._telegram.send(self._telegram.says(int(handle), "/start"))
        await self._house.reception.finish()
        for _, handle in HANDLES.values():
            self._new(int(handle))

    async def say(self, key: str, text: str) -> list[str]:
        """A text, or "[Label]" to press the newest button with that label; what the person then reads."""
        person = int(HANDLES[key][1])
        update = (
            self._telegram.presses(person, text[1:-1]) if text.startswith("[") else self._telegram.says(person, text)
        )
        assert await self._telegram.send(update)
        await self._house.reception.finish()
        return self._new(person)

    async def told(self, key: str) -> list[str]:
        """What reached a person from elsewhere."""
        await self._house.courier.deliver_waiting()
        return self._new(int(HANDLES[key][1]))

    def _new(self, person: int) -> list[str]:
        shown = self._telegram.messages[person]
        fresh, self._seen[person] = shown[self._seen[person] :], len(shown)
        lines = []
        for message in fresh:
            text, *cards = message.text.split("\n\n")
            lines += [text, *(line for card in cards for line in _card(card))]
            lines += _buttons([button["text"] for row in message.keyboard for button in row])
        return lines


def _read_blocks(blocks: list[dict]) -> list[str]:  # type: ignore[type-arg]
    text, *cards = [_plain(block["text"]["text"]) for block in blocks if block["type"] == "section"]
    labels = [one["text"]["text"] for block in blocks if block["type"] == "actions" for one in block["elements"]]
    return [text, *(line for card in cards for line in _card(card)), *_buttons(labels)]


def _card(text: str) -> list[str]:
    title, *rows = text.split("\n")
    return [f"# {title}", *(f"  {row}" for row in rows)]


def _buttons(labels: list[str]) -> list[str]:
    return [" ".join(f"[{label}]" for label in labels)] if labels else []


def _plain(mrkdwn: str) -> str:
    return mrkdwn.replace("*", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
