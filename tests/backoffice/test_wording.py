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


def test_a_moment_has_its_day_unless_that_is_today() -> None:
    due = {"due": "2026-11-24T07:05:00+00:00"}
    assert say("tickets.due", "de", due) == "Di., 24. Nov., 08:05"
    assert say("tickets.due", "en", due) == "Tue 24 Nov, 08:05"
    assert say("tickets.due", "de", {**due, "today": "2026-11-24"}) == "08:05"
    assert say("tickets.due", "en", {**due, "today": "2026-11-23"}) == "Tue 24 Nov, 08:05"


@pytest.mark.parametrize(
    ("zone", "said"),
    [("Europe/Berlin", "00:30"), ("Europe/Lisbon", "Mon 23 Nov, 23:30"), ("Asia/Tokyo", "08:30")],
)
def test_a_day_begins_at_midnight_at_the_place(zone: str, said: str) -> None:
    facts = {"due": "2026-11-23T23:30:00+00:00", "today": "2026-11-24"}
    assert say("tickets.due", "en", {**facts, "zone": zone}) == said
    assert say("tickets.due", "en", facts) == "00:30"


def test_many_pieces_are_written_as_each_language_does() -> None:
    facts = {"free": 3600, "on_hand": 4200, "reserved": 600}
    assert say("inventory.row", "de", facts) == "3.600 frei (4.200 da, 600 reserviert)"
    assert say("inventory.row", "en", facts) == "3,600 free (4,200 there, 600 reserved)"
    assert say("leave.explain_title", "de", {"year": "2026"}).endswith("2026")


def test_a_language_is_named_in_the_language_of_the_reader() -> None:
    facts = {"language": "en", "number": 2, "title": "Remote work"}
    assert say("web.twin", "de", facts) == "Englisch: Fassung 2 von „Remote work“"
    assert say("web.twin", "en", {**facts, "language": "de"}) == "German: revision 2 of “Remote work”"


def test_one_of_several_is_joined_by_or_and_one_alone_is_itself() -> None:
    names = ["Aylin Demir", "Petra Roth", "Tobias Kern"]
    assert say("leave.goes_to", "de", {"names": names}) == "Aylin Demir, Petra Roth oder Tobias Kern"
    assert say("leave.goes_to", "en", {"names": names}) == "Aylin Demir, Petra Roth or Tobias Kern"
    assert say("leave.goes_to", "en", {"names": "Eva Brandt"}) == "Eva Brandt"  # as it was kept before
