"""One spelling for what people write in many: umlauts, accents, stretched letters, blanks."""

from __future__ import annotations

import re
import unicodedata

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def normalise(text: str) -> str:
    """Lower case, NFKC, umlauts written out, "jaaaa" as "jaa", single blanks."""
    text = unicodedata.normalize("NFKC", text).lower().translate(UMLAUTS)
    text = re.sub(r"(\w)\1{2,}", r"\1\1", text)
    return " ".join(text.split())
