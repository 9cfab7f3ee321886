"""The arithmetic of understanding, on sentences that can be counted by hand."""

from __future__ import annotations

import pytest

from connectors.scoring import Answer, calibration_error, confusions, figures, intents, scores

FOUR = [
    Answer("rest?", "de", "leave_balance", "leave_balance", 0.9),
    Answer("urlaub", "de", "leave_balance", "leave_request", 0.4),
    Answer("frei morgen", "de", "leave_request", "leave_request", 0.8),
    Answer("witz", "de", "out_of_scope", "out_of_scope", 0.7),
]


def test_shares_are_of_those_they_speak_of() -> None:
    assert figures(FOUR) == {
        "sentences": 4,
        "accuracy": 0.75,
        "macro_f1": 0.7778,  # 2/3, 2/3 and 1
        "rejection": 1.0,
        "false_rejection": 0.0,
        "asked": 0.0,
        "misled": 0.25,
        "wrong_answers": 0.25,
        "ece": 0.25,  # the mean of 0.1, 0.4, 0.2 and 0.3: each is in a bin of its own, and the second is wrong
    }


def test_nothing_to_share_is_no_share() -> None:
    assert figures([]) == {"sentences": 0} | dict.fromkeys(
        ["accuracy", "macro_f1", "rejection", "false_rejection", "asked", "misled", "wrong_answers", "ece"]
    )


def test_what_is_as_good_counts_as_right() -> None:
    either = Answer("konto zu", "de", "account_unlock", "password_reset", 1.0, also_ok=frozenset({"password_reset"}))
    assert (figures([either])["accuracy"], intents([either])) == (
        1.0,
        {"account_unlock": {"sentences": 1, "recall": 1.0, "precision": 1.0, "f1": 1.0}},
    )


def test_who_asks_first_or_admits_has_misled_nobody() -> None:
    asked = Answer("urlaub", "de", "leave_balance", "leave_request", 0.4, asked=True)
    admitted = Answer("urlaub", "de", "leave_balance", "out_of_scope", 0.4)
    answered = Answer("urlaub", "de", "leave_balance", "leave_request", 0.4)
    found = figures([asked, admitted, answered, answered])
    assert (found["misled"], found["asked"], found["false_rejection"]) == (0.5, 0.25, 0.25)


def test_an_open_form_is_no_answer() -> None:
    begun = Answer("urlaub", "de", "leave_balance", "leave_request", 0.9, opens_form=True)
    answered = Answer("urlaub?", "de", "leave_balance", "leave_used", 0.9)
    assert (figures([begun, answered])["misled"], figures([begun, answered])["wrong_answers"]) == (1.0, 0.5)


def test_a_taken_joke_is_not_rejected_and_a_doubtful_sentence_is_no_false_rejection() -> None:
    joke = Answer("witz", "de", "out_of_scope", "greet", 0.5)
    doubtful = Answer("kantine?", "de", "policy_question", "out_of_scope", 0.5, also_ok=frozenset({"out_of_scope"}))
    assert (figures([joke, doubtful])["rejection"], figures([joke, doubtful])["false_rejection"]) == (0.0, None)


@pytest.mark.parametrize(("confidence", "off"), [(1.0, 0.5), (0.5, 0.0), (0.0, 0.5)])
def test_confidence_is_compared_with_being_right_bin_by_bin(confidence: float, off: float) -> None:
    two = [Answer("a", "en", "greet", "greet", confidence), Answer("b", "en", "greet", "thank", confidence)]
    assert calibration_error(two) == off


def test_confusions_come_by_number_with_a_few_sentences() -> None:
    wrong = [Answer(f"s{n}", "en", "payday", "payslip", 0.5) for n in range(5)]
    wrong.append(Answer("t", "en", "greet", "thank", 0.5))
    assert confusions([*FOUR[:1], *reversed(wrong)]) == [
        {"expect": "payday", "heard": "payslip", "count": 5, "examples": ["s4", "s3", "s2"]},
        {"expect": "greet", "heard": "thank", "count": 1, "examples": ["t"]},
    ]


def test_languages_stand_side_by_side() -> None:
    found = scores([*FOUR, Answer("hi", "en", "greet", "thank", 0.6)])
    assert {language: about["accuracy"] for language, about in found["languages"].items()} == {"de": 0.75, "en": 0.0}
    assert found["languages"]["en"]["intents"] == {
        "greet": {"sentences": 1, "recall": 0.0, "precision": None, "f1": 0.0}
    }
