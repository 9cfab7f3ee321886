"""The report on the data, over a handful of sentences whose nearness is given."""

from __future__ import annotations

import numpy as np

from nlu_data.check import Sentence
from nlu_data.report import Pool, leaks, missing_twins, near_duplicates, strays


def pool(*rows: tuple[str, str, str, float]) -> Pool:
    """Language, intent, text, and the direction of the sentence's vector in degrees."""
    angles = np.radians([row[3] for row in rows])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    return Pool([row[0] for row in rows], [Sentence(row[2], row[1], "leave") for row in rows], vectors)


LEAVE = [("de", "leave_balance", f"rest {n}", 20.0 * n) for n in range(3)]


def test_what_says_the_same_is_named_two_meanings_first() -> None:
    found = near_duplicates(
        pool(("de", "payday", "lohn da?", 90), ("de", "payday", "geld da?", 91), *LEAVE, ("de", "payslip", "rest", 41))
    )
    assert found == ["payslip and leave_balance: rest | rest 2", "payday: geld da? | lohn da?"]


def test_the_same_in_another_language_is_no_duplicate() -> None:
    assert near_duplicates(pool(("de", "greet", "hallo", 0), ("en", "greet", "hello", 0))) == []


def test_a_long_held_out_sentence_that_training_holds_is_a_leak() -> None:
    held_out = pool(
        ("de", "leave_balance", "wie viel rest habe ich", 1),
        ("de", "affirm", "ja", 0),
        ("de", "payday", "wann kommt das geld", 80),
    )
    assert leaks(pool(*LEAVE), held_out) == ["leave_balance: wie viel rest habe ich | rest 0"]


def test_a_sentence_among_those_of_another_intent_is_a_stray() -> None:
    others = [("de", "payday", f"geld {n}", 90.0 + 10 * n) for n in range(4)]
    assert strays(pool(*LEAVE, *others, ("de", "leave_balance", "wann kommt es", 105))) == [
        "leave_balance, nearer to payday: wann kommt es"
    ]


def test_an_intent_with_less_in_one_language_misses_twins() -> None:
    assert missing_twins(pool(*LEAVE, ("en", "leave_balance", "left?", 0))) == ["leave_balance: en has 1, de has 3"]
