"""IBANs, card numbers and tax numbers in what people type: Rasa does not see them, and no ticket holds them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum import luhn
from stdnum.de import idnr

from backoffice.wording import say

BETWEEN = "[ .\u00a0-]"
# Also with a wrong check digit: a mistyped account number is as private as a right one.
IBAN = re.compile(
    rf"\b[A-Z]{{2}}\d{{2}}(?:{BETWEEN}?[A-Z0-9]{{4}}){{2,7}}(?:{BETWEEN}?[A-Z0-9]{{1,3}})?(?![A-Z0-9])", re.IGNORECASE
)
CARD = re.compile(r"\b(?:\d[ -]?){12,18}\d\b")
# ISO/IEC 7812: 3 to 6 for payment; other lengths than these are an IMEI, a serial number, a telephone.
CARD_BEGINS = re.compile(r"3[47]\d{13}$|3[068]\d{12}$|4\d{12}$|[2-6]\d{15}$|[46]\d{16,18}$")
TAX_ID = re.compile(r"\b(?:\d ?){10}\d\b")
TAX_NUMBER = re.compile(r"(?<![\d/])[1-9]\d{1,2}/\d{3,4}/\d{4,5}(?![\d/])")
# Called by its name it is one, also when it is mistyped.
NAMED_TAX = re.compile(
    r"\b((?:steuer[- ]?(?:nummer|nr\.?|id(?:nr|entifikationsnummer)?)|idnr\.?|tax[- ]?(?:number|no\.?|id))"
    r"\W{0,3}(?:(?:ist|lautet|is)\W{1,3})?)\d[\d /-]{6,}\d",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Marks:
    """What stands in the place of each."""

    iban: str
    card: str
    tax: str


def replaced(text: str, marks: Marks) -> str:
    """The text with marks in the place of such numbers."""
    text = IBAN.sub(lambda found: _iban(found[0], marks.iban), text)
    text = CARD.sub(lambda found: marks.card if _is_card(re.sub(r"\D", "", found[0])) else found[0], text)
    text = NAMED_TAX.sub(lambda found: found[1] + marks.tax, text)
    text = TAX_ID.sub(lambda found: marks.tax if idnr.is_valid(found[0].replace(" ", "")) else found[0], text)
    return TAX_NUMBER.sub(marks.tax, text)


def hidden(text: str, *, language: str) -> str:
    """The same for people to read, in the language of who wrote it."""
    return replaced(text, Marks(*(say(f"units.mark_{kind}", language) for kind in ("iban", "card", "tax"))))


def _is_card(digits: str) -> bool:
    return luhn.is_valid(digits) and CARD_BEGINS.match(digits) is not None


def _iban(found: str, mark: str) -> str:
    """Words that follow an account number are not part of it: groups without a digit end it."""
    if sum(character.isdigit() for character in found) < 10:
        return found
    pieces = re.split(f"({BETWEEN})", found)
    ends = next((n for n in range(0, len(pieces), 2) if not re.search(r"\d", pieces[n])), len(pieces) + 1)
    return mark + "".join(pieces[ends - 1 :])
