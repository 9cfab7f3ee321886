"""Whose Slack and Telegram accounts are whose, as the operator says."""

from __future__ import annotations

import re

from backoffice import people
from backoffice.database import Database
from backoffice.errors import Misconfigured, NotFound

HANDLES = {"slack": ("T…:U… (team and user)", r"[TE]\w+:[UW]\w+"), "telegram": ("a number", r"[1-9]\d*")}


def bind(database: Database, key: str, *, channel: str, handle: str) -> str:
    """The account speaks for this employee from now on. Raises Misconfigured."""
    if channel not in HANDLES:
        raise Misconfigured(f"there is no channel {channel}: give slack or telegram")
    shape, pattern = HANDLES[channel]
    if not re.fullmatch(pattern, handle):
        raise Misconfigured(f"a handle on {channel} is {shape}: give what Kontor told the person")
    with database.transaction() as session:
        try:
            people.bind_account(session, people.by_key(session, key), channel=channel, handle=handle)
        except NotFound:
            raise Misconfigured(f"there is no employee {key}: give a key such as mara.lindt") from None
        except people.AlreadyBound as error:
            owner = error.facts["key"]
            raise Misconfigured(f"{handle} speaks for {owner}: run `kontor account unbind` first") from None
    return f"{handle} on {channel} speaks for {key}"


def unbind(database: Database, *, channel: str, handle: str) -> str:
    """The account speaks for nobody from now on. Raises Misconfigured."""
    with database.transaction() as session:
        try:
            people.unbind_account(session, channel=channel, handle=handle)
        except NotFound:
            raise Misconfigured(f"{handle} on {channel} speaks for nobody: there is nothing to unbind") from None
    return f"{handle} on {channel} speaks for nobody any more"
