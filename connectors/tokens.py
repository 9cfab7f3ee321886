"""Tokens of other clients, as the operator says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backoffice import people
from backoffice.database import Database
from backoffice.errors import Misconfigured, NotFound
from backoffice.models import Employee


@dataclass(frozen=True)
class Token:
    """What may be shown of a token. `state`: valid, expired or revoked; moments are ISO, in UTC."""

    id: int
    employee: str
    state: str
    issued_at: str | None
    expires_at: str
    revoked_at: str | None


def issue(database: Database, key: str, *, days: int, now: datetime) -> str:
    """The new token. Raises Misconfigured."""
    with database.transaction() as session:
        return people.issue_token(session, _employee(session, key), now=now, days=days)


def overview(database: Database, key: str | None, *, now: datetime) -> list[Token]:
    """Everybody's or one person's, oldest first. Raises Misconfigured."""
    with database.transaction() as session:
        found = people.tokens(session, _employee(session, key) if key else None)
        return [
            Token(
                row.id,
                row.employee.key,
                people.token_state(row, at=now),
                row.issued_at.isoformat() if row.issued_at else None,
                row.expires_at.isoformat(),
                row.revoked_at.isoformat() if row.revoked_at else None,
            )
            for row in found
        ]


def line(token: Token) -> str:
    """For a person's eyes: days are enough."""
    issued = f"issued {token.issued_at[:10]}" if token.issued_at else "issued earlier"
    until = f"valid until {token.expires_at[:10]}" if token.state == "valid" else f"expired {token.expires_at[:10]}"
    ended = f"revoked {token.revoked_at[:10]}" if token.revoked_at else until
    return f"{token.id}  {token.employee}  {issued}  {ended}"


def revoke(database: Database, token_id: int, *, now: datetime) -> str:
    """It opens nothing from now on. Raises Misconfigured."""
    with database.transaction() as session:
        try:
            row = people.revoke_token(session, token_id, now=now)
        except NotFound:
            raise Misconfigured(f"there is no token {token_id}: `kontor token list` numbers them") from None
        return f"token {row.id} of {people.by_id(session, row.employee_id).key} opens nothing any more"


def _employee(session: Session, key: str) -> Employee:
    try:
        return people.by_key(session, key)
    except NotFound:
        raise Misconfigured(f"there is no employee {key}: give a key such as mara.lindt") from None
