"""The demo's hand-written lists, and dice that always fall the same way."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import insert
from sqlalchemy.orm import Session

from backoffice.database import Base

# The C loader reads these lists ten times faster; a PyYAML without libyaml has only the other.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def read(name: str) -> dict[str, Any]:
    """One list of this folder. Whoever reads it leaves it as it is."""
    content: dict[str, Any] = yaml.load(
        (Path(__file__).parent / f"{name}.yml").read_text(encoding="utf-8"), Loader=_LOADER
    )
    return content


def dice(topic: str, key: str) -> random.Random:
    """Falls alike in every seeding; one more person changes nothing for the others."""
    return random.Random(f"{topic} {key}")


def put(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Many rows at once, past the unit of work: thousands in a fraction of a second."""
    session.execute(insert(Base.metadata.tables[model.__tablename__]), rows)


def put_numbered(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> list[int]:
    """The same, and the ids that the database gave, in the order of the rows."""
    table = Base.metadata.tables[model.__tablename__]
    return list(session.scalars(insert(table).returning(table.c.id, sort_by_parameter_order=True), rows))
