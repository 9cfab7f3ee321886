"""Who is who."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, String, bindparam, cast, select, update
from sqlalchemy.orm import Session, joinedload

from backoffice import audit, spelling
from backoffice.clock import Clock
from backoffice.database import changed
from backoffice.errors import NotFound, RuleBroken
from backoffice.models import ApiToken, ChannelAccount, Employee, InboxEvent, Site, TalkState

QUEUES = ("it", "hr", "payroll", "operations")
"""The roles whose holders see to what others ask for."""

TOKEN_DAYS = 365
SHORTEST_NAME = 5  # letters, of a misspelt one: "many" is not Mandy
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i"})
_HOLDER = (  # every call of the API needs it
    select(ApiToken.employee_id, ApiToken.revoked_at, ApiToken.expires_at, Employee.starts, Employee.ends, Site.zone)
    .join(Employee, Employee.id == ApiToken.employee_id)
    .join(Site, Site.id == Employee.site_id)
    .where(ApiToken.digest == bindparam("digest"))
)


class AlreadyBound(RuleBroken):
    """The account speaks for somebody else."""


class HasLeft(RuleBroken):
    """The contract does not cover today: whatever they still hold opens nothing."""


def by_key(session: Session, key: str) -> Employee:
    """The employee with a key such as mara.lindt. Raises NotFound."""
    employee = session.scalar(select(Employee).filter_by(key=key))
    if employee is None:
        raise NotFound(key=key)
    return employee


def by_id(session: Session, employee_id: int) -> Employee:
    """Raises NotFound."""
    employee = session.get(Employee, employee_id)
    if employee is None:
        raise NotFound(key=str(employee_id))
    return employee


def at_work(session: Session, employee_id: int, *, clock: Clock) -> Employee:
    """The employee, if the contract covers today at the place of work. Raises NotFound, HasLeft."""
    employee = by_id(session, employee_id)
    if not works_here(employee, clock.today_in(employee.site.zone)):
        raise HasLeft(key=employee.key)
    return employee


def recognise(session: Session, channel: str, handle: str, *, clock: Clock) -> Employee | None:
    """Whose platform account this is; None for strangers and for people who have left."""
    account = session.scalar(select(ChannelAccount).filter_by(channel=channel, handle=handle))
    return _if_at_work(session, account.employee_id, clock) if account else None


def bind_account(session: Session, employee: Employee, *, channel: str, handle: str) -> None:
    """From now on this platform account speaks for this person. Raises AlreadyBound."""
    account = session.scalar(select(ChannelAccount).filter_by(channel=channel, handle=handle))
    if account and account.employee_id != employee.id:
        raise AlreadyBound(key=by_id(session, account.employee_id).key)
    if account is None:
        session.add(ChannelAccount(channel=channel, handle=handle, employee_id=employee.id))


def unbind_account(session: Session, *, channel: str, handle: str) -> None:
    """The account speaks for nobody any more. Raises NotFound."""
    account = session.scalar(select(ChannelAccount).filter_by(channel=channel, handle=handle))
    if account is None:
        raise NotFound(key=handle)
    session.delete(account)


def accounts(session: Session, employee: Employee) -> list[ChannelAccount]:
    """The platform accounts that speak for this person."""
    rows = select(ChannelAccount).filter_by(employee_id=employee.id).order_by(ChannelAccount.id)
    return list(session.scalars(rows))


def named(session: Session, words: Sequence[str]) -> list[Employee]:
    """Those whom plain words name, by first name, last name or both; none when a word is nobody's name."""
    found = []
    for one in session.scalars(select(Employee).order_by(Employee.id)):
        names = {part for name in (one.first_name, one.last_name) for part in name.lower().translate(UMLAUTS).split()}
        if set(words) <= names:
            found.append(one)
    return found


def last_talk(session: Session, employee: Employee, doors: Sequence[str]) -> TalkState | None:
    """The conversation through one of these doors in which the person spoke last."""
    if not doors:
        return None
    rows = (
        select(TalkState)
        .join(InboxEvent, InboxEvent.conversation == TalkState.id)
        .where(TalkState.employee_id == employee.id, TalkState.door.in_(doors))
        .order_by(InboxEvent.id.desc())
    )
    return session.scalars(rows.limit(1)).first()


def named_in(text: str, among: Sequence[Employee]) -> list[Employee]:
    """Those of them that a text names, also misspelt; whoever is named with more of the name comes before namesakes."""
    words = re.findall(r"[^\W\d_]{3,}", spelling.plain(text))
    names = {one.id: set(spelling.plain(one.name).split()) for one in among}
    known = set().union(*names.values())
    said = {word if word in known else spelling.meant(word, known, shortest=SHORTEST_NAME) for word in words}
    hits = {one.id: len(names[one.id] & said) for one in among}
    most = max(hits.values(), default=0)
    return [one for one in among if most and hits[one.id] == most]


