"""Masking, language, signatures: what stands between people and Rasa."""

from __future__ import annotations

import time

import pytest

from backoffice import context
from connectors.language import language_of
from connectors.masking import mask

KEY = "a secret of the tests, long enough to pass"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("meine iban ist DE89 3704 0044 0532 0130 00 ab heute", "meine iban ist [iban] ab heute"),
        ("schreib an mara@nordstern.example", "schreib an [email]"),
        ("nur 1.234,56 € statt 2000 EUR", "nur [money] statt [money]"),
        ("ruf 0341 5550110 an", "ruf [phone] an"),
        ("steuer id 65 929 970 489", "steuer id [taxid]"),
        ("Karte 4111 1111 1111 1111", "Karte [card]"),
        ("IT-1042 am 23.12.2026 um 14:30", "IT-1042 am 23.12.2026 um 14:30"),
    ],
)
def test_identifiers_become_marks(text: str, seen: str) -> None:
    assert mask(text) == seen


@pytest.mark.parametrize("blank", ["", " ", "\n", "\u00a0", "\u200b", "\ufeff", "\u2003", "\t", "／", "//"])
def test_a_leading_slash_is_no_order(blank: str) -> None:
    assert not mask(f'{blank}/approve_leave{{"id": 1}}').startswith(("/", "／"))


@pytest.mark.parametrize(
    ("text", "current", "heard"),
    [
        ("Wie viel Resturlaub habe ich noch?", "en", "de"),
        ("How many vacation days do I have left?", "de", "en"),
        ('Outlook sagt "Cannot connect to the server, please try again" seit heute', "de", "de"),
        ("ok", "de", "de"),
        ("ok", "en", "en"),
        ("Mara Lindt", "en", "en"),
        ("42", "de", "de"),
        ("English please", "de", "en"),
        ("auf Deutsch bitte", "en", "de"),
        ("my laptop won't start", "de", "en"),
        ("Bestand Etiketten A6", "de", "de"),
        ("Was verdient Jonas?", "de", "de"),
        ("Was verdient Jonas?", "en", "de"),
        ("hey", "de", "de"),
        ("good morning", "de", "en"),
        ("guten Morgen", "en", "de"),
    ],
)
def test_the_language_of_a_message(text: str, current: str, heard: str) -> None:
    assert language_of(text, current=current, languages=("de", "en")) == heard


def test_a_context_cannot_be_forged() -> None:
    told = context.Context(1, "web", "de", "c", "t", "2026-11-23")
    signed = context.sign(told, KEY)
    assert context.verify(signed, KEY) == told
    with pytest.raises(context.Unsigned):
        context.verify(signed, KEY + "x")
    with pytest.raises(context.Unsigned):
        context.verify("", KEY)


@pytest.mark.parametrize("text", ["1" * 4000, "1." * 2000, "0" * 3999 + "x", "a." * 2000, "+1" * 2000, "1," * 2000])
def test_a_long_text_is_masked_in_no_time(text: str) -> None:
    began = time.perf_counter()
    mask(text)
    assert time.perf_counter() - began < 0.2


def test_quotation_marks_without_end_cost_no_time() -> None:
    began = time.perf_counter()
    assert language_of("„" * 40_000, current="de", languages=("de", "en")) == "de"
    assert time.perf_counter() - began < 2
