"""Reporting sick (EFZG §5): taken at any time, answered at once. The manager hears "absent", HR gets the task."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backoffice import audit, leave_account, outbox, people, shifts, triage
from backoffice.database import lock
from backoffice.models import Employee, LeaveRequest, SickReport
from backoffice.outbox import Said
from backoffice.workdays import days_of, working_share

LATE_DAYS = 3  # reported later than that, the day is asked about
EARLY_DAYS = 7
LONGEST_DAYS = 42  # EFZG §3: six weeks
STAYS_OPEN_DAYS = 14  # a report without an end is taken to go on for so long
MENDED_WITHIN = timedelta(minutes=30)
SOON = timedelta(days=6)  # how far ahead shifts and leave are looked at while the end is not known


@dataclass(frozen=True)
class Reported:
    """What came of a report. `news`: new, changed or known.

    `given_back`: hundredths of leave, negative when they are taken again.
    `leave_waits`: there is leave in this time, and it is given back once the end is known.
    """

    report: SickReport
    news: str
    given_back: int
    leave_waits: bool


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "sickness.yml").read_text(encoding="utf-8"))
    return content


def says_well(text: str, *, language: str) -> bool:
    """Whether it says that nobody is ill, or no longer: "bin wieder gesund", "ich bin nicht krank"."""
    plain = " ".join(["", *re.findall(r"[^\W_]+", text.lower()), ""])
    return any(f" {phrase} " in plain for phrase in _words()["well"].get(language, []))


def says_illness(text: str) -> bool:
    """Whether it names an illness or the like, in whatever language; "krank" alone says nothing of the kind."""
    plain, known = text.lower().translate(triage.UMLAUTS), _illness()
    return any(pattern.search(plain) for pattern in known)


@cache
def _illness() -> tuple[re.Pattern[str], ...]:
    """A word, the beginning of a word, or anywhere in a word."""
    words = _words()["illness"]
    parts = {kind: "|".join(map(re.escape, words[kind])) for kind in ("whole", "begins", "inside")}
    frames = {"whole": r"\b(?:{})\b", "begins": r"\b(?:{})", "inside": "{}"}
    return tuple(re.compile(frames[kind].format(part)) for kind, part in parts.items())


def open_report(session: Session, employee: Employee, *, on: date) -> SickReport | None:
    """The person's report that covers the day or has no end yet."""
    rows = select(SickReport).where(
        SickReport.employee_id == employee.id,
        SickReport.first <= on,
        or_(SickReport.until.is_(None), SickReport.until >= on),
    )
    return session.scalars(rows.order_by(SickReport.first.desc())).first()


def just_reported(session: Session, employee: Employee, *, now: datetime) -> SickReport | None:
    """What the person has reported within the last minutes, and may want to mend."""
    rows = select(SickReport).where(SickReport.employee_id == employee.id, SickReport.reported_at > now - MENDED_WITHIN)
    return session.scalars(rows.order_by(SickReport.id.desc())).first()


def kind_in(text: str, *, language: str) -> str:
    """`child` when it is a child that is ill, else `self`. By language: "kind of sick" is nobody's child."""
    words = "|".join(map(re.escape, _words()["child"].get(language, [])))
    return "child" if words and re.search(rf"\b(?:{words})\b", text.lower()) else "self"


def doubt(*, first: date, until: date | None, today: date) -> Said | None:
    """What is unusual about the days and should be asked about; None when nothing is."""
    facts = {"first": first.isoformat(), "until": (until or first).isoformat()}
    if first < today - timedelta(days=LATE_DAYS):
        return Said("sickness.long_ago", {**facts, "ago": str((today - first).days)})
    if first > today + timedelta(days=EARLY_DAYS):
        return Said("sickness.far_ahead", {**facts, "ahead": str((first - today).days)})
    if until and (until - first).days >= LONGEST_DAYS:
        return Said("sickness.very_long", {**facts, "lasts": str((until - first).days + 1)})
    return None


