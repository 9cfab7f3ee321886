"""Slips of the keyboard in the names of days: "Donerstagg", "thrusday", "nachste woche". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain

from backoffice.day_tables import every_word, names, table

SHORTEST, LONGEST = 4, 16
"""Letters of a word that may be a slip."""
TWO_SLIPS = 8
"""A weekday or a month with so many letters is known with two slips."""


@lru_cache(maxsize=4096)
def mended(word: str) -> str:
    """The name that a word is a slip of, else the word itself."""
    if not SHORTEST <= len(word) <= LONGEST or word in _known():
        return word
    near = {name for left in chain([word], _left_out(word)) for name in _by_rest().get(left, ())}
    near |= {name for left in _twice(word) for name in _by_rest().get(left, ()) if name in _long()}
    fitting = sorted((slips, name) for name in near if (slips := _slips(word, name)) <= _most(word, name))
    return _spelt(fitting[0][1]) if fitting else word


def _most(word: str, name: str) -> int:
    """Slips at the beginning are rare; two of them leave the ends of a long name and nearly its length."""
    if word[0] != name[0]:
        return 0
    two = name in _long() and word[-1] == name[-1] and abs(len(word) - len(name)) < 2
    return 2 if two else 1


@lru_cache(maxsize=4096)
def resembles_a_name(word: str) -> bool:
    """Whether an unknown word might be a weekday or a month that was spelt too badly to tell."""
    if not SHORTEST < len(word) <= LONGEST or word in _known():
        return False
    bare = not re.search("[aeiou]", word)
    return any(
        _slips(word, name) <= (2 if word[0] == name[0] and len(name) > 6 else 1)
        or (bare and _bones(word) == _bones(name))
        for name in _names()
        if abs(len(word) - len(name)) < 3 or bare
    )


@cache
def _names() -> tuple[str, ...]:
    return tuple(name for kind in ("weekdays", "months") for name in table(kind) if len(name) > SHORTEST)


def _bones(word: str) -> str:
    """Without vowels and double letters: "wdnsdy" of "wednesday"."""
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiou]", "", word))


@cache
def _known() -> frozenset[str]:
    return frozenset(every_word()) | frozenset(names("no_slips"))


@cache
def _without_umlauts() -> dict[str, str]:
    """ "nachste" -> "naechste": what remains when the dots are left out."""
    plain = {}
    for name in names("slips"):
        bare = name.replace("ae", "a").replace("oe", "o").replace("ue", "u")
        if bare != name:
            plain[bare] = name
    return plain


def _spelt(name: str) -> str:
    return _without_umlauts().get(name, name)


@cache
def _long() -> frozenset[str]:
    long = {name for kind in ("weekdays", "months") for name in table(kind) if len(name) >= TWO_SLIPS}
    return frozenset(long | {"tomorrow"}) & frozenset(names("slips"))


@cache
def _by_rest() -> dict[str, tuple[str, ...]]:
    """The names by what is left of them without a letter, or without two: slips share such a rest."""
    found: dict[str, set[str]] = {}
    for name in (*names("slips"), *_without_umlauts()):
        for left in {name, *_left_out(name), *(_twice(name) if name in _long() else ())}:
            found.setdefault(left, set()).add(name)
    return {left: tuple(sorted(of)) for left, of in found.items()}


def _left_out(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def _twice(word: str) -> Iterator[str]:
    return (left for once in _left_out(word) for left in _left_out(once)) if len(word) >= TWO_SLIPS - 2 else iter(())


def _slips(word: str, name: str) -> int:
    """How many letters are too many, missing, wrong or swapped with the next (optimal string alignment)."""
    rows = [list(range(len(name) + 1))]
    for i, letter in enumerate(word, 1):
        row = [i]
        for j, other in enumerate(name, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == name[j - 2] and word[i - 2] == other:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
