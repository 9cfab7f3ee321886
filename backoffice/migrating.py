"""Brings a database to the newest shape of the tables."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from backoffice.database import Database


def upgrade(database: Database, to: str = "head") -> None:
    """Run every migration that this database has not seen, up to one of them."""
    _run(database, lambda config: command.upgrade(config, to))


def make_revision(database: Database, message: str) -> None:
    """For developers: write down how the tables differ from the migrations."""
    _run(database, lambda config: command.revision(config, message=message, autogenerate=True))


def _run(database: Database, order) -> None:  # type: ignore[no-untyped-def]
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        order(config)
