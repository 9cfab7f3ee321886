"""What Rasa may see: identifiers and sums of money become marks, and a leading slash is no order."""

from __future__ import annotations

import re
import unicodedata

from stdnum import luhn
from stdnum.de import idnr

MAX_CHARACTERS = 4000
NOT_STORABLE = re.compile("[\0\ud800-\udfff]")
# Also with a wrong check digit: a mistyped account number is as private as a right one.
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])", re.IGNORECASE)
CARD = re.compile(r"\b(?:\d[ -]?){12,18}\d\b")
TAX_ID = re.compile(r"\b(?:\d ?){10}\d\b")
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
    plain = IBAN.sub(_iban, plain)
    plain = CARD.sub(lambda m: "[card]" if luhn.is_valid(re.sub(r"\D", "", m[0])) else m[0], plain)
    plain = TAX_ID.sub(lambda m: "[taxid]" if idnr.is_valid(m[0].replace(" ", "")) else m[0], plain)
    plain = EMAIL.sub("[email]", plain)
    plain = MONEY.sub("[money]", plain)
    plain = PHONE.sub("[phone]", plain)
    plain = plain.strip()
    while unicodedata.normalize("NFKC", plain[:1]) == "/":  # Rasa obeys "/intent{…}" from anybody
        plain = plain[1:].lstrip()
    return plain or "…"


def _iban(found: re.Match[str]) -> str:
    """Words that follow an account number are not part of it: groups without a digit end it."""
    groups = found[0].split(" ")
    kept = next((n for n, group in enumerate(groups) if not re.search(r"\d", group)), len(groups))
    rest = " ".join(groups[kept:])
    return "[iban]" + (f" {rest}" if rest else "") if sum(c.isdigit() for c in found[0]) >= 10 else found[0]
