"""Long texts in pieces that a platform takes, cut where a reader would pause."""

from __future__ import annotations

from collections.abc import Callable

PAUSES = ("\n\n", "\n", ". ", " ")
BOLD = "**"


def split(text: str, limit: int, size: Callable[[str], int] = len) -> list[str]:
    """Pieces of at most `limit` by `size`, cut after a paragraph, line, sentence or word; bold goes on in the next."""
    pieces = []
    while size(text) > limit:
        at = _cut(text, limit - len(BOLD), size)
        piece, text = text[:at].rstrip(), text[at:].lstrip()
        if piece.count(BOLD) % 2:
            piece, text = piece + BOLD, BOLD + text
        pieces.append(piece)
    return [piece for piece in [*pieces, text] if piece.replace(BOLD, "").strip()]


def _cut(text: str, limit: int, size: Callable[[str], int]) -> int:
    """Where to cut: as late as fits, but not in the first half for the sake of a nicer place."""
    low, high = 1, len(text)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= limit else (low, middle - 1)
    for pause in PAUSES:
        at = text.rfind(pause, low // 2, low)
        if at > 0:
            return at + len(pause)
    return low - 1 if text[low - 1 : low + 1] == BOLD and low > 1 else low


def utf16(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def bold_pieces(text: str) -> list[tuple[bool, str]]:
    """`**bold**` as (is it bold, piece) pairs."""
    return [(index % 2 == 1, piece) for index, piece in enumerate(text.split(BOLD)) if piece]
