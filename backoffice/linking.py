"""A platform account belongs to nobody until it is proven: by a code from the signed-in page or from a work mail."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from backoffice import audit, mails, outbox, people
from backoffice.clock import Clock
from backoffice.database import changed
from backoffice.errors import NotFound
from backoffice.models import ChannelAccount, Employee, LinkAttempt, LinkCode
from backoffice.outbox import Said

CODE_BYTES = 16
CODE = re.compile(r"[0-9a-f]{32}")
ADDRESS = re.compile(r"[^\s@<>|:,;()]+@[^\s@<>|:,;()]+\.[a-z]{2,}", re.IGNORECASE)
CODE_LIFE, WINDOW, KEPT = timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)
WRONG_TRIES, ASKS, CODES = 5, 5, 3
"""In an hour: wrong codes of an account, addresses that an account names, codes by mail to a person."""

CONNECTED, WRONG, TOO_MANY = "linking.connected", "linking.wrong", "linking.too_many"
ALREADY, OTHERS, SENT, PARTED = "linking.already", "linking.others", "linking.sent", "linking.parted"


def code_in(text: str) -> str | None:
    """The code, if the text is one and nothing else."""
    plain = text.strip().lower()
    return plain if CODE.fullmatch(plain) else None


def address_in(text: str) -> str | None:
    """The one mail address that a text names."""
    found = ADDRESS.findall(text)
    return found[0].lower() if len(found) == 1 else None


def offer(session: Session, employee: Employee, *, now: datetime) -> str:
    """A code for whoever is signed in on the page; an older one from there ends. Shown once, kept as a digest."""
    older = (LinkCode.employee_id == employee.id, LinkCode.way == "web", LinkCode.used_at.is_(None))
    session.execute(delete(LinkCode).where(*older))
    audit.write(session, "linking.offer", ("employee", employee.key), by=employee, at=now)
    return _code(session, employee, "web", now=now)


def ask_by_mail(session: Session, address: str, *, channel: str, handle: str, key: str, clock: Clock) -> str:
    """A stranger names a work address: what is said is always the same, whether anybody has it or not.

    The mail goes to the address that is on file, and its code connects this account only.
    """
    now = clock.now()
    if _before(session, key) or _count(session, channel, handle, "ask", now=now) >= ASKS:
        return SENT
    _note(session, key, channel=channel, handle=handle, kind="ask", outcome=SENT, now=now)
    holders = session.scalars(select(Employee).where(func.lower(Employee.email) == address)).all()
    if len(holders) != 1 or not people.is_at_work(holders[0], now):
        return SENT
    (holder,) = holders
    recent = select(func.count(LinkCode.id)).filter_by(employee_id=holder.id, way="mail")
    if (session.scalar(recent.where(LinkCode.created_at > now - WINDOW)) or 0) < CODES:
        code = _code(session, holder, "mail", channel=channel, handle=handle, now=now)
        facts = {"name": holder.first_name, "code": code, "channel": f"linking.channel_{channel}"}
        mails.post(session, holder, "linking.mail_code", now=now, life=CODE_LIFE, facts=facts)
        audit.write(session, "linking.mail_code", ("employee", holder.key), by=None, at=now, channel=channel)
    return SENT


def redeem(session: Session, code: str, *, channel: str, handle: str, key: str, clock: Clock) -> str:
    """Somebody writes a code in a private chat; says what came of it. The person hears of it elsewhere, too."""
    now = clock.now()
    if earlier := _before(session, key):
        return earlier
    if _count(session, channel, handle, "try", now=now, outcome=WRONG) >= WRONG_TRIES:
        return TOO_MANY
    outcome = _redeemed(session, code, channel=channel, handle=handle, clock=clock)
    _note(session, key, channel=channel, handle=handle, kind="try", outcome=outcome, now=now)
    return outcome


def _redeemed(session: Session, code: str, *, channel: str, handle: str, clock: Clock) -> str:
    now = clock.now()
    row = session.scalar(select(LinkCode).filter_by(digest=_digest(code)))
    if row is None or row.used_at or row.expires_at <= now or row.handle not in (None, handle):
        return WRONG
    if row.channel not in (None, channel):
        return WRONG
    holder = people.by_id(session, row.employee_id)
    if not people.is_at_work(holder, now):
        return WRONG
    account = session.scalar(select(ChannelAccount).filter_by(channel=channel, handle=handle))
    if account:
        return ALREADY if account.employee_id == holder.id else OTHERS
    using = update(LinkCode).where(LinkCode.id == row.id, LinkCode.used_at.is_(None))
    if not changed(session, using.values(used_at=now)):
        return WRONG
    people.bind_account(session, holder, channel=channel, handle=handle)
    _tell(session, holder, "connected", channel, now=now)
    audit.write(session, "linking.connect", ("employee", holder.key), by=holder, at=now, channel=channel, way=row.way)
    return CONNECTED


def part(session: Session, *, channel: str, handle: str, key: str, now: datetime) -> str | None:
    """The account itself asks to be disconnected; None when it is nobody's and never asked that before."""
    if earlier := _before(session, key):
        return earlier
    account = session.scalar(select(ChannelAccount).filter_by(channel=channel, handle=handle))
    if account is None:
        return None
    _note(session, key, channel=channel, handle=handle, kind="part", outcome=PARTED, now=now)
    _disconnect(session, people.by_id(session, account.employee_id), account, now=now)
    return PARTED


