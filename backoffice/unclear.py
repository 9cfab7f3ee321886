"""What to teach next, from sentences that were not understood; only where a works agreement allows it (BetrVG §87).

Nothing is kept of turns that may be about illness, pay, bank data or something told in confidence. Who said it is not
kept, nor when, but for the week; it is shown only among five that are alike, and gone after thirty days.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backoffice.models import Employee, UnclearSentence

KEPT = timedelta(days=30)
NEVER = {
    *("sick_report", "report_accident", "confidential_report", "privacy_request", "tax_document", "payday", "payslip"),
    *("salary_amount", "pay_explain", "pay_discrepancy", "payroll_change_bank", "benefits_insurance"),
    *("declare_parental_leave", "declare_part_time", "declare_resignation"),
}
"""Intents whose turns are never kept, not even when one of them is only the third likeliest."""
LOOKED_AT = 3
TOGETHER = 5  # fewer could be one person
ALIKE = 0.55  # cosine
SHORTEST_NAME = 3


@dataclass(frozen=True)
class Group:
    """Sentences of one language that are alike, and what most of them could have meant."""

    id: str
    language: str
    guess: str
    sentences: tuple[str, ...]


def note(session: Session, text: str, *, language: str, ranking: Sequence[str], today: date) -> None:
    """Keep a masked sentence that was not understood, without the names of colleagues; or do not."""
    if not ranking or NEVER.intersection(ranking[:LOOKED_AT]):
        return
    names = {
        name.casefold()
        for row in session.execute(select(Employee.first_name, Employee.last_name))
        for whole in row
        for name in whole.split()
        if len(name) >= SHORTEST_NAME
    }
    plain = re.sub(r"\w+", lambda found: "[name]" if found[0].casefold() in names else found[0], text)
    monday = today - timedelta(days=today.weekday())
    session.add(UnclearSentence(id=secrets.token_hex(8), week=monday, language=language, text=plain, guess=ranking[0]))


def forget(session: Session, *, now: datetime) -> None:
    """Let go of what is thirty days old, counted from the Monday of its week."""
    session.execute(delete(UnclearSentence).where(UnclearSentence.week < now.date() - KEPT))


def groups(session: Session, embed: Callable[[list[str]], np.ndarray]) -> list[Group]:
    """Groups of at least five different sentences that are alike, the largest first; each sentence in one of them."""
    rows: dict[tuple[str, str], UnclearSentence] = {}
    for row in session.scalars(select(UnclearSentence).order_by(UnclearSentence.id)):
        rows.setdefault((row.language, " ".join(row.text.casefold().split())), row)
    found = []
    for language in sorted({row.language for row in rows.values()}):
        those = [row for row in rows.values() if row.language == language]
        vectors = embed([row.text for row in those])
        near = vectors @ vectors.T >= ALIKE
        left = np.ones(len(those), dtype=bool)
        while (sizes := (near & left).sum(axis=1) * left).max() >= TOGETHER:
            members = near[int(sizes.argmax())] & left
            left &= ~members
            found.append(_group([row for row, is_in in zip(those, members, strict=True) if is_in]))
    return sorted(found, key=lambda group: (-len(group.sentences), group.id))


def _group(rows: list[UnclearSentence]) -> Group:
    guesses = [row.guess for row in rows]
    guess = max(sorted(set(guesses)), key=guesses.count)
    return Group(min(row.id for row in rows)[:6], rows[0].language, guess, tuple(row.text for row in rows))


def let_go(session: Session, texts: Iterable[str]) -> None:
    """They have been learned, or are not worth it."""
    session.execute(delete(UnclearSentence).where(UnclearSentence.text.in_(list(texts))))
