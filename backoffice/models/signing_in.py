"""Signing in on the web: secrets, second factors, codes that are handed out, and open sessions.

Nothing here can be used by whoever reads it: secrets are hashed with argon2id, random ones (codes, sessions) with
SHA-256, and the key of a second factor is encrypted.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.database import Base, UtcDateTime


class Login(Base):
    """How a person signs in: one secret, perhaps a second factor.

    `kind` is password or pin. `failures` counts wrong tries in a row; too many and the secret is good for nothing.
    `offered` is the key of a second factor that is not confirmed yet. `last_step` is the 30-second step of the last
    second factor that was used: none is good twice.
    """

    __tablename__ = "login"
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str]
    secret: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    second_factor: Mapped[str | None]
    offered: Mapped[str | None]
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """Stands in for the second factor once."""

    __tablename__ = "recovery_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    digest: Mapped[str]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInCode(Base):
    """Lets one person choose a secret, once. `renews_second_factor` takes the old second factor away."""

    __tablename__ = "sign_in_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    renews_second_factor: Mapped[bool] = mapped_column(default=False)


class WebSession(Base):
    """Somebody's browser. `level` says how it was opened: see `backoffice.sessions`.

    `code_id` is the code of a session in which a secret is being chosen.
    """

    __tablename__ = "web_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    level: Mapped[str]
    code_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in_code.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Tries(Base):
    """How often somebody tried to sign in since a moment; `key` is made of an account or an address, not readable."""

    __tablename__ = "tries"
    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
