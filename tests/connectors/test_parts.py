"""Where a message may be cut: proposals only, the bot decides."""

from __future__ import annotations

import pytest

from connectors.parts import is_private, pieces_of


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Wie viel Urlaub noch, und mein Drucker klemmt", ["Wie viel Urlaub noch", "mein Drucker klemmt"]),
        ("wann kommt das geld und wer ist morgen da?", ["wann kommt das geld", "wer ist morgen da?"]),
        ("Mein Laptop ist aus. Außerdem brauch ich Urlaub.", ["Mein Laptop ist aus.", "brauch ich Urlaub."]),
        ("Urlaub vom 3.12. bis 5.12. und wer ist dann da?", ["Urlaub vom 3.12. bis 5.12.", "wer ist dann da?"]),
        ("When is payday? Also, my laptop won't start.", ["When is payday?", "my laptop won't start."]),
        ("i need leave tomorrow\nmy printer is jammed", ["i need leave tomorrow", "my printer is jammed"]),
    ],
)  # fmt: skip
def test_a_second_request_may_begin_here(text: str, pieces: list[str]) -> None:
    found = pieces_of(text)
    assert [piece.text for piece in found] == pieces
    assert [text[piece.start : piece.end] for piece in found] == pieces


@pytest.mark.parametrize(
    "text",
    [
        "Wie viel Urlaub habe ich noch?",
        "Hallo, wie viel Urlaub hab ich noch?",
        "Urlaub vom 3. und am 5. Dezember",
        "Urlaub vom 3.12. und nächste Woche Montag",
        "Kartons und Klebeband nachbestellen",
        "leave on 2 December and on 4 December",
        "Die Seite kontor.example.com lädt nicht",
        "and",
        "",
        "Mein Drucker geht nicht. " * 40,
    ],
)
def test_nothing_here_begins_a_second_request(text: str) -> None:
    assert pieces_of(text) == []


def test_rasa_sees_no_piece_unmasked_and_the_place_is_that_of_what_was_typed() -> None:
    text = "Meine IBAN ist DE89 3704 0044 0532 0130 00. Und wann kommt das Geld?"
    first, second = pieces_of(text)
    assert (first.text, second.text) == ("Meine IBAN ist [iban].", "wann kommt das Geld?")
    assert text[second.start : second.end] == "wann kommt das Geld?"


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("Ich brauche eine Bescheinigung wegen meiner Depression. Und mein Drucker geht nicht.", True),
        ("My card 4111 1111 1111 1111 was charged. And my printer is jammed.", True),
        ("Ich brauche eine Bescheinigung für die Bank. Und mein Drucker geht nicht.", False),
    ],
)
def test_where_words_must_be_forgotten_or_hidden_only_one_request_is_done(text: str, is_so: bool) -> None:
    assert is_private(text) is is_so