def disconnect(session: Session, employee: Employee, account_id: int, *, now: datetime) -> None:
    """From the page: one of the person's own accounts. Raises NotFound for all others."""
    account = session.get(ChannelAccount, account_id)
    if account is None or account.employee_id != employee.id:
        raise NotFound(key=str(account_id))
    _disconnect(session, employee, account, now=now)


def forget(session: Session, *, now: datetime) -> None:
    """Codes and tries of more than a day ago."""
    session.execute(delete(LinkCode).where(LinkCode.created_at < now - KEPT))
    session.execute(delete(LinkAttempt).where(LinkAttempt.at < now - KEPT))


def _disconnect(session: Session, employee: Employee, account: ChannelAccount, *, now: datetime) -> None:
    channel = account.channel
    people.unbind_account(session, channel=channel, handle=account.handle)
    session.flush()
    _tell(session, employee, "parted", channel, now=now)
    audit.write(session, "linking.disconnect", ("employee", employee.key), by=employee, at=now, channel=channel)


def _tell(session: Session, employee: Employee, what: str, channel: str, *, now: datetime) -> None:
    """By mail, and where the person talked last: the newest account may not be theirs."""
    facts = {"channel": f"linking.channel_{channel}"}
    doors = sorted({account.channel for account in people.accounts(session, employee)})
    talk = people.last_talk(session, employee, doors)
    said = Said(f"linking.told_{what}", facts)
    outbox.post(session, employee, said, now=now, conversation=talk.id if talk else None)
    mails.post(session, employee, f"linking.mail_{what}", now=now, facts={**facts, "name": employee.first_name})


def _code(
    session: Session,
    holder: Employee,
    way: str,
    *,
    now: datetime,
    channel: str | None = None,
    handle: str | None = None,
) -> str:
    code = secrets.token_hex(CODE_BYTES)
    row = LinkCode(digest=_digest(code), employee_id=holder.id, way=way, channel=channel, handle=handle)
    row.created_at, row.expires_at = now, now + CODE_LIFE
    session.add(row)
    return code


def _before(session: Session, key: str) -> str | None:
    return session.scalar(select(LinkAttempt.outcome).filter_by(key=key))


def _count(session: Session, channel: str, handle: str, kind: str, *, now: datetime, outcome: str | None = None) -> int:
    rows = select(func.count(LinkAttempt.id)).filter_by(channel=channel, handle=handle, kind=kind)
    rows = rows.filter_by(outcome=outcome) if outcome else rows
    return session.scalar(rows.where(LinkAttempt.at > now - WINDOW)) or 0


def _note(session: Session, key: str, *, channel: str, handle: str, kind: str, outcome: str, now: datetime) -> None:
    session.add(LinkAttempt(key=key, channel=channel, handle=handle, kind=kind, outcome=outcome, at=now))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
