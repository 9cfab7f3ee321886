"""Absences that were reported; why is neither asked nor kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.database import Base, UtcDateTime


class SickReport(Base):
    """Absent from `first`; `until` is what the person expects, None when not known.

    `kind`: self, or child (SGB V §45).
    """

    __tablename__ = "sick_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    first: Mapped[date]
    until: Mapped[date | None]
    kind: Mapped[str] = mapped_column(default="self", server_default="self")
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
