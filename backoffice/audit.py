"""What was done, by whom, to what: written in the deed's own transaction, linked into a chain of hashes afterwards.

The chain shows that an entry was changed, or taken out between others. It cannot show that the newest entries are gone:
whoever must prove that keeps the last hash elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.models import AuditEntry, Employee

Fact = str | int | bool | None
FIRST_HASH = "0" * 64
CODE = re.compile(r"[A-Za-z0-9_.:+-]{0,64}")  # numbers, dates, keys and states; never a sentence


def write(
    session: Session,
    verb: str,
    subject: tuple[str, int | str],
    *,
    by: Employee | None,
    at: datetime,
    **facts: Fact,
) -> AuditEntry:
    """One deed, e.g. `write(session, "leave.decide", ("leave_request", 3), by=eva, at=now, approved=True)`.

    Raises ValueError for a fact that could be free text: what people type has no place here.
    """
    for name, fact in facts.items():
        if isinstance(fact, str) and not CODE.fullmatch(fact):
            raise ValueError(f"the fact {name} of {verb} looks like free text")
    kind, identity = subject
    actor = by.key if by else None
    entry = AuditEntry(at=at, actor=actor, verb=verb, subject_kind=kind, subject_id=str(identity), facts=facts)
    session.add(entry)
    return entry


def link(session: Session) -> int:
    """Give every entry that has none its place and its hash, oldest first; how many. One caller at a time."""
    place = session.scalar(select(func.max(AuditEntry.place))) or 0
    last = session.scalar(select(AuditEntry.hash).filter_by(place=place)) or FIRST_HASH
    waiting = session.scalars(select(AuditEntry).where(AuditEntry.place.is_(None)).order_by(AuditEntry.id)).all()
    for entry in waiting:
        place += 1
        last = _hash(last, place, entry)
        entry.place, entry.hash = place, last
    session.flush()
    return len(waiting)


def verify(session: Session) -> int | None:
    """The place of the first entry that is not as it was linked, or is missing; None when the chain holds."""
    last = FIRST_HASH
    linked = select(AuditEntry).where(AuditEntry.place.is_not(None)).order_by(AuditEntry.place)
    for expected, entry in enumerate(session.scalars(linked), start=1):
        if entry.place != expected or entry.hash != _hash(last, expected, entry):
            return expected
        last = entry.hash
    return None


def _hash(last: str, place: int, entry: AuditEntry) -> str:
    content = {
        "place": place,
        "id": entry.id,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "verb": entry.verb,
        "subject": [entry.subject_kind, entry.subject_id],
        "facts": entry.facts,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{last}\n{canonical}".encode()).hexdigest()
