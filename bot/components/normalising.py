"""One spelling for what people write in many: umlauts, accents, stretched letters, blanks."""

from __future__ import annotations

import re
import unicodedata

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

NUMBERS = (  # which ticket, request or order it is does not matter here
    (re.compile(r"\b(?:it|hr|pr|op)[- ]?\d{3,6}\b|#\d{3,6}\b"), " ticketnr "),
    (re.compile(r"\bua[- ]?\d{1,6}\b"), " antragsnr "),
    (re.compile(r"\bpo[- ]?\d{2,8}\b"), " bestellnr "),
)


def normalise(text: str) -> str:
    """Lower case, NFKC, umlauts written out, "jaaaa" as "jaa", numbers of records as what they number."""
    text = unicodedata.normalize("NFKC", text).lower().translate(UMLAUTS)
    for pattern, word in NUMBERS:
        text = pattern.sub(word, text)
    text = re.sub(r"(\w)\1{2,}", r"\1\1", text)
    return " ".join(text.split())
