"""Long texts in pieces."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from connectors.splitting import bold_pieces, split, utf16


def test_a_short_text_stays_whole() -> None:
    assert split("hallo", 100) == ["hallo"]


def test_a_cut_is_made_after_a_paragraph_then_a_sentence_then_a_word() -> None:
    assert split("eins zwei\n\ndrei vier fünf", 20) == ["eins zwei", "drei vier fünf"]
    assert split("Eins zwei. Drei vier fünf", 20) == ["Eins zwei.", "Drei vier fünf"]
    assert split("eins zwei drei vier fünf", 20) == ["eins zwei drei", "vier fünf"]
    assert split("x" * 45, 20) == ["x" * 18, "x" * 18, "x" * 9]


def test_bold_goes_on_in_the_next_piece() -> None:
    assert split("**eins zwei drei vier**", 18) == ["**eins zwei**", "**drei vier**"]


def test_telegram_counts_a_face_as_two() -> None:
    assert [utf16(text) for text in ("a", "ä", "😀")] == [1, 1, 2]


@given(st.text(st.sampled_from("ab *\n.😀&"), max_size=300), st.integers(12, 60))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    pieces = split(text, limit, utf16)
    assert all(utf16(piece) <= limit for piece in pieces)
    assert re.sub(r"[\s*]", "", "".join(pieces)) == re.sub(r"[\s*]", "", text)


def test_marks_of_bold_pair_up() -> None:
    assert bold_pieces("a **b** c") == [(False, "a "), (True, "b"), (False, " c")]
