"""What a correction says, and what it leaves out."""

from __future__ import annotations

import pytest

from backoffice import triage


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("nein, der Drucker druckt nur Streifen", "der Drucker druckt nur Streifen"),
        ("sorry, ich meine den Scanner", "den Scanner"),
        ("No sound in Teams", "No sound in Teams"),
        ("no, the scanner", "the scanner"),
        ("nein", "nein"),
    ],
)
def test_how_a_correction_begins_is_no_part_of_it(text: str, left: str) -> None:
    assert triage.without_lead(text) == left
    assert triage.corrects(text) == (left != text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("das stimmt so nicht", True),
        ("that's not right", True),
        ("das Datum stimmt nicht", True),
        ("hm der text stimmt nicht", True),
        ("nein", False),
        ("falsch, es ist der Drucker", False),
    ],
)
def test_something_is_wrong_without_a_word_of_what(text: str, wrong: bool) -> None:
    assert triage.says_wrong(text) == wrong


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("das ist dringend", True),
        ("not urgent after all", True),
        ("eigentlich seit gestern schon", True),
        ("actually I cannot work at all", True),
        ("wer fehlt heute", False),
        ("bin heute krank", False),
        ("vergiss es, nicht dringend", False),
        ("mein Laptop startet nicht", False),
    ],
)
def test_how_it_is_and_nothing_else(text: str, only: bool) -> None:
    assert triage.says_only_how(text) == only


@pytest.mark.parametrize(
    ("text", "told"),
    [("nein danke", []), ("nein, der Scanner", ["scanner"]), ("no thanks", []), ("doch lieber nicht", [])],
)
def test_what_a_no_tells_besides(text: str, told: list[str]) -> None:
    assert triage.told_besides(text) == told
