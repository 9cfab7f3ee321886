"""The second factor: six digits that change every 30 seconds (TOTP, RFC 6238), and codes for when the phone is gone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backoffice import audit
from backoffice.database import changed
from backoffice.models import Employee, Login, RecoveryCode

STEP_S = 30
STEPS_OFF = 1  # the phone's clock may be this many steps early or late
RECOVERY_CODES = 10
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter looks like a figure
LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


def offer(session: Session, login: Login, *, key: str) -> str:
    """The key that waits to be confirmed, the same until it is; base32, for an app or its QR code."""
    offered = _open(login.offered, key)
    if offered is None:
        offered = pyotp.random_base32()
        login.offered = _box(key).encrypt(offered.encode()).decode()
    return offered


def address(offered: str, employee: Employee) -> str:
    """What the QR code says (otpauth://…)."""
    return pyotp.TOTP(offered).provisioning_uri(name=employee.email or employee.key, issuer_name="Kontor")


def confirm(
    session: Session, login: Login, employee: Employee, code: str, *, key: str, now: datetime
) -> list[str] | None:
    """From now on the offered key counts; the new recovery codes, shown once. None when the digits do not fit."""
    offered = _open(login.offered, key)
    step = _step_of(offered, code, now) if offered else None
    if step is None:
        return None
    login.second_factor, login.offered, login.last_step = login.offered, None, step
    audit.write(session, "signing_in.second_factor", ("employee", employee.key), by=employee, at=now, on=True)
    return new_recovery_codes(session, employee, key=key, now=now)


def new_recovery_codes(session: Session, employee: Employee, *, key: str, now: datetime) -> list[str]:
    """Ten new ones; the old ones are good for nothing."""
    session.execute(delete(RecoveryCode).filter_by(employee_id=employee.id))
    codes = [readable(random_code(10), 5) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(employee_id=employee.id, digest=_digest(code, key)) for code in codes)
    audit.write(session, "signing_in.recovery_codes", ("employee", employee.key), by=employee, at=now)
    return codes


def recovery_codes_left(session: Session, employee: Employee) -> int:
    """How many were not used yet."""
    rows = select(RecoveryCode).filter_by(employee_id=employee.id, used_at=None)
    return len(session.scalars(rows).all())


def fits(session: Session, login: Login, code: str, *, key: str, now: datetime) -> str | None:
    """`totp` or `recovery` when the code is right, and from now on it is used up; else None."""
    secret = _open(login.second_factor, key)
    step = _step_of(secret, code, now) if secret else None
    if step is not None:
        newer = update(Login).where(Login.employee_id == login.employee_id, Login.last_step < step)
        return "totp" if changed(session, newer.values(last_step=step)) else None
    unused = update(RecoveryCode).where(
        RecoveryCode.employee_id == login.employee_id,
        RecoveryCode.digest == _digest(code, key),
        RecoveryCode.used_at.is_(None),
    )
    return "recovery" if changed(session, unused.values(used_at=now)) else None


def remove(session: Session, login: Login) -> None:
    """Nothing counts any more; a new one can be set up."""
    login.second_factor, login.offered = None, None
    session.execute(delete(RecoveryCode).filter_by(employee_id=login.employee_id))


def random_code(length: int) -> str:
    """Five bits a character."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def readable(code: str, group: int) -> str:
    """In groups, as people copy it."""
    return "-".join(code[start : start + group] for start in range(0, len(code), group))


def as_typed(code: str) -> str:
    """What was meant, however it was copied from paper."""
    return "".join(letter for letter in code.upper().translate(LOOK_ALIKE) if letter in ALPHABET)


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    digits, current = "".join(code.split()), int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    for step in range(current - STEPS_OFF, current + STEPS_OFF + 1):
        if hmac.compare_digest(totp.at(step * STEP_S).encode(), digits.encode()):
            return step
    return None


def _digest(code: str, key: str) -> str:
    return hmac.new(key.encode(), as_typed(code).encode(), hashlib.sha256).hexdigest()


def _box(key: str) -> Fernet:
    made = hmac.new(key.encode(), b"kontor second factor", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(made))


def _open(boxed: str | None, key: str) -> str | None:
    """None also when it was locked away with another key: a changed KONTOR_SESSION_KEY."""
    try:
        return _box(key).decrypt(boxed).decode() if boxed else None
    except InvalidToken:
        return None
