"""What was done: rows that are only ever added, linked into a chain of hashes afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.database import Base, UtcDateTime


class AuditEntry(Base):
    """One deed. `actor` is an employee's key, None for Kontor itself; `facts` hold no free text.

    `place` is the entry's place in the chain and `hash` its link; both are None until `audit.link` has come by.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_subject", "subject_kind", "subject_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str | None]
    verb: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    place: Mapped[int | None] = mapped_column(unique=True)
    hash: Mapped[str | None]
