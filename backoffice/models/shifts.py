"""Who works when: intervals in UTC."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.database import Base, UtcDateTime


class Shift(Base):
    """One shift of one person; a plan that is not `published` is nobody's to rely on."""

    __tablename__ = "shift"
    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    starts: Mapped[datetime] = mapped_column(UtcDateTime)
    ends: Mapped[datetime] = mapped_column(UtcDateTime)
    published: Mapped[bool] = mapped_column(default=True)
