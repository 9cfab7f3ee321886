"""Act, ask or admit: what is done with the chances of all intents."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

import numpy as np
import pytest

from connectors.processes import ROOT


def _deciding() -> Any:
    spec = importlib.util.spec_from_file_location("deciding", ROOT / "bot" / "components" / "deciding.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["deciding"] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


INTENTS = ("leave_balance", "leave_request", "greet", "out_of_scope", "inform")
DECIDING = _deciding()


def decide(*chances: float, **changed: Any) -> tuple[str, float, list[str]]:
    settings = {
        "more_outside": 1.0,
        "ask_below": 0.6,
        "rival": 0.2,
        "ask_alone_below": 0.4,
        "read_back": set(),
        "ask_form_below": 0.0,
        "form_rival": 0.0,
        "admit_below": 0.3,
    } | changed
    decider = DECIDING.Decider(INTENTS, outside={"out_of_scope", "inform"}, at_once={"greet"}, **settings)
    best, ranking = decider.decide(np.array(chances))
    return best["name"], round(best["confidence"], 2), [one["name"] for one in ranking][:3]


@pytest.mark.parametrize(
    ("chances", "heard"),
    [
        ((0.8, 0.1, 0, 0.1, 0), ("leave_balance", 0.8, ["leave_balance", "leave_request", "out_of_scope"])),
        ((0.5, 0.4, 0, 0.1, 0), ("unsure", 0.5, ["leave_balance", "leave_request", "out_of_scope"])),
        ((0.1, 0.4, 0.5, 0, 0), ("greet", 0.5, ["greet", "leave_request", "leave_balance"])),
        ((0.25, 0.25, 0.25, 0.2, 0.05), ("nlu_fallback", 0.25, ["leave_balance", "leave_request", "greet"])),
    ],
    ids=["sure: act", "two are close: ask", "small talk is never asked about", "nothing is likely: admit"],
)
def test_three_outcomes(chances: tuple[float, ...], heard: tuple[str, float, list[str]]) -> None:
    assert decide(*chances) == heard


def test_without_a_rival_it_acts_unless_it_hardly_knows() -> None:
    assert decide(0.55, 0.1, 0.1, 0.1, 0)[0] == "leave_balance"
    assert decide(0.35, 0.06, 0.06, 0.05, 0.04, rival=0.5, ask_alone_below=0.9)[0] == "unsure"


def test_what_is_read_back_anyhow_is_asked_about_less() -> None:
    form = {"read_back": {"leave_request"}, "ask_form_below": 0.5, "form_rival": 0.5}
    assert decide(0.3, 0.55, 0, 0.15, 0, ask_below=0.9)[0] == "unsure"
    assert decide(0.3, 0.55, 0, 0.15, 0, ask_below=0.9, **form)[0] == "leave_request"
    assert decide(0.3, 0.45, 0, 0.25, 0, ask_below=0.9, **form)[0] == "unsure"


def test_what_is_not_ours_is_weighed_as_one() -> None:
    assert decide(0.4, 0, 0.05, 0.25, 0.3) == ("inform", 0.55, ["inform", "leave_balance", "out_of_scope"])


def test_people_ask_more_that_is_not_ours_than_training_suggests() -> None:
    assert decide(0.6, 0, 0, 0.4, 0)[0] == "leave_balance"
    assert decide(0.6, 0, 0, 0.4, 0, more_outside=2.0)[:2] == ("out_of_scope", 0.57)
