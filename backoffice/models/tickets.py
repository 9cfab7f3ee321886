"""Tickets of all queues and their append-only history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.database import Base, UtcDateTime
from backoffice.models.people import Employee

PREFIX = {"it": "IT", "hr": "HR", "payroll": "PR", "operations": "OP"}


class Ticket(Base):
    """`status`: new, assigned, waiting, resolved. `urgency`: normal, high, urgent."""

    __tablename__ = "ticket"
    id: Mapped[int] = mapped_column(primary_key=True)
    queue: Mapped[str]
    requester_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    summary: Mapped[str]
    category: Mapped[str]
    urgency: Mapped[str]
    since: Mapped[str | None]
    can_work: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="new")
    conversation: Mapped[str | None]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    requester: Mapped[Employee] = relationship(foreign_keys=[requester_id], lazy="joined", innerjoin=True)
    assignee: Mapped[Employee | None] = relationship(foreign_keys=[assignee_id], lazy="joined")

    @property
    def number(self) -> str:
        """As people read it, e.g. IT-1042."""
        return f"{PREFIX[self.queue]}-{self.id}"


class TicketEvent(Base):
    """What happened to a ticket. `kind`: opened, assigned, asked, answered, note, solved, closed, reopened,
    escalated."""

    __tablename__ = "ticket_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    kind: Mapped[str]
    text: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
