"""Leave as a ledger of signed entries; days are integers in hundredths of a working day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.database import Base, UtcDateTime
from backoffice.models.people import Employee


class LeaveRequest(Base):
    """Asked by an employee, decided by the manager. `status`: pending, approved, rejected, cancelled."""

    __tablename__ = "leave_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    kind: Mapped[str] = mapped_column(default="vacation")
    first: Mapped[date]
    last: Mapped[date]
    first_part: Mapped[str] = mapped_column(default="full")
    last_part: Mapped[str] = mapped_column(default="full")
    hundredths: Mapped[int]
    status: Mapped[str] = mapped_column(default="pending")
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    employee: Mapped[Employee] = relationship(foreign_keys=[employee_id], lazy="joined", innerjoin=True)

    @property
    def number(self) -> str:
        """As people read it."""
        return f"UA-{self.id:04d}"


class LeaveEntry(Base):
    """One line of the ledger. `kind`: grant, carry, take, reserve, release, expire, correct."""

    __tablename__ = "leave_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    year: Mapped[int]
    kind: Mapped[str]
    hundredths: Mapped[int]
    on: Mapped[date]
    request_id: Mapped[int | None] = mapped_column(ForeignKey("leave_request.id"))
