"""Sentences that were not understood, kept only where a works agreement allows it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.database import Base


class UnclearSentence(Base):
    """What was typed, masked, and what it could have meant. No person, no conversation, no time but the week.

    The id is random: it gives away no order, and so no time.
    """

    __tablename__ = "unclear_sentence"
    id: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(Date)
    """Its Monday."""
    language: Mapped[str]
    text: Mapped[str]
    guess: Mapped[str]
    """The likeliest intent."""
