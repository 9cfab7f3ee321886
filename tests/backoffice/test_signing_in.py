"""Codes, secrets, sessions and second factors, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from backoffice import demo, passwords, people, second_factor, sessions, signing_in, tries
from backoffice.clock import Clock
from backoffice.models import AuditEntry, Employee, Login, OutboxMessage, RecoveryCode, SignInCode, WebSession
from backoffice.sessions import Visit
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
KEY = "a secret of the tests, long enough to pass"
GOOD = "Kaffeetasse blau sieben"
IDLE = timedelta(minutes=15)


class Stopped(Clock):
    """Half past nine on the demo day, or later."""

    def now(self) -> datetime:
        return NOW + self.ahead


CLOCK = Stopped(demo.TODAY)


def later(**duration: float) -> Clock:
    return Stopped(demo.TODAY, timedelta(**duration))


def visit(session: Session, token: str | None, clock: Clock = CLOCK) -> Visit:
    assert token is not None
    found = sessions.find(session, token, clock=clock, idle=IDLE, active=True)
    assert found is not None
    return found


def is_open(session: Session, token: str, clock: Clock, *, active: bool = False) -> bool:
    return sessions.find(session, token, clock=clock, idle=IDLE, active=active) is not None


def with_secret(session: Session, one: Employee, secret: str = GOOD) -> str:
    """A person who has just chosen a secret; the token of her session."""
    code = signing_in.issue_code(session, one, by=None, now=NOW)
    started = visit(session, signing_in.redeem(session, one.key, code, clock=CLOCK))
    kind = signing_in.kind_for(one)
    return signing_in.choose(session, started, passwords.hashed(secret, kind=kind), kind=kind, now=NOW)


def try_in(session: Session, name: str, secret: str, clock: Clock = CLOCK) -> str | None:
    made = signing_in.attempt(session, name, address="192.0.2.1", key=KEY, clock=clock)
    fitted = passwords.fits(made.kept, secret, kind=made.kind)
    return signing_in.enter(session, made, fitted, key=KEY, now=clock.now())


def told(session: Session, one: Employee) -> list[str]:
    rows = session.query(OutboxMessage).filter_by(employee_id=one.id).order_by(OutboxMessage.id)
    return [key for row in rows if (key := row.said["text"]["key"]).startswith("signing_in.")]


def audited(session: Session, one: Employee) -> list[tuple[str, str | None]]:
    rows = session.query(AuditEntry).filter_by(subject_id=one.key).order_by(AuditEntry.id)
    return [(row.verb, row.actor) for row in rows if row.verb.startswith("signing_in.")]


@pytest.mark.parametrize("name", ["mara.lindt", " Mara.Lindt@Nordstern.example ", "number"])
def test_a_person_signs_in_by_key_address_or_number(session: Session, mara: Employee, name: str) -> None:
    with_secret(session, mara)
    token = try_in(session, mara.number or "" if name == "number" else name, GOOD)
    assert visit(session, token).employee == mara.id
    assert visit(session, token).level == sessions.PASSWORD


@pytest.mark.parametrize(
    ("name", "secret"),
    [("mara.lindt", "Kaffeetasse blau acht"), ("nobody.there", GOOD), ("jonas.weber", GOOD), ("", ""), ("%", GOOD)],
)
def test_a_wrong_secret_a_stranger_and_one_without_access_do_not_get_in(
    session: Session, mara: Employee, name: str, secret: str
) -> None:
    with_secret(session, mara)
    assert try_in(session, name, secret) is None


@pytest.mark.parametrize("left", [False, True])
def test_who_has_left_does_not_get_in_and_is_out_at_once(session: Session, mara: Employee, left: bool) -> None:
    token = with_secret(session, mara)
    if left:
        mara.ends = demo.TODAY - timedelta(days=1)
        session.flush()
    assert is_open(session, token, CLOCK) is not left
    assert (try_in(session, "mara.lindt", GOOD) is None) is left
    code = signing_in.issue_code(session, mara, by=None, now=NOW)
    assert (signing_in.redeem(session, "mara.lindt", code, clock=CLOCK) is None) is left


def test_nothing_that_is_kept_opens_anything(session: Session, mara: Employee) -> None:
    code = signing_in.issue_code(session, mara, by=None, now=NOW)
    token = signing_in.redeem(session, mara.key, code, clock=CLOCK)
    kept = [session.query(SignInCode).one().digest, session.query(WebSession).one().digest]
    assert signing_in.redeem(session, mara.key, kept[0], clock=CLOCK) is None
    assert not is_open(session, kept[1], CLOCK)
    assert is_open(session, str(token), CLOCK)
    with_secret(session, mara)
    assert session.get_one(Login, mara.id).secret.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_code_is_for_one_person_once_and_not_for_ever(session: Session, mara: Employee) -> None:
    code = signing_in.issue_code(session, mara, by=None, now=NOW)
    assert signing_in.redeem(session, "jonas.weber", code, clock=CLOCK) is None
    assert signing_in.redeem(session, "mara.lindt", code, clock=later(days=14)) is None
    copied = code.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    first, second = (signing_in.redeem(session, mara.key, one, clock=CLOCK) for one in (copied, code))
    kept = passwords.hashed(GOOD, kind=passwords.PASSWORD)
    both = visit(session, first), visit(session, second)
    assert {one.level for one in both} == {sessions.START}
    signing_in.choose(session, both[0], kept, kind=passwords.PASSWORD, now=NOW)
    with pytest.raises(signing_in.NoLongerOpen):
        signing_in.choose(session, both[1], kept, kind=passwords.PASSWORD, now=NOW)
    assert signing_in.redeem(session, mara.key, code, clock=CLOCK) is None


def test_a_newer_code_makes_the_older_one_void(session: Session, mara: Employee) -> None:
    old, new = (signing_in.issue_code(session, mara, by=None, now=NOW) for _ in range(2))
    assert signing_in.redeem(session, mara.key, old, clock=CLOCK) is None
    assert signing_in.redeem(session, mara.key, new, clock=CLOCK) is not None


@pytest.mark.parametrize(
    ("by", "roles", "renews", "allowed"),
    [
        ("admin", ["it"], True, True), ("admin", [], True, True), ("hr", [], False, True), ("hr", [], True, False),
        ("hr", ["kb"], False, False), ("hr", ["admin"], False, False), ("it", [], False, False),
        ("kb", [], False, False),
    ],
)  # fmt: skip
def test_admins_give_codes_to_all_and_hr_to_those_without_a_role(
    session: Session, mara: Employee, by: str, roles: list[str], renews: bool, allowed: bool
) -> None:
    petra = employee(session, "petra.roth")
    petra.roles, mara.roles = [by], roles
    if allowed:
        assert signing_in.issue_code(session, mara, by=petra, now=NOW, renews_second_factor=renews)
    else:
        with pytest.raises(signing_in.NotInviter):
            signing_in.issue_code(session, mara, by=petra, now=NOW, renews_second_factor=renews)
    assert audited(session, mara) == ([("signing_in.code", "petra.roth")] if allowed else [])


def test_whoever_could_sign_in_already_is_told_of_a_code_and_of_a_new_secret(session: Session, mara: Employee) -> None:
    petra = employee(session, "petra.roth")
    signing_in.issue_code(session, mara, by=petra, now=NOW)
    assert told(session, mara) == []
    token = with_secret(session, mara)
    assert told(session, mara) == []
    code = signing_in.issue_code(session, mara, by=petra, now=NOW)
    started = visit(session, signing_in.redeem(session, mara.key, code, clock=CLOCK))
    kept = passwords.hashed("Regenschirm am Montag", kind=passwords.PASSWORD)
    signing_in.choose(session, started, kept, kind=passwords.PASSWORD, now=NOW)
    assert told(session, mara) == ["signing_in.told_code", "signing_in.told_password"]
    assert not is_open(session, token, CLOCK)
    assert try_in(session, "mara.lindt", GOOD) is None
    assert try_in(session, "mara.lindt", "Regenschirm am Montag")
    signing_in.issue_code(session, mara, by=None, now=NOW)
    assert told(session, mara)[-1] == "signing_in.told_code_operator"


def test_the_first_admin_is_the_only_one_that_the_operator_makes(session: Session, mara: Employee) -> None:
    petra = employee(session, "petra.roth")
    assert signing_in.nobody_can(session, now=NOW)
    never_used = signing_in.first_admin(session, petra, now=NOW)
    code = signing_in.first_admin(session, mara, now=NOW)
    assert ("admin" in petra.roles, "admin" in mara.roles) == (False, True)
    assert signing_in.redeem(session, "petra.roth", never_used, clock=CLOCK) is None
    assert signing_in.redeem(session, "mara.lindt", code, clock=later(hours=1)) is None
    assert signing_in.nobody_can(session, now=NOW)
    with_secret(session, mara)
    assert not signing_in.nobody_can(session, now=NOW)
    with pytest.raises(signing_in.AdminThere) as refused:
        signing_in.first_admin(session, petra, now=NOW)
    assert refused.value.facts == {"key": "mara.lindt"}


def test_who_has_neither_mail_nor_role_has_a_pin_for_what_is_her_own(session: Session) -> None:
    oksana = employee(session, "oksana.koval")
    assert (oksana.email, oksana.roles, signing_in.kind_for(oksana)) == (None, [], passwords.PIN)
    with_secret(session, oksana, "483920")
    assert visit(session, try_in(session, oksana.number or "", "48 39 20")).level == sessions.PIN
    oksana.roles = ["hr"]
    assert signing_in.kind_for(oksana) == passwords.PASSWORD


@pytest.mark.parametrize(
    ("secret", "kind", "error"),
    [
        ("Kaffeetasse", "password", "TooShort"), ("x" * 129, "password", "TooLong"),
        ("password1234", "password", "TooEasy"), ("aaaaaaaaaaaaaaaa", "password", "TooEasy"),
        ("qwertzuiopasdf", "password", "TooEasy"), ("qwertyuiop123", "password", "TooEasy"),
        ("maralindt2026", "password", "TooEasy"), ("Kaffeetasse blau sieben", "password", None),
        ("Samara im Regen", "password", None), ("пароль для склада", "password", None), ("12345", "pin", "NoPin"),
        ("4839201736251", "pin", "NoPin"), ("48392a", "pin", "NoPin"), ("٤٨٣٩٢٠", "pin", "NoPin"),
        ("111111", "pin", "TooEasy"), ("123456", "pin", "TooEasy"), ("987654", "pin", "TooEasy"),
        ("121212", "pin", "TooEasy"), ("123123", "pin", "TooEasy"), ("100429", "pin", "TooEasy"),
        ("483920", "pin", None),
    ],
)  # fmt: skip
def test_what_is_guessed_early_is_not_chosen(secret: str, kind: str, error: str | None) -> None:
    about = ("Mara Lindt", "mara.lindt@nordstern.example", "10042", "Hamburg")
    if error is None:
        passwords.check(secret, kind=kind, about=about)
    else:
        with pytest.raises(getattr(passwords, error)):
            passwords.check(secret, kind=kind, about=about)


def test_a_secret_that_is_changed_while_it_is_compared_opens_nothing(session: Session, mara: Employee) -> None:
    with_secret(session, mara)
    made = signing_in.attempt(session, "mara.lindt", address="192.0.2.1", key=KEY, clock=CLOCK)
    with_secret(session, mara, "Regenschirm am Montag")
    assert signing_in.enter(session, made, True, key=KEY, now=NOW) is None


@pytest.mark.parametrize("idle_minutes", [1, 600])
def test_a_quarter_of_an_hour_is_left_to_choose_a_secret(session: Session, mara: Employee, idle_minutes: int) -> None:
    token = signing_in.redeem(session, mara.key, signing_in.issue_code(session, mara, by=None, now=NOW), clock=CLOCK)
    idle = timedelta(minutes=idle_minutes)
    for minutes, is_open in ((14, True), (15, False)):
        found = sessions.find(session, str(token), clock=later(minutes=minutes), idle=idle, active=True)
        assert (found is not None) is is_open


def test_umlauts_fit_however_the_keyboard_writes_them() -> None:
    kept = passwords.hashed("Übermut tut selten gut", kind="password")
    assert passwords.fits(kept, "U\N{COMBINING DIAERESIS}bermut tut selten gut", kind="password")
    assert not passwords.fits(kept, "Ubermut tut selten gut", kind="password")
    assert not passwords.fits(None, "nobody's", kind="password")


def test_ten_tries_in_a_quarter_of_an_hour_whatever_the_name(session: Session, mara: Employee) -> None:
    with_secret(session, mara)
    for name in ("mara.lindt", "nobody.there"):
        for _ in range(tries.MOST["account"]):
            assert try_in(session, name, "wrong") is None
        with pytest.raises(tries.TooManyTries) as refused:
            try_in(session, name.upper(), GOOD)
        assert refused.value.facts == {"until": (NOW + tries.WINDOW).isoformat()}
    assert try_in(session, "mara.lindt", GOOD, later(minutes=16))
    for _ in range(tries.MOST["account"]):
        assert try_in(session, "mara.lindt", GOOD, later(minutes=17))


def test_an_address_has_a_hundred_tries_for_all_names_together(session: Session) -> None:
    def count(number: int, address: str) -> None:
        tries.count(session, account=f"name {number}", address=address, key=KEY, now=NOW)

    for number in range(100):
        count(number, f"2001:db8::{number:x}")
    with pytest.raises(tries.TooManyTries):
        count(1000, "2001:db8::ffff")
    count(1000, "2001:db8:0:1::1")
    tries.forget(session, now=NOW + tries.WINDOW)
    count(1001, "2001:db8::ffff")


def test_fifty_wrong_secrets_in_a_row_lock_until_there_is_a_new_code(session: Session, mara: Employee) -> None:
    with_secret(session, mara)
    login = session.get_one(Login, mara.id)
    login.failures = signing_in.MOST_FAILURES - 1
    assert try_in(session, "mara.lindt", "wrong") is None
    assert try_in(session, "mara.lindt", GOOD) is None
    assert (told(session, mara), signing_in.state(session, mara, now=NOW)) == (["signing_in.told_locked"], "locked")
    with_secret(session, mara)
    assert (try_in(session, "mara.lindt", GOOD) is None, login.failures) == (False, 0)


def test_a_session_ends_when_idle_after_half_a_day_and_by_signing_out(session: Session, mara: Employee) -> None:
    token = with_secret(session, mara)
    assert is_open(session, token, later(minutes=14))  # a page that asks by itself keeps nothing open
    assert not is_open(session, token, later(minutes=15, seconds=1))
    for minutes in range(0, 12 * 60, 10):
        assert is_open(session, token, later(minutes=minutes), active=True)
    assert not is_open(session, token, later(hours=12, seconds=1))
    one, other = (str(try_in(session, "mara.lindt", GOOD)) for _ in range(2))
    sessions.end(session, visit(session, one))
    assert (is_open(session, one, CLOCK), is_open(session, other, CLOCK)) == (False, True)
    signing_in.sign_out_everywhere(session, mara, by=mara, now=NOW)
    assert not is_open(session, other, CLOCK)
    with pytest.raises(signing_in.NotInviter):
        signing_in.sign_out_everywhere(session, mara, by=employee(session, "jonas.weber"), now=NOW)
    sessions.forget(session, now=NOW + sessions.LONGEST)
    assert session.query(WebSession).count() == 0


def with_second_factor(session: Session, one: Employee) -> tuple[pyotp.TOTP, list[str]]:
    with_secret(session, one)
    login = session.get_one(Login, one.id)
    totp = pyotp.TOTP(second_factor.offer(session, login, key=KEY))
    assert second_factor.offer(session, login, key=KEY) == totp.secret
    assert second_factor.confirm(session, login, one, "000000", key=KEY, now=NOW) is None
    codes = second_factor.confirm(session, login, one, totp.at(NOW), key=KEY, now=NOW)
    assert codes is not None
    return totp, codes


def finish(session: Session, half: Visit, code: str, clock: Clock = CLOCK) -> str | None:
    return signing_in.finish(session, half, code, address="192.0.2.1", key=KEY, now=clock.now())


def test_a_second_factor_is_asked_for_and_no_digits_are_good_twice(session: Session, mara: Employee) -> None:
    totp, _ = with_second_factor(session, mara)
    clock = later(minutes=1)
    token = try_in(session, "mara.lindt", GOOD, clock)
    half = visit(session, token, clock)
    assert (half.level, half.is_inside) == (sessions.HALF, False)
    assert finish(session, half, totp.at(NOW), clock) is None
    assert finish(session, half, totp.at(clock.now() - timedelta(minutes=5)), clock) is None
    digits = totp.at(clock.now())
    full = finish(session, half, f"{digits[:3]} {digits[3:]}", clock)
    assert visit(session, full, clock).level == sessions.SECOND
    assert not is_open(session, str(token), clock)
    again = visit(session, try_in(session, "mara.lindt", GOOD, clock), clock)
    assert finish(session, again, digits, clock) is None


def test_a_recovery_code_stands_in_once_and_the_person_is_told(session: Session, mara: Employee) -> None:
    _, codes = with_second_factor(session, mara)
    assert (len(codes), len(set(codes)), second_factor.recovery_codes_left(session, mara)) == (10, 10, 10)
    half = visit(session, try_in(session, "mara.lindt", GOOD))
    assert finish(session, half, codes[3].lower().replace("-", ""))
    assert (told(session, mara), second_factor.recovery_codes_left(session, mara)) == (["signing_in.told_recovery"], 9)
    half = visit(session, try_in(session, "mara.lindt", GOOD))
    assert finish(session, half, codes[3]) is None
    new = second_factor.new_recovery_codes(session, mara, key=KEY, now=NOW)
    assert finish(session, half, codes[4]) is None
    assert finish(session, half, new[4])


def test_the_key_of_a_second_factor_is_not_readable_in_the_database(session: Session, mara: Employee) -> None:
    totp, codes = with_second_factor(session, mara)
    login = session.get_one(Login, mara.id)
    assert totp.secret not in str(login.second_factor)
    assert second_factor.fits(session, login, totp.at(NOW + timedelta(minutes=1)), key="another", now=NOW) is None
    assert not {code.replace("-", "") for code in codes} & {row.digest for row in session.query(RecoveryCode)}


@pytest.mark.parametrize("renews", [False, True])
def test_a_new_password_keeps_the_second_factor_unless_it_is_to_be_set_up_anew(
    session: Session, mara: Employee, renews: bool
) -> None:
    with_second_factor(session, mara)
    code = signing_in.issue_code(session, mara, by=None, now=NOW, renews_second_factor=renews)
    started = visit(session, signing_in.redeem(session, mara.key, code, clock=CLOCK))
    token = signing_in.choose(session, started, passwords.hashed(GOOD, kind="password"), kind="password", now=NOW)
    assert visit(session, token).level == (sessions.PASSWORD if renews else sessions.HALF)
    assert second_factor.recovery_codes_left(session, mara) == (0 if renews else 10)


@pytest.mark.parametrize(
    ("role", "owes"), [("admin", True), ("hr", True), ("payroll", True), ("kb", True), ("it", False), (None, False)]
)
def test_roles_that_see_others_owe_a_second_factor(session: Session, mara: Employee, role: str, owes: bool) -> None:
    mara.roles = [role] if role else []
    assert visit(session, with_secret(session, mara)).owes_second_factor is owes


@pytest.mark.parametrize(
    ("role", "holds", "open_still"), [("hr", True, False), ("hr", False, True), ("kb", True, True)]
)
def test_a_code_from_before_does_not_open_a_new_role(
    session: Session, mara: Employee, role: str, holds: bool, open_still: bool
) -> None:
    mara.roles = ["kb"]
    token = with_secret(session, mara)
    code = signing_in.issue_code(session, mara, by=None, now=NOW)
    signing_in.set_role(session, mara, role, holds=holds, now=NOW)
    assert (signing_in.redeem(session, mara.key, code, clock=CLOCK) is not None) is open_still
    assert is_open(session, token, CLOCK) is open_still


def test_another_secret_ends_the_other_sessions_and_changes_this_ones_token(session: Session, mara: Employee) -> None:
    other, token = with_secret(session, mara), str(try_in(session, "mara.lindt", GOOD))
    kept = passwords.hashed("Regenschirm am Montag", kind="password")
    new = signing_in.change(session, visit(session, token), kept, kind="password", now=NOW)
    assert [is_open(session, one, CLOCK) for one in (other, token, new)] == [False, False, True]
    assert try_in(session, "mara.lindt", GOOD) is None


def test_every_deed_is_in_the_audit(session: Session, mara: Employee) -> None:
    with_second_factor(session, mara)
    try_in(session, "mara.lindt", "wrong")
    half = visit(session, try_in(session, "mara.lindt", GOOD))
    codes = second_factor.new_recovery_codes(session, mara, key=KEY, now=NOW)
    finish(session, half, codes[0])
    signing_in.sign_out_everywhere(session, mara, by=mara, now=NOW)
    me = "mara.lindt"
    assert audited(session, mara) == [
        ("signing_in.code", None), ("signing_in.secret", me), ("signing_in.second_factor", me),
        ("signing_in.recovery_codes", me), ("signing_in.refused", None), ("signing_in.recovery_codes", me),
        ("signing_in.enter", me), ("signing_in.out_everywhere", me),
    ]  # fmt: skip


def test_people_are_found_by_parts_of_their_names_and_by_number(session: Session, mara: Employee) -> None:
    def found(words: str) -> list[str]:
        return [one.key for one in signing_in.invitable(session, words, on=demo.TODAY, most=50)]

    assert found("lindt mar") == found(mara.number or "") == ["mara.lindt"]
    assert found("%") == found("nobody") == []
    mara.ends = demo.TODAY - timedelta(days=1)
    assert found("lindt mar") == []
    assert len(found("")) == 50
    assert people.by_key(session, "mara.lindt").number == str(10_000 + mara.id)
