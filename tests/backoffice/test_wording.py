from __future__ import annotations

import re
import string

import pytest

from backoffice.settings import Settings
from backoffice.wording import catalogue, say

LANGUAGES = Settings(_env_file=None).languages


def placeholders(sentence: str) -> list[str]:
    return sorted({f"{name}:{spec}" for _, name, spec, _ in string.Formatter().parse(sentence) if name})


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_entry_speaks_every_language_with_the_same_facts(name: str) -> None:
    sentences = catalogue()[name]
    assert set(sentences) == set(LANGUAGES)
    assert len({tuple(placeholders(sentence)) for sentence in sentences.values()}) == 1


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_nobody_is_shouted_at(name: str) -> None:
    assert not re.search(r"!(\s|$)", "".join(catalogue()[name].values()))


def test_numbers_and_dates_are_written_as_each_language_does() -> None:
    facts = {"left": 850, "year": "2026"}
    assert say("leave.balance", "de", facts) == "Dir bleiben **8,5 Tage** Urlaub für 2026."
    assert say("leave.balance", "en", facts) == "You have **8.5 days** of leave left for 2026."
    assert say("leave.one_day", "de", {"first": "2026-12-02"}) == "Mittwoch, 2. Dezember 2026"
    assert say("leave.one_day", "en", {"first": "2026-12-02"}) == "Wednesday, 2 December 2026"
