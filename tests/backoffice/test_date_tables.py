"""What employees type for days, against what a careful colleague would enter: `dates_de.yml`, `dates_en.yml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import holidays
import pytest
import yaml

from backoffice import dates

MONDAY, REGION = date(2026, 11, 23), "NW"
SHORT = {"full": "", "morning": " am", "afternoon": " pm"}
ASK = "ask"


@dataclass(frozen=True)
class Line:
    """A text, the readings that are right, and the day and the Land in which it was written."""

    text: str
    right: tuple[str, ...]
    sent_on: date
    region: str


@cache
def table(language: str) -> tuple[Line, ...]:
    content = yaml.safe_load((Path(__file__).parent / f"dates_{language}.yml").read_text(encoding="utf-8"))
    return tuple(
        Line(text, tuple(str(meant).split(" | ")), group.get("sent_on", MONDAY), group.get("region", REGION))
        for group in content
        for text, meant in group["said"].items()
    )


@cache
def free_days(region: str) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv=region, years=range(2025, 2030)))


def read(line: Line, language: str) -> str:
    """As the tables write it."""
    free = free_days(line.region)
    try:
        found = dates.spans(
            line.text,
            language=language,
            sent_on=line.sent_on,
            calendar=lambda day: day.weekday() < 5 and day not in free,
        )
    except (dates.ImpossibleDate, dates.ReversedRange):
        return ASK
    return ", ".join(map(written, found)) or ASK


def written(span: dates.Candidate) -> str:
    first = f"{span.first}{SHORT[span.first_part]}"
    if span.open_end:
        return f"{first}.."
    return first if span.first == span.last else f"{first}..{span.last}{SHORT[span.last_part]}"


def misses(language: str) -> Iterator[tuple[Line, str]]:
    for line in table(language):
        if (answer := read(line, language)) not in line.right:
            yield line, answer


@pytest.mark.parametrize("language", ["de", "en"])
def test_days_are_read_as_a_careful_colleague_reads_them_or_not_at_all(language: str) -> None:
    missed = list(misses(language))
    shown = "\n".join(f"{line.text!r}: {answer}, not {' | '.join(line.right)}" for line, answer in missed)
    print(shown)
    assert [line.text for line, answer in missed if answer != ASK] == [], shown
    assert 1 - len(missed) / len(table(language)) >= 0.98, shown


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_tables_are_long_and_hold_no_text_twice(language: str) -> None:
    lines = (Path(__file__).parent / f"dates_{language}.yml").read_text(encoding="utf-8").splitlines()
    written_down = [line for line in lines if line.startswith('    "')]
    assert len(written_down) == len(table(language)) >= 300
