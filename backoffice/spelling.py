"""Names as people misspell them: which known word a typed one stands for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz, process

SHORTEST, LONG = 5, 7  # letters; what is shorter is another word too easily
ALIKE, ALIKE_WITHIN = 84, 92  # of 100: "klebband" and "klebeband" are 94, "wollen" and "rollen" 83
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def plain(text: str) -> str:
    """Lower case, umlauts written out, without accents: "Yıldız" is typed "yildiz"."""
    written = text.lower().translate(UMLAUTS).replace("ı", "i").replace("ł", "l")
    return "".join(one for one in unicodedata.normalize("NFKD", written) if not unicodedata.combining(one))


def meant(word: str, known: Iterable[str], *, shortest: int = SHORTEST) -> str | None:
    """The known word that a misspelt one comes nearest to; None when it comes near none.

    Whoever mistypes still begins with the right letter. A long word may also be a piece of a longer one.
    """
    if len(word) < shortest:
        return None
    begun = [one for one in known if one[:1] == word[:1] and len(one) >= shortest]
    found = process.extractOne(word, begun, scorer=fuzz.ratio, score_cutoff=ALIKE)
    if found is None and len(word) >= LONG:
        longer = [one for one in begun if len(one) > len(word)]
        found = process.extractOne(word, longer, scorer=fuzz.partial_ratio, score_cutoff=ALIKE_WITHIN)
    return str(found[0]) if found else None
