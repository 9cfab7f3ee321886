"""Payslips as records: what the payroll office computed, line by line, in cents."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.database import Base


class PayslipLine(Base):
    """`name` is an entry of words/payroll.yml without its `line_`; deductions are negative."""

    __tablename__ = "payslip_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    payslip_id: Mapped[int] = mapped_column(ForeignKey("payslip.id"), index=True)
    name: Mapped[str]
    cents: Mapped[int]


class Payslip(Base):
    """One month of one person; visible once it is released."""

    __tablename__ = "payslip"
    __table_args__ = (UniqueConstraint("employee_id", "year", "month"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    year: Mapped[int]
    month: Mapped[int]
    released_on: Mapped[date]

    lines: Mapped[list[PayslipLine]] = relationship(lazy="selectin", order_by=PayslipLine.id)

    @property
    def gross_cents(self) -> int:
        """What was earned."""
        return sum(line.cents for line in self.lines if line.cents > 0)

    @property
    def net_cents(self) -> int:
        """What was paid out."""
        return sum(line.cents for line in self.lines)
