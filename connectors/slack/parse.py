"""What Slack's events say. Shapes: tests/payloads/slack/*.json."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.messages import Heard, Shown

JSON = Mapping[str, Any]
PRESS = "kontor.press"
SAID_BY_PEOPLE = (None, "file_share", "thread_broadcast")
MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def parse_message(body: JSON, *, team: str) -> Heard | None:
    """A person's direct message; None for bots, edits, joins, channels, and everybody of another workspace.

    The key is (team, channel, ts): a redelivery under the same event_id has the same.
    """
    event = body.get("event", {})
    if event.get("type") != "message" or event.get("channel_type") != "im" or not _is_of(body, event, team):
        return None
    if event.get("bot_id") or event.get("subtype") not in SAID_BY_PEOPLE or not event.get("user"):
        return None
    channel, ts, handle = event["channel"], event["ts"], f"{team}:{event['user']}"
    thread = event.get("thread_ts")
    return Heard(
        key=f"slack:{team}:{channel}:{ts}",
        handle=handle,
        room=room(handle),
        address=channel,
        text=plain(event.get("text") or ""),
        thread=thread if thread != ts else None,
    )


def parse_mention(body: JSON, *, team: str) -> Heard | None:
    """Somebody called Kontor in a channel; the words are not read there."""
    event = body.get("event", {})
    if event.get("type") != "app_mention" or not _is_of(body, event, team):
        return None
    if event.get("bot_id") or event.get("subtype") or not event.get("user"):
        return None
    channel, ts, handle = event["channel"], event["ts"], f"{team}:{event['user']}"
    key, thread = f"slack:{team}:{channel}:{ts}", event.get("thread_ts", ts)
    return Heard(key=key, handle=handle, room=room(handle), address=channel, thread=thread)


def parse_press(body: JSON, *, team: str) -> Heard | None:
    """A press of one of our buttons in a direct message; None for all others."""
    action, user = (body.get("actions") or [{}])[0], body.get("user", {})
    channel, message = body.get("channel") or {}, body.get("message") or {}
    is_ours = body.get("type") == "block_actions" and str(action.get("action_id", "")).startswith(PRESS)
    if not is_ours or user.get("team_id", team) != team or (body.get("team") or {}).get("id", team) != team:
        return None
    if not str(channel.get("id", "")).startswith("D") or not message.get("ts"):
        return None
    handle, thread = f"{team}:{user['id']}", message.get("thread_ts")
    return Heard(
        key=f"slack:{team}:{channel['id']}:{message['ts']}:{action['action_ts']}",
        handle=handle,
        room=room(handle),
        address=channel["id"],
        pressed=action["value"],
        thread=thread if thread != message["ts"] else None,
        shown=_shown(message, action["value"]),
    )


def room(handle: str) -> str:
    """A direct conversation, whatever the thread."""
    return f"slack:{handle}"


def plain(text: str) -> str:
    """As it was typed: Slack marks links, people and channels, and escapes three characters."""
    typed = MARK.sub(lambda mark: mark[2] or mark[1].removeprefix("mailto:").lstrip("!"), text)
    return typed.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(message: JSON, pressed: str) -> Shown | None:
    """None when the message has no such button (any more)."""
    blocks = message.get("blocks") or []
    buttons = [button for block in blocks if block["type"] == "actions" for button in block["elements"]]
    labels = [button["text"]["text"] for button in buttons if button.get("value") == pressed]
    return Shown(message["ts"], blocks, labels[0]) if labels else None


def _is_of(body: JSON, event: JSON, team: str) -> bool:
    """Whether sender and place belong to our workspace alone; an app can hear more than its own people."""
    senders = {body.get("team_id"), event.get("team", team), event.get("user_team", team)}
    return senders == {team} and not body.get("is_ext_shared_channel")
