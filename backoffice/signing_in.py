"""Who may sign in on the web and how: a code from people who know the person, then a secret, perhaps a second factor.

A name is the work address, the personnel number or the key. Whoever has neither a work address nor a role may choose a
PIN instead of a password; it opens what is the person's own and no page of a role.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from backoffice import audit, outbox, passwords, people, second_factor, sessions, tries
from backoffice.clock import Clock
from backoffice.database import changed, lock
from backoffice.errors import RuleBroken
from backoffice.models import Employee, Login, SignInCode
from backoffice.outbox import Said
from backoffice.sessions import Visit

ADMIN, HR = "admin", "hr"
ROLES = (*people.QUEUES, "kb", "works_council", ADMIN)
HANDED_OUT, AT_ONCE = timedelta(days=14), timedelta(hours=1)
CODE_LENGTH = 16  # 80 bits
MOST_FAILURES = 50  # in a row; NIST SP 800-63B allows up to 100


class AdminThere(RuleBroken):
    """There is an admin who can sign in: `key`."""


class NoSuchRole(RuleBroken):
    """There is no role of that name; `roles` are all there are."""


class NotInviter(RuleBroken):
    """Only admins give codes to people with a role; HR gives them to all others."""


class NoLongerOpen(RuleBroken):
    """The code was used or has expired meanwhile."""


@dataclass(frozen=True)
class Attempt:
    """What a secret is compared with, outside of any transaction; None where there is nothing."""

    account: str
    employee: int | None
    kept: str | None
    kind: str


@dataclass(frozen=True)
class Wanted:
    """What a person may choose, and the words that others know of them."""

    kind: str
    about: tuple[str, ...]


def by_name(session: Session, name: str, *, clock: Clock) -> Employee | None:
    """Whose name to sign in with this is; None for strangers, for people who have left, and if it fits two."""
    said = name.strip().lower()
    fits = or_(func.lower(Employee.email) == said, Employee.key == said, func.lower(Employee.number) == said)
    found = session.scalars(select(Employee).where(fits).limit(2)).all()
    if len(found) != 1 or not people.works_here(found[0], clock.today_in(found[0].site.zone)):
        return None
    return found[0]


def name_of(employee: Employee) -> str:
    """What the person is told to sign in as."""
    return employee.email or employee.number or employee.key


def kind_for(employee: Employee) -> str:
    """What this person chooses."""
    return passwords.PASSWORD if employee.email or employee.roles else passwords.PIN


def may_invite(by: Employee, employee: Employee) -> bool:
    """Admins whom they like; HR those who have no role, or a code would make HR an admin."""
    return ADMIN in by.roles or (HR in by.roles and not employee.roles)


def first_admin(session: Session, employee: Employee, *, now: datetime) -> str:
    """A code for the first admin, good for an hour. Raises AdminThere."""
    for other in people.with_role(session, ADMIN, at=now):
        if session.get(Login, other.id):
            raise AdminThere(key=other.key)
        other.roles = [role for role in other.roles if role != ADMIN]  # was named first and never came
        _void(session, other, now)
    employee.roles = [*employee.roles, ADMIN]
    audit.write(session, "signing_in.first_admin", ("employee", employee.key), by=None, at=now)
    return issue_code(session, employee, by=None, now=now, lasts=AT_ONCE)


def set_role(session: Session, employee: Employee, role: str, *, holds: bool, now: datetime) -> None:
    """The operator gives a role or takes it; it counts with the next request. Raises NoSuchRole.

    Whoever gets a role is signed out, and a code from before is void: HR may have given it, who could give none now.
    """
    if role not in ROLES:
        raise NoSuchRole(roles=ROLES)
    if holds and role not in employee.roles:
        _void(session, employee, now)
        sessions.end_all(session, employee)
    others = [one for one in employee.roles if one != role]
    employee.roles = [*others, role] if holds else others
    audit.write(session, "signing_in.role", ("employee", employee.key), by=None, at=now, role=role, holds=holds)


def issue_code(
    session: Session,
    employee: Employee,
    *,
    by: Employee | None,
    now: datetime,
    lasts: timedelta = HANDED_OUT,
    renews_second_factor: bool = False,
) -> str:
    """A code with which this person, once, chooses a secret; shown once. Older ones are void. Raises NotInviter.

    `by` is None for the operator. A person who can sign in already is told, at all doors.
    """
    if by and not (may_invite(by, employee) and (ADMIN in by.roles or not renews_second_factor)):
        raise NotInviter(key=employee.key)
    _void(session, employee, now)
    code = second_factor.random_code(CODE_LENGTH)
    row = SignInCode(digest=_digest(code), employee_id=employee.id, issued_at=now, expires_at=now + lasts)
    row.renews_second_factor = renews_second_factor
    session.add(row)
    until, whose = row.expires_at.isoformat(), ("employee", employee.key)
    audit.write(session, "signing_in.code", whose, by=by, at=now, until=until, second_factor=renews_second_factor)
    if session.get(Login, employee.id):
        said = Said("signing_in.told_code", {"name": by.name}) if by else Said("signing_in.told_code_operator")
        outbox.post(session, employee, said, now=now)
    return second_factor.readable(code, 4)


def redeem(session: Session, name: str, code: str, *, clock: Clock) -> str | None:
    """The token of a session in which a secret can be chosen; None when name and code do not belong together."""
    now, employee = clock.now(), by_name(session, name, clock=clock)
    row = session.scalar(select(SignInCode).filter_by(digest=_digest(code)))
    if employee is None or row is None or row.employee_id != employee.id or not _is_good(row, now):
        return None
    return sessions.open_for(session, employee, sessions.START, now=now, code=row.id)


def wanted(session: Session, visit: Visit) -> Wanted:
    """What the person of this visit chooses."""
    one = people.by_id(session, visit.employee)
    known = (one.name, one.email or "", one.key, one.number or "", one.site.name, one.department)
    return Wanted(kind_for(one), known)


def choose(session: Session, visit: Visit, secret: str, *, kind: str, now: datetime) -> str:
    """The first secret, or a new one, already hashed; signs in here and out everywhere else. Raises NoLongerOpen."""
    employee = people.by_id(session, visit.employee)
    row = session.get(SignInCode, visit.code or 0)
    using = update(SignInCode).where(SignInCode.id == (visit.code or 0), SignInCode.used_at.is_(None))
    if row is None or not _is_good(row, now) or not changed(session, using.values(used_at=now)):
        raise NoLongerOpen
    session.refresh(row)
    login = session.get(Login, employee.id)
    if login and row.renews_second_factor:
        second_factor.remove(session, login)
    had = login is not None
    login = _keep(session, employee, secret, kind=kind, now=now)
    if had:
        outbox.post(session, employee, Said(f"signing_in.told_{kind}"), now=now)
    sessions.end_all(session, employee)
    level = sessions.HALF if login.second_factor else kind
    return sessions.open_for(session, employee, level, now=now)


def attempt(session: Session, name: str, *, address: str, key: str, clock: Clock) -> Attempt:
    """Count the try, then say what the secret must fit. Raises TooManyTries."""
    employee = by_name(session, name, clock=clock)
    account = employee.key if employee else name.strip()
    tries.count(session, account=account, address=address, key=key, now=clock.now())
    login = session.get(Login, employee.id) if employee else None
    if login is None:
        return Attempt(account, None, None, passwords.PASSWORD)
    lock(session, login)
    login.failures += 1
    return Attempt(account, login.employee_id, login.secret if login.failures <= MOST_FAILURES else None, login.kind)


def shown(session: Session, made: Attempt, fitted: bool, *, key: str, now: datetime) -> Login | None:
    """Take down how an attempt ended; the login when the secret did fit and still counts."""
    login = session.get(Login, made.employee) if made.employee else None
    if login is None:
        return None
    lock(session, login)
    if not fitted or login.secret != made.kept:
        _refused(session, people.by_id(session, login.employee_id), login, now)
        return None
    login.failures = 0
    tries.forgive(session, account=made.account, key=key)
    return login


def enter(session: Session, made: Attempt, fitted: bool, *, key: str, now: datetime) -> str | None:
    """The token of a new session; None, and nothing else to be seen, when the secret did not fit."""
    login = shown(session, made, fitted, key=key, now=now)
    if login is None:
        return None
    employee = people.by_id(session, login.employee_id)
    level = sessions.HALF if login.second_factor else login.kind
    if level != sessions.HALF:
        _entered(session, employee, level, now)
    return sessions.open_for(session, employee, level, now=now)


def finish(session: Session, visit: Visit, code: str, *, address: str, key: str, now: datetime) -> str | None:
    """The second factor: the token of the session at its full level; None when it does not fit. Raises TooManyTries."""
    employee, login = people.by_id(session, visit.employee), session.get_one(Login, visit.employee)
    tries.count(session, account=f"second factor of {employee.key}", address=address, key=key, now=now)
    lock(session, login)
    by = second_factor.fits(session, login, code, key=key, now=now)
    if by is None:
        login.failures += 1
        _refused(session, employee, login, now)
        if login.failures >= MOST_FAILURES:
            sessions.end(session, visit)
        return None
    login.failures = 0
    tries.forgive(session, account=f"second factor of {employee.key}", key=key)
    if by == "recovery":
        left = second_factor.recovery_codes_left(session, employee)
        outbox.post(session, employee, Said("signing_in.told_recovery", {"left": left}), now=now)
    _entered(session, employee, by, now)
    return sessions.raise_level(session, visit, sessions.SECOND, now=now)


def change(session: Session, visit: Visit, secret: str, *, kind: str, now: datetime) -> str:
    """Another secret, already hashed, for whoever has just shown the old one; out everywhere else. The new token."""
    employee = people.by_id(session, visit.employee)
    _keep(session, employee, secret, kind=kind, now=now)
    outbox.post(session, employee, Said(f"signing_in.told_{kind}"), now=now)
    sessions.end_others(session, employee, visit)
    return sessions.raise_level(session, visit, visit.level if visit.level == sessions.SECOND else kind, now=now)


def sign_out_everywhere(session: Session, employee: Employee, *, by: Employee, now: datetime) -> None:
    """All browsers of this person; the person, or whoever may give codes. Raises NotInviter."""
    if by.id != employee.id and not may_invite(by, employee):
        raise NotInviter(key=employee.key)
    sessions.end_all(session, employee)
    audit.write(session, "signing_in.out_everywhere", ("employee", employee.key), by=by, at=now)


def nobody_can(session: Session, *, now: datetime) -> bool:
    """Whether no admin can sign in, so that nobody can be let in either."""
    return not any(session.get(Login, one.id) for one in people.with_role(session, ADMIN, at=now))


def state(session: Session, employee: Employee, *, now: datetime) -> str:
    """none, invited, locked, pin, password or second."""
    login = session.get(Login, employee.id)
    if login is None or login.failures >= MOST_FAILURES:
        codes = session.scalars(select(SignInCode).filter_by(employee_id=employee.id, used_at=None))
        return "invited" if any(_is_good(code, now) for code in codes) else "locked" if login else "none"
    return "second" if login.second_factor else login.kind


def invitable(session: Session, words: str, *, on: date, most: int) -> list[Employee]:
    """Whose contract has not ended and whose name or number the words name, by last name."""
    rows = select(Employee).where(or_(Employee.ends.is_(None), Employee.ends >= on))
    for word in words.lower().split():
        parts = (Employee.first_name, Employee.last_name, Employee.number, Employee.key)
        rows = rows.where(or_(*(func.lower(part).contains(word, autoescape=True) for part in parts)))
    return list(session.scalars(rows.order_by(Employee.last_name, Employee.first_name, Employee.id).limit(most)))


def _keep(session: Session, employee: Employee, secret: str, *, kind: str, now: datetime) -> Login:
    login = session.get(Login, employee.id)
    if login is None:
        login = Login(employee_id=employee.id, last_step=0)
        session.add(login)
    login.kind, login.secret, login.set_at, login.failures = kind, secret, now, 0
    audit.write(session, "signing_in.secret", ("employee", employee.key), by=employee, at=now, kind=kind)
    return login


def _refused(session: Session, employee: Employee, login: Login, now: datetime) -> None:
    audit.write(session, "signing_in.refused", ("employee", employee.key), by=None, at=now, failures=login.failures)
    if login.failures == MOST_FAILURES:
        outbox.post(session, employee, Said("signing_in.told_locked"), now=now)


def _entered(session: Session, employee: Employee, by: str, now: datetime) -> None:
    audit.write(session, "signing_in.enter", ("employee", employee.key), by=employee, at=now, level=by)


def _void(session: Session, employee: Employee, now: datetime) -> None:
    for code in session.scalars(select(SignInCode).filter_by(employee_id=employee.id, used_at=None)):
        code.expires_at = min(code.expires_at, now)


def _is_good(code: SignInCode, now: datetime) -> bool:
    return code.used_at is None and now < code.expires_at


def _digest(code: str) -> str:
    return hashlib.sha256(second_factor.as_typed(code).encode()).hexdigest()
