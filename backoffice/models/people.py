"""Who is who: sites, employees, and the accounts they speak from."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.clock import ZONE
from backoffice.database import Base, UtcDateTime


class Site(Base):
    """A place of work; country and region decide its public holidays: DE and BE are the two halves of ISO's DE-BE."""

    __tablename__ = "site"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    country: Mapped[str] = mapped_column(default="DE", server_default="DE")
    region: Mapped[str]
    zone: Mapped[str] = mapped_column(default=ZONE)


class Employee(Base):
    """A person who works here. `week` holds hundredths of a working day from Monday to Sunday.

    `weekly_minutes` is what the contract says. `probation_until` is its last day. `roles` are queues that the person
    serves (it, hr, payroll, operations), kb for the articles, works_council, admin for who signs in. Who has an
    `agency` is employed there. `number` is the personnel number, as it stands on the badge.
    `leave_per_year` is what the contract gives for a whole year, in hundredths of a day; None: see `leave_account`.
    """

    __tablename__ = "employee"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str | None]
    language: Mapped[str]
    title: Mapped[str]
    department: Mapped[str]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"), index=True)
    week: Mapped[list[int]] = mapped_column(JSON)
    weekly_minutes: Mapped[int] = mapped_column(default=2400)
    starts: Mapped[date]
    ends: Mapped[date | None]
    probation_until: Mapped[date | None]
    leave_per_year: Mapped[int | None]
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    agency: Mapped[str | None]
    agency_contact: Mapped[str | None]
    number: Mapped[str | None] = mapped_column(index=True, unique=True)

    site: Mapped[Site] = relationship(lazy="joined", innerjoin=True)
    manager: Mapped[Employee | None] = relationship(remote_side=[id], lazy="raise")

    @property
    def name(self) -> str:
        """As it is written to others."""
        return f"{self.first_name} {self.last_name}"


class ChannelAccount(Base):
    """A platform account that was proven to be this person's."""

    __tablename__ = "channel_account"
    __table_args__ = (UniqueConstraint("channel", "handle"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    handle: Mapped[str]
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)


class ApiToken(Base):
    """A bearer token that speaks as one employee until it expires or is revoked; only its SHA-256 is kept.

    `issued_at` is None for tokens from before that was noted.
    """

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    employee: Mapped[Employee] = relationship(lazy="raise")
