"""The database: SQLite in one file, or PostgreSQL by URL; the same code for both."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, Update, create_engine, event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always UTC. Refuses naive values; SQLite would hand them back without their zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class Base(DeclarativeBase):
    """Parent of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """Hands out transactions; nobody else commits."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        # What people typed is among the parameters: an error that somebody logs must not repeat them.
        self.engine = create_engine(self.url, pool_pre_ping=not self.is_sqlite, hide_parameters=True)
        if self.is_sqlite:
            _prepare_sqlite(self.engine)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        event.listen(self._sessions, "loaded_as_persistent", _keep)
        # One writer at a time inside a process, so that threads queue here and not in SQLite's busy handler.
        self._turnstile = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def transaction(self, *, lasting: bool = True) -> Iterator[Session]:
        """One unit of work: committed when the block ends, rolled back when it raises.

        Without `lasting` the block does not wait for the disk: should the machine lose its power (the process may die),
        the work can be gone. The next lasting transaction, of whatever process, takes it to the disk too.
        """
        with self._turnstile, self._sessions.begin() as session:
            if not lasting:
                if self.is_sqlite:
                    session.connection(execution_options={"synchronous": "NORMAL"})
                else:
                    session.execute(text("SET LOCAL synchronous_commit TO off"))
            yield session


def _keep(session: Session, row: object) -> None:
    """A session forgets what nobody holds, and would read it again; a unit of work reads it once."""
    session.info.setdefault("kept", []).append(row)


def lock(session: Session, row: Base) -> None:
    """The row as it is now; nobody else changes it until the transaction ends. SQLite has one writer anyhow."""
    if session.get_bind().dialect.name != "sqlite":
        session.flush()  # what was changed here before is not read away
        session.refresh(row, with_for_update={"of": type(row), "key_share": True})


def alone(session: Session, what: str) -> None:
    """Nobody else gets past here with the same words until the transaction ends. SQLite has one writer anyhow."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def changed(session: Session, statement: Update) -> bool:
    """Run an UPDATE whose WHERE is the condition; whether it applied. Of many at once, one hears True."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return bool(getattr(result, "rowcount", 0))


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        synchronous = connection.get_execution_options().get("synchronous", "FULL")
        # A deferred transaction that turns into a writer fails at once with "database is locked". Said to the driver
        # itself: SQLAlchemy's way takes longer than SQLite does.
        connection.connection.dbapi_connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.connection.dbapi_connection.execute("BEGIN IMMEDIATE")