def report(
    session: Session, employee: Employee, *, first: date, until: date | None, now: datetime, kind: str = "self"
) -> Reported:
    """File it, or change the open report that it goes on from, and tell those who must know that, not why.

    Days of approved vacation on which the person is ill are given back as soon as the end is known (BUrlG §9);
    a child's illness gives none back.
    """
    lock(session, employee)
    filed = _goes_on_from(session, employee, first=first, kind=kind)
    news, before = "changed", filed.until if filed else None
    if filed is None:
        news = "new"
        filed = SickReport(employee_id=employee.id, first=first, until=until, kind=kind, reported_at=now)
        session.add(filed)
    elif (min(filed.first, first), until) == (filed.first, filed.until):
        news = "known"
    filed.first, filed.until = min(filed.first, first), until
    session.flush()
    returned = _settle_leave(session, filed, before)
    subject = ("sick_report", filed.id)
    audit.write(session, "sickness.report", subject, by=employee, at=now, news=news, given_back=returned)
    if news != "known":
        _tell(session, employee, filed, news, now)
    if returned:
        facts = {"name": employee.name, "days": abs(returned)}
        for colleague in people.serving(session, "hr", at=now):
            key = "sickness.task_leave_back" if returned > 0 else "sickness.task_leave_again"
            outbox.post(session, colleague, Said(key, facts), now=now)
    waits = until is None and kind == "self" and bool(_leave(session, filed, max(first, now.date()) + SOON))
    return Reported(filed, news, returned, waits)


def _goes_on_from(session: Session, employee: Employee, *, first: date, kind: str) -> SickReport | None:
    """The report that this one prolongs: no working day lies between its end and the new beginning."""
    rows = select(SickReport).filter_by(employee_id=employee.id, kind=kind).order_by(SickReport.first.desc())
    known = session.scalars(rows).first()
    if known is None or first < known.first - timedelta(days=LATE_DAYS):
        return None
    if known.until is None:
        return known if first <= known.reported_at.date() + timedelta(days=STAYS_OPEN_DAYS) else None
    between = days_of(known.until + timedelta(days=1), first - timedelta(days=1))
    return None if any(working_share(employee, day) for day in between) else known


def _leave(session: Session, filed: SickReport, last: date) -> list[LeaveRequest]:
    """Approved vacation that touches the days from the report's first to `last`."""
    rows = select(LeaveRequest).where(
        LeaveRequest.employee_id == filed.employee_id,
        LeaveRequest.status == "approved",
        LeaveRequest.kind == "vacation",
        LeaveRequest.first <= last,
        LeaveRequest.last >= filed.first,
    )
    return list(session.scalars(rows))


def _settle_leave(session: Session, filed: SickReport, before: date | None) -> int:
    """Give back leave on days of illness, take it again on days that turned out well; hundredths given back, signed."""
    if filed.kind != "self" or filed.until is None:
        return 0
    well, last, returned = filed.until + timedelta(days=1), max(filed.until, before or filed.until), 0
    for request in _leave(session, filed, last):
        returned += leave_account.give_back(session, request, first=filed.first, last=filed.until)
        returned -= leave_account.take_again(session, request, first=well, last=last)
    return returned


def how_it_ends(filed: SickReport) -> str:
    """Which words fit: open, day (one only) or until."""
    return "open" if filed.until is None else "day" if filed.first == filed.until else "until"


def _tell(session: Session, employee: Employee, filed: SickReport, news: str, now: datetime) -> None:
    until = filed.until.isoformat() if filed.until else ""
    paper = "sickness.paper_agency" if employee.agency else f"sickness.paper_{filed.kind}_{news}"
    facts = {"name": employee.name, "first": filed.first.isoformat(), "until": until}
    ending = how_it_ends(filed)
    if manager := people.manager_at_work(session, employee, at=now):
        last = filed.until or max(filed.first, now.date()) + SOON
        ahead = shifts.of_days(session, employee, first=max(filed.first, now.date()), last=last)
        title = Said(f"sickness.shifts_{'until' if filed.until else 'open'}")
        card = shifts.card(title, ahead, zone=employee.site.zone) if ahead else None
        outbox.post(session, manager, Said(f"sickness.absent_{news}_{ending}", facts), now=now, card=card)
    for colleague in people.serving(session, "hr", at=now):
        said = Said(f"sickness.task_{news}_{ending}", {**facts, "paper": paper})
        outbox.post(session, colleague, said, now=now)
