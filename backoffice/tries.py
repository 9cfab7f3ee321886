"""How often somebody may try: counted by account and by address, the same for those that there are not."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backoffice.database import alone
from backoffice.errors import RuleBroken
from backoffice.models import Tries

WINDOW = timedelta(minutes=15)
MOST = {"account": 10, "address": 100}  # an address may be a whole company's


class TooManyTries(RuleBroken):
    """Not before `until` (ISO)."""


def count(session: Session, *, account: str, address: str, key: str, now: datetime) -> None:
    """Take down one try before anything is compared. Raises TooManyTries, and then counts nothing."""
    for kind, what in (("account", account.casefold()), ("address", _network(address))):
        name = _name(kind, what, key)
        alone(session, f"tries {name}")
        row = session.get(Tries, name)
        if row is None:
            row = Tries(key=name, count=0, since=now)
            session.add(row)
        elif row.since <= now - WINDOW:
            row.count, row.since = 0, now
        if row.count >= MOST[kind]:
            raise TooManyTries(until=(row.since + WINDOW).isoformat())
        row.count += 1


def forgive(session: Session, *, account: str, key: str) -> None:
    """Whoever got in starts anew; the address does not, or one good account would open it for guessing."""
    session.execute(delete(Tries).filter_by(key=_name("account", account.casefold(), key)))


def forget(session: Session, *, now: datetime) -> None:
    """What no longer counts is gone."""
    session.execute(delete(Tries).where(Tries.since <= now - WINDOW))


def _name(kind: str, what: str, key: str) -> str:
    return hmac.new(key.encode(), f"{kind} {what}".encode(), hashlib.sha256).hexdigest()


def _network(address: str) -> str:
    """An IPv6 customer has a /64 of addresses to try from."""
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return address
    return address if version == 4 else str(ipaddress.ip_network(f"{address}/64", strict=False))
