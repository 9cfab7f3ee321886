"""The accuracy gate: sentences that nobody trained on, in both languages, through the real pipeline.

`figures.yml` holds the best that was measured; a figure may fall one point below it, no more. `ACCEPT=1` writes what is
measured now: look at the diff, and say in the commit why a figure fell.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors import scoring, understanding
from connectors.scoring import OUT_OF_SCOPE, Answer
from nlu_data import check

FIGURES = Path(__file__).parent / "figures.yml"
TOLERANCE, OF_AN_INTENT = 0.01, 0.03  # an intent has thirty sentences: one of them is three points
FREQUENT, NEEDED = 25, 0.8
HIGHER_IS_BETTER = {"accuracy", "macro_f1", "near_rejection", "far_rejection"}
KEEP_NOTHING = "confidential_report"  # missing one of these keeps words that nobody should keep

Heard = dict[str, list[tuple[check.Sentence, Answer]]]


@pytest.fixture(scope="module")
def heard() -> Heard:
    """Language -> held-out sentences with what the bot heard in them."""
    held_out = [
        (language, one) for language in check.languages() for one in check.sentences(check.HERE / "held_out" / language)
    ]
    lines = [{"text": one.text, "lang": language, "expect": one.intent} for language, one in held_out]
    found: Heard = {language: [] for language in check.languages()}
    for (language, one), answer in zip(held_out, understanding.answers(lines), strict=True):
        found[language].append((one, answer))
    if os.environ.get("ACCEPT"):
        measured = {language: figures(pairs) for language, pairs in found.items()}
        FIGURES.write_text(yaml.safe_dump(measured, sort_keys=False), encoding="utf-8")
    return found


def figures(pairs: Sequence[tuple[check.Sentence, Answer]]) -> dict[str, Any]:
    """What is watched in one language; `weak`: frequent intents that are understood less often than we want."""
    answers = [answer for _, answer in pairs]
    found = scoring.figures(answers)
    topics = {
        topic: scoring.figures([answer for one, answer in pairs if one.topic == topic])["rejection"]
        for topic in ("near", "far")
    }
    weak = {
        intent: about["recall"]
        for intent, about in scoring.intents(answers).items()
        if intent != OUT_OF_SCOPE and about["sentences"] >= FREQUENT and about["recall"] < NEEDED
    }
    return {
        "accuracy": found["accuracy"],
        "macro_f1": found["macro_f1"],
        "near_rejection": topics["near"],
        "far_rejection": topics["far"],
        "false_rejection": found["false_rejection"],
        "asked": found["asked"],
        "misled": found["misled"],
        "wrong_answers": found["wrong_answers"],
        "ece": found["ece"],
        "weak": weak,
    }


@pytest.mark.parametrize("language", check.languages())
def test_strangers_are_understood_as_well_as_ever(heard: Heard, language: str) -> None:
    best = yaml.safe_load(FIGURES.read_text(encoding="utf-8"))[language]
    now = figures(heard[language])
    worse = {
        name: f"{now[name]} after {before}"
        for name, before in best.items()
        if name != "weak" and (before - now[name] if name in HIGHER_IS_BETTER else now[name] - before) > TOLERANCE
    }
    weaker = {
        intent: f"{recall} after {best['weak'].get(intent, NEEDED)}"
        for intent, recall in now["weak"].items()
        if recall < best["weak"].get(intent, NEEDED + OF_AN_INTENT) - OF_AN_INTENT
    }
    confused = scoring.confusions(answer for _, answer in heard[language])[:15]
    assert (worse, weaker) == ({}, {}), [(one["expect"], one["heard"], one["count"]) for one in confused]


@pytest.mark.parametrize("language", check.languages())
def test_a_report_in_confidence_is_recognised(heard: Heard, language: str) -> None:
    missed = [
        one.text for one, answer in heard[language] if one.intent == KEEP_NOTHING and answer.heard != KEEP_NOTHING
    ]
    assert len(missed) <= 2, missed