def works_here(employee: Employee | Row[*tuple[Any, ...]], on: date) -> bool:
    """Whether the contract covers the day."""
    return bool(employee.starts <= on and (employee.ends is None or on <= employee.ends))


def is_at_work(employee: Employee, at: datetime) -> bool:
    """Whether the contract covers the day that it is then at the place of work."""
    return works_here(employee, at.astimezone(ZoneInfo(employee.site.zone)).date())


def manager_at_work(session: Session, employee: Employee, *, at: datetime) -> Employee | None:
    """The nearest manager above whose contract covers the day; None where nobody is left above."""
    above, passed = employee, {employee.id}
    while above.manager_id and above.manager_id not in passed:
        above = by_id(session, above.manager_id)
        passed.add(above.id)
        if is_at_work(above, at):
            return above
    return None


def heads(session: Session, *, at: datetime) -> list[Employee]:
    """Who leads the company: those at work who lead somebody and have nobody at work above them."""
    leads = select(Employee).where(Employee.id.in_(select(Employee.manager_id))).order_by(Employee.id)
    here = (one for one in session.scalars(leads).all() if is_at_work(one, at))
    return [one for one in here if manager_at_work(session, one, at=at) is None]


def leads_anybody(session: Session, employee: Employee) -> bool:
    """Whether somebody's manager."""
    return session.scalar(select(Employee.id).filter_by(manager_id=employee.id).limit(1)) is not None


def with_role(session: Session, role: str, *, at: datetime) -> list[Employee]:
    """Everybody at work who holds a role such as it, hr, payroll."""
    rows = select(Employee).where(cast(Employee.roles, String).contains(f'"{role}"')).order_by(Employee.id)
    return [one for one in session.scalars(rows) if role in one.roles and is_at_work(one, at)]


def serving(session: Session, role: str, *, at: datetime) -> list[Employee]:
    """Who sees to what goes to a role: its holders at work, and while there are none, whoever leads the company."""
    return with_role(session, role, at=at) or heads(session, at=at)


def queues_of(session: Session, employee: Employee, *, at: datetime) -> set[str]:
    """The queues that the person serves: those of the own roles, and for heads those that nobody else serves."""
    own = {queue for queue in QUEUES if queue in employee.roles}
    if manager_at_work(session, employee, at=at) or employee not in heads(session, at=at):
        return own
    return own | {queue for queue in QUEUES if not with_role(session, queue, at=at)}


def issue_token(session: Session, employee: Employee, *, now: datetime, days: int = TOKEN_DAYS) -> str:
    """A new bearer token for this person; shown once, kept as a digest."""
    token, ends = "kontor_" + secrets.token_urlsafe(32), now + timedelta(days=days)
    row = ApiToken(digest=_digest(token), employee_id=employee.id, issued_at=now, expires_at=ends)
    session.add(row)
    session.flush()  # the audit names it by its row
    facts = {"token": row.id, "days": days}
    audit.write(session, "people.issue_token", ("employee", employee.key), by=None, at=now, **facts)
    return token


def tokens(session: Session, employee: Employee | None = None) -> list[ApiToken]:
    """Everybody's tokens, or one person's, oldest first; those that have ended, too."""
    rows = select(ApiToken).options(joinedload(ApiToken.employee)).order_by(ApiToken.id)
    return list(session.scalars(rows.filter_by(employee_id=employee.id) if employee else rows))


def revoke_token(session: Session, token_id: int, *, now: datetime) -> ApiToken:
    """It opens nothing from now on; once more changes nothing. Raises NotFound."""
    row = session.get(ApiToken, token_id)
    if row is None:
        raise NotFound(key=str(token_id))
    revoking = update(ApiToken).where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
    if changed(session, revoking.values(revoked_at=now)):
        key = by_id(session, row.employee_id).key
        audit.write(session, "people.revoke_token", ("employee", key), by=None, at=now, token=token_id)
    session.refresh(row)
    return row


def token_state(token: ApiToken | Row[*tuple[Any, ...]], *, at: datetime) -> str:
    """valid, expired or revoked."""
    return "revoked" if token.revoked_at else "valid" if at < token.expires_at else "expired"


def by_token(session: Session, token: str, *, clock: Clock) -> int | None:
    """The id of whom a bearer token speaks for; None if it is unknown or has ended, or the person has left."""
    row = session.execute(_HOLDER, {"digest": _digest(token)}).one_or_none()
    if row is None or token_state(row, at=clock.now()) != "valid" or not works_here(row, clock.today_in(row.zone)):
        return None
    return int(row.employee_id)


def _if_at_work(session: Session, employee_id: int, clock: Clock) -> Employee | None:
    try:
        return at_work(session, employee_id, clock=clock)
    except HasLeft:
        return None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
