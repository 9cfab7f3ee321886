"""What Rasa may see: identifiers and sums of money become marks, and a leading slash is no order."""

from __future__ import annotations

import re
import unicodedata

from backoffice.identifiers import Marks, replaced

MAX_CHARACTERS = 4000
NOT_STORABLE = re.compile("[\0\ud800-\udfff]")
MARKS = Marks(iban="[iban]", card="[card]", tax="[taxid]")
EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]+\.[\w.-]+\b")
PHONE = re.compile(r"(?<![\w-])(?:\+|00|0)\d[\d /()-]{6,}\d\b")
# A sum has an end: without the bound, 4,000 digits in a row take a second.
MONEY = re.compile(r"(?:€|eur|euro)\s?\d[\d.,]*|\d[\d.,]{0,24}\s?(?:€|eur\b|euros?\b)", re.IGNORECASE)


def storable(text: str) -> str:
    """The text without what no database takes: NUL, and halves of characters that JSON can carry alone."""
    return NOT_STORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def mask(text: str) -> str:
    """The text for Rasa. NLU data is written with the same marks."""
    plain = "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else " " for c in text[:MAX_CHARACTERS])
    plain = replaced(plain, MARKS)
    plain = EMAIL.sub("[email]", plain)
    plain = MONEY.sub("[money]", plain)
    plain = PHONE.sub("[phone]", plain)
    plain = plain.strip()
    while unicodedata.normalize("NFKC", plain[:1]) == "/":  # Rasa obeys "/intent{…}" from anybody
        plain = plain[1:].lstrip()
    return plain or "…"
