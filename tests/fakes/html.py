"""Telegram's HTML, as strictly as Telegram reads it (core.telegram.org/bots/api#html-style)."""

from __future__ import annotations

import re
from typing import Any

KNOWN = {"b": "bold", "i": "italic", "code": "code"}
TOKEN = re.compile(r"<(/?)([a-z]+)>|&(lt|gt|amp|quot);|&#(\d+|x[0-9a-f]+);|([^<&]+)|(.)", re.DOTALL)
MEANT = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


class NotHtml(ValueError):
    """Telegram would refuse it."""


def read(html: str) -> tuple[str, list[dict[str, Any]]]:
    """The plain text and its entities. Raises NotHtml."""
    text, entities, opened = "", list[dict[str, Any]](), list[tuple[str, int]]()
    for closing, tag, name, number, plain, stray in TOKEN.findall(html):
        if stray or (tag and tag not in KNOWN):
            raise NotHtml(f"unexpected {stray or tag}")
        if tag and not closing:
            opened.append((tag, _units(text)))
        elif tag:
            if not opened or opened[-1][0] != tag:
                raise NotHtml(f"{tag} is closed and was not open")
            _, offset = opened.pop()
            entities.append({"type": KNOWN[tag], "offset": offset, "length": _units(text) - offset})
        elif number:
            text += chr(int(number[1:], 16) if number[0] == "x" else int(number))
        else:
            text += MEANT.get(name, plain)
    if opened:
        raise NotHtml(f"{opened[-1][0]} is not closed")
    return text, entities


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
