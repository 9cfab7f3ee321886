"""Passwords and PINs: which are good enough, how they are kept, and whether one fits.

The rules are those of NIST SP 800-63B: length instead of character classes, nothing that is guessed early, no expiry;
what is typed is normalised (NFKC), pasted or with spaces in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backoffice.errors import RuleBroken

PASSWORD, PIN = "password", "pin"
SHORTEST, LONGEST = 12, 128
PIN_LENGTHS = range(6, 13)
EASY_SCORE, EASY_PIN_GUESSES = 2, 1000  # of zxcvbn: up to 10^8 guesses; the first thousand of all PINs
LEFT_OF_NAMES = 8  # characters that a password has beside names that others know
LOOKED_AT = 72  # zxcvbn refuses to look at more
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # argon2id, OWASP's figures: 30 ms, 19 MB
_NOBODYS = _HASHER.hash("nobody's")


class TooShort(RuleBroken):
    """A password needs `least` characters."""


class TooLong(RuleBroken):
    """More than `most` characters."""


class TooEasy(RuleBroken):
    """Among what is guessed first: common, a sequence, or made of the person's own name."""


class NoPin(RuleBroken):
    """A PIN has six to twelve digits and nothing else."""


def check(secret: str, *, kind: str, about: Iterable[str]) -> None:
    """Whether it may be chosen; `about` are words that others know of the person.

    Raises TooShort, TooLong, TooEasy, NoPin.
    """
    plain = _normal(secret, kind)
    if kind == PIN and not (re.fullmatch(r"[0-9]*", plain) and len(plain) in PIN_LENGTHS):
        raise NoPin(least=PIN_LENGTHS[0], most=PIN_LENGTHS[-1])
    if kind == PASSWORD and len(plain) < SHORTEST:
        raise TooShort(least=SHORTEST)
    if len(plain) > LONGEST:
        raise TooLong(most=LONGEST)
    known = [word.lower() for phrase in about for word in re.split(r"[\s.@_-]+", phrase) if len(word) > 2]
    if _is_easy(plain, kind, [*known, "kontor"]):
        raise TooEasy


def hashed(secret: str, *, kind: str) -> str:
    """As it is kept; takes some 30 ms on purpose."""
    return _HASHER.hash(_normal(secret, kind))


def fits(kept: str | None, secret: str, *, kind: str) -> bool:
    """Whether it is the one that is kept; where none is kept, it takes as long to say no."""
    try:
        return _HASHER.verify(kept or _NOBODYS, _normal(secret[: 2 * LONGEST], kind)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def _is_easy(plain: str, kind: str, known: list[str]) -> bool:
    from zxcvbn import zxcvbn  # 10 MB of lists that are needed when somebody chooses a secret

    if kind == PIN and (_is_row(plain) or any(word in plain for word in known)):
        return True
    rest = plain.lower()
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    if kind == PASSWORD and len(rest) < LEFT_OF_NAMES:
        return True
    found = zxcvbn(plain[:LOOKED_AT], user_inputs=known)
    return bool(found["guesses"] < EASY_PIN_GUESSES if kind == PIN else found["score"] <= EASY_SCORE)


def _is_row(digits: str) -> bool:
    """One step all the way (111111, 123456, 864209), or a short piece again and again (121212, 123123)."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    return len(steps) == 1 or any(digits == (digits[:size] * len(digits))[: len(digits)] for size in (2, 3))


def _normal(secret: str, kind: str) -> str:
    plain = unicodedata.normalize("NFKC", secret)
    return "".join(plain.split()) if kind == PIN else plain
