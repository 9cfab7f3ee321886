"""The tables of `dates.yml`: the words by which people name days, lower case, umlauts written out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def tables() -> dict[str, Any]:
    """All tables, each by language."""
    content: dict[str, Any] = yaml.load((Path(__file__).parent / "dates.yml").read_bytes(), Loader=_LOADER)
    return content


@cache
def table(name: str) -> dict[str, Any]:
    """A table of words of all languages at once: people mix them."""
    return {str(word): value for words in tables()[name].values() for word, value in words.items()}


@cache
def names(name: str) -> tuple[str, ...]:
    """The words of a list, of all languages at once."""
    return tuple(word for words in tables()[name].values() for word in words)


@cache
def words(*names: str) -> str:
    """The words of tables as one pattern, the longest first; shared beginnings stand once, which reads much faster."""
    tree: dict[str, Any] = {}
    for word in (word for name in names for word in table(name)):
        branch = tree
        for letter in word:
            branch = branch.setdefault(letter, {})
        branch[""] = {}
    return _alternatives(tree)


def _alternatives(tree: dict[str, Any]) -> str:
    """The tree of letters below a beginning; "" where a word may end."""
    branches = [re.escape(letter) + _alternatives(below) for letter, below in tree.items() if letter]
    if not branches:
        return ""
    together = branches[0] if len(branches) == 1 and "" not in tree else f"(?:{'|'.join(branches)})"
    return together + "?" if "" in tree else together


@cache
def pattern(form: str) -> re.Pattern[str]:
    """A pattern in which <weekdays> or <until,except> stands for the words of those tables."""
    return re.compile(re.sub(r"(?<!P)<([a-z_,]+)>", lambda m: f"(?:{words(*m[1].split(','))})", form))


def every_word() -> frozenset[str]:
    """Each word that occurs in some table."""
    return frozenset(
        word
        for kind, languages in tables().items()
        if kind != "no_slips"
        for said in languages.values()
        for entry in said
        for word in re.findall("[a-z]+", str(entry))
    )
