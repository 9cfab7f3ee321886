"""How well was understood what was said: the arithmetic alone, for the operator's command and the accuracy gate."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

OUT_OF_SCOPE = "out_of_scope"
BINS = 15
EXAMPLES = 3


@dataclass(frozen=True)
class Answer:
    """One sentence: what was meant, what was heard, and how sure the bot was of it (0 to 1)."""

    text: str
    language: str
    expect: str
    heard: str
    confidence: float
    also_ok: frozenset[str] = field(default_factory=frozenset)
    asked: bool = False
    """Kontor asked back instead of acting on what it heard."""
    opens_form: bool = False
    """What was heard opens a form, which reads back before it does anything."""

    @property
    def right(self) -> bool:
        """Whether what was heard is what was meant, or as good."""
        return self.heard == self.expect or self.heard in self.also_ok

    @property
    def outside(self) -> bool:
        """Whether Kontor has nothing to do with it."""
        return self.expect == OUT_OF_SCOPE

    @property
    def rejected(self) -> bool:
        """Whether Kontor said so."""
        return self.heard == OUT_OF_SCOPE

    @property
    def misled(self) -> bool:
        """Something else was answered or begun, without asking first."""
        return not (self.right or self.asked or self.rejected)

    @property
    def wrongly_answered(self) -> bool:
        """The same, but for what only opens a form."""
        return self.misled and not self.opens_form


def scores(answers: Sequence[Answer]) -> dict[str, Any]:
    """Everything as one JSON object: all together, per language and intent, and what was taken for what."""
    languages = _grouped(answers, lambda one: one.language)
    return {
        **figures(answers),
        "languages": {
            language: {**figures(those), "intents": intents(those)} for language, those in sorted(languages.items())
        },
        "confusions": confusions(answers),
    }


def figures(answers: Sequence[Answer]) -> dict[str, Any]:
    """Shares between 0 and 1; None where there is nothing to share.

    `rejection`: of what is out of scope, how much was not taken for ours. `false_rejection`: of what is ours, how much
    was. `asked`: asked back. `misled`: answered or begun wrongly without asking;
    `wrong_answers`: of these, answered. `ece`: expected calibration error.
    """
    ours = [one for one in answers if not one.outside and OUT_OF_SCOPE not in one.also_ok]
    return {
        "sentences": len(answers),
        "accuracy": _share(answers, lambda one: one.right),
        "macro_f1": macro_f1(answers),
        "rejection": _share([one for one in answers if one.outside], lambda one: one.rejected),
        "false_rejection": _share(ours, lambda one: one.rejected),
        "asked": _share(answers, lambda one: one.asked),
        "misled": _share(answers, lambda one: one.misled),
        "wrong_answers": _share(answers, lambda one: one.wrongly_answered),
        "ece": calibration_error(answers),
    }


def intents(answers: Sequence[Answer]) -> dict[str, dict[str, Any]]:
    """Per intent that was meant: how many sentences, the share that was heard (recall), precision and F1."""
    meant, heard, right = Counter[str](), Counter[str](), Counter[str]()
    for one in answers:
        got = one.expect if one.right else one.heard
        meant[one.expect] += 1
        heard[got] += 1
        right[one.expect] += one.right
    return {
        intent: {
            "sentences": count,
            "recall": _rounded(right[intent] / count),
            "precision": _rounded(right[intent] / heard[intent]) if heard[intent] else None,
            "f1": _rounded(2 * right[intent] / (count + heard[intent])),
        }
        for intent, count in sorted(meant.items())
    }


def macro_f1(answers: Sequence[Answer]) -> float | None:
    """The mean of the intents' F1, each counting the same."""
    each = [about["f1"] for about in intents(answers).values()]
    return _rounded(sum(each) / len(each)) if each else None


def calibration_error(answers: Sequence[Answer], *, bins: int = BINS) -> float | None:
    """How far confidence is from being right, on average over bins of equal width (expected calibration error)."""
    if not answers:
        return None
    held = _grouped(answers, lambda one: min(int(one.confidence * bins), bins - 1))
    off = (abs(sum(one.confidence for one in those) - sum(one.right for one in those)) for those in held.values())
    return _rounded(sum(off) / len(answers))


def confusions(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    """What was taken for what, the most frequent first, with a few of the sentences."""
    wrong = _grouped((one for one in answers if not one.right), lambda one: (one.expect, one.heard))
    return [
        {"expect": pair[0], "heard": pair[1], "count": len(those), "examples": [one.text for one in those[:EXAMPLES]]}
        for pair, those in sorted(wrong.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _grouped(answers: Iterable[Answer], key: Callable[[Answer], Any]) -> dict[Any, list[Answer]]:
    groups: dict[Any, list[Answer]] = defaultdict(list)
    for one in answers:
        groups[key(one)].append(one)
    return groups


def _share(answers: Sequence[Answer], what: Callable[[Answer], bool]) -> float | None:
    return _rounded(sum(map(what, answers)) / len(answers)) if answers else None


def _rounded(share: float) -> float:
    return round(share, 4)
