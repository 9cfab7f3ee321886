"""Which kind of time off is meant: vacation, special leave, unpaid leave, or hours worked before (leave.yml)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
KINDS = ("special", "unpaid", "overtime", "vacation")  # in this order: "unbezahlter Urlaub" is not plain vacation


@cache
def _words() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "leave.yml").read_text(encoding="utf-8"))
    return content


def kind_in(text: str) -> str | None:
    """One of KINDS if the words say so, else None. Words of all languages count: people mix them."""
    plain = text.lower().translate(UMLAUTS)
    for kind in KINDS:
        words = [word for language in _words()[kind].values() for word in language]
        if re.search(rf"\b(?:{'|'.join(map(re.escape, words))})\b", plain):
            return kind
    return None
