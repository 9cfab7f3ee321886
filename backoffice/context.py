"""Who is speaking, settled once by a connector and carried through Rasa, which cannot make one of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from itsdangerous import BadData, URLSafeTimedSerializer

from backoffice.errors import KontorError

MAX_AGE_S = 60


class Unsigned(KontorError):
    """The context is missing, forged or older than a minute."""


@dataclass(frozen=True)
class Context:
    """`turn` names the message in the inbox, `conversation` where its answer goes, `sent_on` the sender's day;
    `sent_at` the moment it came in (UTC, ISO 8601), empty where that does not matter.

    `foreign` is the language of a message that is in none of ours; `language` is then still the talk's.
    """

    employee: int
    door: str
    language: str
    conversation: str
    turn: str
    sent_on: str
    sent_at: str = ""
    foreign: str = ""


def sign(context: Context, key: str) -> str:
    """A short-lived token that only holders of the key can make."""
    return str(_serializer(key).dumps(vars(context)))


def verify(token: str, key: str) -> Context:
    """Raises Unsigned."""
    try:
        return Context(**_serializer(key).loads(token, max_age=MAX_AGE_S))
    except (BadData, TypeError) as error:
        raise Unsigned(reason=type(error).__name__) from error


@lru_cache(maxsize=4)
def _serializer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="kontor.context")
