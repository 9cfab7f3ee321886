"""Speaks what `words/*.yml` hold: every sentence for people, with numbers and dates as each language writes them.

A sentence is named `<topic>.<name>`. Placeholders say what a fact is: `{left:days}` takes hundredths of a day,
`{net:money}` takes cents, `{first:date}`, `{first:day}` (with weekday) and `{first:short}` take ISO dates,
`{state:word}` takes the name of another entry. Lists are joined as the language does: `{names:list}`.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

WORDS = Path(__file__).parent / "words"
LOCALES = {"de": "de_DE", "en": "en_GB"}
DATE_PATTERNS = {
    "date": {"de": "d. MMMM y", "en": "d MMMM y"},
    "day": {"de": "EEEE, d. MMMM y", "en": "EEEE, d MMMM y"},
    "month": {"de": "LLLL y", "en": "LLLL y"},
    "short": {"de": "EEE, d. MMM", "en": "EEE, d MMM"},
}


class MissingWords(KeyError):
    """A sentence is not there in a language: a fault of ours, found by the parity test."""


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All entries: name -> language -> sentence."""
    entries: dict[str, Mapping[str, str]] = {}
    for path in sorted(WORDS.glob("*.yml")):
        for name, sentences in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            entries[f"{path.stem}.{name}"] = sentences
    return entries


def say(name: str, language: str, facts: Mapping[str, Any] | None = None) -> str:
    """The sentence, with its facts in place."""
    try:
        sentence = catalogue()[name][language]
    except KeyError:
        raise MissingWords(f"{name} in {language}") from None
    return _Speaker(language).vformat(sentence, (), facts or {})


def knows(name: str) -> bool:
    """Whether there is such an entry."""
    return name in catalogue()


class _Speaker(string.Formatter):
    def __init__(self, language: str) -> None:
        self._language = language
        self._locale = LOCALES.get(language, language)

    def format_field(self, value: Any, spec: str) -> str:
        if spec == "days":
            return self._days(int(value))
        if spec == "number":
            return format_decimal(Decimal(int(value)) / 100, locale=self._locale)
        if spec == "money":
            return str(format_currency(Decimal(int(value)) / 100, "EUR", locale=self._locale))
        if spec in DATE_PATTERNS:
            pattern = DATE_PATTERNS[spec].get(self._language, "long")
            return format_date(date.fromisoformat(value), pattern, locale=self._locale)
        if spec in ("time", "clock"):
            pattern = "EEE HH:mm" if spec == "time" else "HH:mm"
            moment = datetime.fromisoformat(value).astimezone(ZoneInfo("Europe/Berlin"))
            return format_datetime(moment, pattern, tzinfo=ZoneInfo("Europe/Berlin"), locale=self._locale)
        if spec == "list":
            return format_list(list(value), locale=self._locale)
        if spec == "word":
            return say(value, self._language)
        return str(value)

    def _days(self, hundredths: int) -> str:
        unit = "units.day" if abs(hundredths) == 100 else "units.days"
        number = format_decimal(Decimal(hundredths) / 100, locale=self._locale)
        return f"{number} {catalogue()[unit][self._language]}"
