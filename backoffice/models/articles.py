"""Articles of the knowledge base, as they are now; every save keeps the text before it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.database import Base, UtcDateTime


class Article(Base):
    """`revision` grows with every save; twins in other languages share the `slug`."""

    __tablename__ = "article"
    __table_args__ = (UniqueConstraint("slug", "language"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    language: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    audience: Mapped[str] = mapped_column(default="everybody")
    names: Mapped[list[Any]] = mapped_column(JSON, default=list)
    valid_from: Mapped[date]
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))

    def as_of(self, zone: str) -> date:
        """The day whose state the text tells: when it became valid, or when it was changed after that, in a zone."""
        if self.changed_at is None:
            return self.valid_from
        return max(self.valid_from, self.changed_at.astimezone(ZoneInfo(zone)).date())


class ArticleRevision(Base):
    """What an article said before a save."""

    __tablename__ = "article_revision"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    revision: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
