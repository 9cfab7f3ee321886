"""What Kontor says, as Slack's blocks, within Slack's limits (docs.slack.dev/reference/block-kit/blocks)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backoffice.wording import say
from connectors.messages import Button, Card, Reply
from connectors.slack.parse import PRESS
from connectors.splitting import bold_pieces, split

Block = dict[str, Any]
SECTION, LABEL, BUTTONS = 3000, 75, 25
BLOCKS_A_POST, CHARACTERS_A_POST = 45, 12_000  # Slack refuses more than 50 blocks, or about 13,200 characters


@dataclass(frozen=True)
class Post:
    """One message: `text` is read aloud, notified, and shown alone when the blocks are refused."""

    text: str
    blocks: list[Block]


def render(reply: Reply, *, public_url: str | None = None) -> list[Post]:
    """Nearly always one message."""
    blocks = [*_sections(reply.text), *(_card(reply.card) if reply.card else [])]
    buttons = [_button(button, number) for number, button in enumerate(reply.buttons)]
    if reply.link:
        label, path = reply.link
        if public_url and public_url.startswith("https://"):
            url = public_url.rstrip("/") + path
            buttons.append({"type": "button", "action_id": "kontor.link", "text": _label(label), "url": url})
        else:
            blocks += _sections(say("doors.elsewhere", reply.language, {"label": label}))
    blocks += [
        {"type": "actions", "elements": buttons[start : start + BUTTONS]} for start in range(0, len(buttons), BUTTONS)
    ]
    return _posts(blocks)


def settled(blocks: list[Block], label: str, language: str) -> Post:
    """A message after one of its buttons was pressed: without them, with what was chosen."""
    left = [_shown_again(block) for block in blocks if block["type"] != "actions"]
    chosen = escape(say("doors.chosen", language, {"label": label}))
    left.append({"type": "context", "elements": [_mrkdwn(f"*{chosen}*")]})
    return Post(_read_aloud(left), left)


def escape(text: str) -> str:
    """Slack obeys `<!channel>` from anybody; these three characters, and no others, are to be escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(text: str) -> str:
    """Our `**bold**` as Slack writes it, everything else as text."""
    return "".join(_bold(piece) if bold else escape(piece) for bold, piece in bold_pieces(text))


def _bold(piece: str) -> str:
    inside = escape(piece.replace("*", "").strip())
    return f"*{inside}*" if inside else piece.replace("*", "")


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _sections(text: str) -> list[Block]:
    pieces = split(text, SECTION, lambda piece: len(escape(piece)))
    return [{"type": "section", "text": _mrkdwn(mrkdwn(piece))} for piece in pieces if piece.strip()]


def _card(card: Card) -> list[Block]:
    head = f"**{card.title}** · {card.tag}" if card.tag else f"**{card.title}**"
    rows = [f"**{label}: {value}**" if is_sum else f"{label}: {value}" for label, value, is_sum in card.rows]
    return _sections("\n".join([head, *rows]))


def _label(label: str) -> Block:
    shown = label if len(label) <= LABEL else label[: LABEL - 1] + "…"
    return {"type": "plain_text", "text": shown, "emoji": False}


def _button(button: Button, number: int) -> Block:
    block = {"type": "button", "action_id": f"{PRESS}.{number}", "text": _label(button.label), "value": button.nonce}
    return {**block, "style": "primary"} if button.first else block


def _posts(blocks: list[Block]) -> list[Post]:
    posts: list[list[Block]] = [[]]
    for block in blocks:
        size = sum(len(_text(one)) for one in posts[-1])
        if posts[-1] and (len(posts[-1]) >= BLOCKS_A_POST or size + len(_text(block)) > CHARACTERS_A_POST):
            posts.append([])
        posts[-1].append(block)
    return [Post(_read_aloud(one), one) for one in posts]


def _text(block: Block) -> str:
    return str(block["text"]["text"]) if block["type"] == "section" else ""


def _read_aloud(blocks: list[Block]) -> str:
    said = [_text(block) for block in blocks]
    said += [one["text"] for block in blocks if block["type"] == "context" for one in block["elements"]]
    return "\n".join(filter(None, said)) or "…"


def _shown_again(block: Block) -> Block:
    """Slack hands blocks back with ids and defaults; what we made ourselves is enough."""
    return {"type": block["type"], **{key: block[key] for key in ("text", "elements") if key in block}}
