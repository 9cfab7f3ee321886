"""Enough is played in each language."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import yaml

from backoffice.settings import Settings
from connectors.language import language_of
from tests.conversations.test_conversations import HERE, PERSONS

LANGUAGES = Settings(_env_file=None).languages
EACH = 120


def spoken(steps: list[dict[str, Any]]) -> set[str]:
    """The languages that a scenario is played in, or else those in which at least a third of its lines are typed."""
    said = [what for step in steps for who, what in step.items() if who in PERSONS]
    if isinstance(said[0], dict):
        return set(said[0])
    current, counts = LANGUAGES[0], Counter[str]()
    for text in said:
        if not text.startswith("["):
            current = language_of(text, current=current, languages=LANGUAGES)
            counts[current] += 1
    return {language for language, count in counts.items() if 3 * count >= counts.total()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_its_scenarios(language: str) -> None:
    scenarios = [
        steps
        for path in sorted(HERE.glob("*.yml"))
        for steps in yaml.safe_load(path.read_text(encoding="utf-8")).values()
    ]
    assert sum(language in spoken(steps) for steps in scenarios) >= EACH
