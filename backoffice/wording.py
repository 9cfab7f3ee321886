"""Speaks what `words/*.yml` hold: every sentence for people, with numbers and dates as each language writes them.

A sentence is named `<topic>.<name>`. Placeholders say what a fact is: `{left:days}` takes hundredths of a day,
`{net:money}` takes cents, `{first:date}`, `{first:day}` (with weekday) and `{first:short}` take ISO dates,
`{due:time}` (with its day, unless that is the fact `today`) and `{starts:clock}` take ISO moments and write them as in
the fact `zone`, `{twin:language}`
a language's code, `{state:word}` the name of another entry. Lists are joined as the language does: `{names:list}` by
"and", `{names:either}` by "or".
A fact that is an integer is a count and written like one; a year is no count and comes as a string.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from backoffice.clock import ZONE

WORDS = Path(__file__).parent / "words"
LANGUAGES = Path(__file__).parent / "languages.yml"
SORRY = Path(__file__).parent / "sorry.yml"
DAY_FORMATS = {"date", "day", "month", "short"}


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


@cache
def languages() -> Mapping[str, Mapping[str, Any]]:
    """What `languages.yml` says of each language."""
    content: Mapping[str, Mapping[str, Any]] = yaml.safe_load(LANGUAGES.read_text(encoding="utf-8"))
    return content


def in_their_language(language: str) -> str | None:
    """One sentence for a person whose language we do not speak: that it was not understood, and buttons work."""
    return _sorry().get(language)


@cache
def _sorry() -> Mapping[str, str]:
    content: Mapping[str, str] = yaml.safe_load(SORRY.read_text(encoding="utf-8"))
    return content


def language_named(text: str, *, current: str) -> str:
    """The language that the text asks for by name; where it names none, the one after the current one."""
    words = set(re.findall(r"[^\W\d_]+", text.lower()))
    named = [language for language, about in languages().items() if words & set(about["names"])]
    known = list(languages())
    return next((one for one in named if one != current), None) or (
        current if named else known[(known.index(current) + 1) % len(known)]
    )


def say(name: str, language: str, facts: Mapping[str, Any] | None = None) -> str:
    """The sentence, with its facts in place."""
    try:
        sentence = catalogue()[name][language]
    except KeyError:
        raise MissingWords(f"{name} in {language}") from None
    facts = facts or {}
    return _Speaker(language, str(facts.get("today", "")), str(facts.get("zone", ZONE))).vformat(sentence, (), facts)


def knows(name: str) -> bool:
    """Whether there is such an entry."""
    return name in catalogue()


class _Speaker(string.Formatter):
    def __init__(self, language: str, today: str, zone: str) -> None:
        self._language, self._today, self._zone = language, today, zone
        self._locale = languages()[language]["locale"]

    def format_field(self, value: Any, spec: str) -> str:
        if spec == "days":
            return self._days(int(value))
        if spec == "number":
            return format_decimal(Decimal(int(value)) / 100, locale=self._locale)
        if spec == "money":
            return str(format_currency(Decimal(int(value)) / 100, "EUR", locale=self._locale))
        if spec in DAY_FORMATS:
            pattern = languages()[self._language]["days"][spec]
            return format_date(date.fromisoformat(value), pattern, locale=self._locale)
        if spec in ("time", "clock"):
            zone = ZoneInfo(self._zone)
            moment = datetime.fromisoformat(value).astimezone(zone)
            kind = "clock" if moment.date().isoformat() == self._today else spec
            return format_datetime(moment, languages()[self._language]["times"][kind], tzinfo=zone, locale=self._locale)
        if spec == "list":
            return format_list(list(value), locale=self._locale)
        if spec == "either":
            return format_list([value] if isinstance(value, str) else list(value), style="or", locale=self._locale)
        if spec == "word":
            return say(value, self._language)
        if spec == "language":
            return str(Locale.parse(self._locale).languages[value])
        if isinstance(value, int) and not isinstance(value, bool):
            return str(format_decimal(value, locale=self._locale))
        return str(value)

    def _days(self, hundredths: int) -> str:
        unit = "units.day" if abs(hundredths) == 100 else "units.days"
        number = format_decimal(Decimal(hundredths) / 100, locale=self._locale)
        return f"{number} {catalogue()[unit][self._language]}"
