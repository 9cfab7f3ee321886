"""What to do with the chances of all intents: act, ask which of two was meant, or admit that it is not ours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

FALLBACK, UNSURE, OUTSIDE = "nlu_fallback", "unsure", "out_of_scope"
SETTINGS = (
    *("outside", "at_once", "read_back", "ask_below", "rival", "ask_alone_below", "ask_form_below", "form_rival"),
    "admit_below",
)
"""What the pipeline's configuration says of a Decider."""
SHOWN = 5
LEAST = 1e-9
Intent = dict[str, Any]


def more_outside(chances: np.ndarray, is_outside: np.ndarray, ours: np.ndarray, *, share: float) -> float:
    """The factor by which so large a share of our own sentences (`ours`: rows) is taken for none of ours."""
    rows = chances[ours]
    ratio = rows[:, ~is_outside].max(axis=1) / np.maximum(rows[:, is_outside].sum(axis=1), LEAST)
    return float(np.quantile(ratio, share))


@dataclass(frozen=True)
class Decider:
    """`outside`: intents that outside of a form are none of ours; they are weighed as one.

    `more_outside`: how much likelier than among the sentences of training it is that something is not ours.
    `ask_below`: the confidence under which Kontor asks if there is a rival of ours, `rival` times as likely at least;
    `ask_alone_below`: under which it asks all the same; `admit_below`: under which it has not understood.
    `at_once`: intents that are never asked about: small talk, what is said inside of forms, what must not be kept.
    `read_back`: intents that open a form, which reads back before it does anything; `ask_form_below` and `form_rival`
    are the first two for these: a wrong form costs a word, a wrong answer is believed.
    """

    intents: Sequence[str]
    outside: Collection[str]
    at_once: Collection[str]
    more_outside: float
    ask_below: float
    rival: float
    ask_alone_below: float
    admit_below: float
    read_back: Collection[str]
    ask_form_below: float
    form_rival: float

    def decide(self, chances: np.ndarray) -> tuple[Intent, list[Intent]]:
        """The intent with its confidence, and the ranking; `unsure` stands for the first of the ranking."""
        is_outside = np.isin(self.intents, list(self.outside))
        weighed = chances * np.where(is_outside, self.more_outside, 1.0)
        weighed = weighed / weighed.sum()
        not_ours = float(weighed[is_outside].sum())
        order = np.argsort(-weighed)
        ours = [int(i) for i in order if not is_outside[i]]
        if not_ours > weighed[ours[0]]:
            first = next(int(i) for i in order if is_outside[i])
            order = np.array([first, *(i for i in order if i != first)])
            sure = not_ours
        else:
            order = np.array([ours[0], *(i for i in order if i != ours[0])])
            sure = float(weighed[ours[0]])
        ranking = [{"name": self.intents[i], "confidence": float(weighed[i])} for i in order[:SHOWN]]
        best = {"name": self.intents[order[0]], "confidence": sure}
        ranking[0] = best
        if sure < self.admit_below:
            return {"name": FALLBACK, "confidence": not_ours}, ranking
        if best["name"] in self.at_once or best["name"] in self.outside:
            return best, ranking
        below, rival, alone = self.ask_below, self.rival, self.ask_alone_below
        if best["name"] in self.read_back:
            below, rival, alone = self.ask_form_below, self.form_rival, min(self.ask_form_below, alone)
        others = (one for one in ranking[1:] if one["name"] not in self.outside)
        has_rival = next(others, {"confidence": 0.0})["confidence"] >= rival * sure
        if sure < (below if has_rival else alone):
            return {"name": UNSURE, "confidence": sure}, ranking
        return best, ranking
