"""What goes on from an answer, and what is the same question again."""

from __future__ import annotations

from datetime import date

import pytest

from backoffice import follow_words

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("und Eva?", "eva?"),
        ("Und was ist mit Kim Sommer?", "kim sommer?"),
        ("wie siehts aus mit Leipzig", "leipzig"),
        ("and next week?", "next week?"),
        ("what about Berlin", "berlin"),
        ("how about the 15th?", "the 15th?"),
        ("und", None),
        ("undicht ist das Dach", None),
        ("Eva?", None),
        ("und dann wollte ich noch fragen, ob ich im Dezember Urlaub nehmen kann", None),
    ],
)
def test_a_message_goes_on_when_it_begins_so_and_is_short(text: str, rest: str | None) -> None:
    assert follow_words.rest_of(text) == rest


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("und nächstes Jahr?", 2027),
        ("wie viel Urlaub hatte ich letztes Jahr", 2025),
        ("and in 2025?", 2025),
        ("the year before last", 2024),
        ("am 24.12.2026", None),
        ("wie viel Urlaub habe ich", None),
    ],
)
def test_a_year_is_named_in_figures_or_from_here(text: str, year: int | None) -> None:
    assert follow_words.year_in(text, today=TODAY) == year


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("wie viel urlaub hab ich", "HALLO?? wie viel urlaub hab ich", True),
        ("how much leave do I have", "HELLOOO how much leave do I have!!!", True),
        ("wie viel urlaub hab ich", "wie viel urlaub hab ich denn für 2027", False),
        ("hallo", "HALLO??", False),
    ],
)
def test_shouting_makes_no_other_question(one: str, other: str, same: bool) -> None:
    assert follow_words.same_question(one, other) == same
