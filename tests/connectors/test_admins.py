"""`kontor admin …`, and what the doctor says while nobody can let people in."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from backoffice import passwords, people, sessions, signing_in
from backoffice.clock import Clock
from backoffice.models import AuditEntry, Login
from connectors import cli, doctor
from tests.connectors.conftest import Echo

Run = Callable[..., tuple[int, str, str]]
NO_ADMIN = "no admin can sign in on the web page, so nobody can be let in: run `kontor admin first --for E`"


@pytest.fixture
def kontor(echo: Echo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `kontor …` for the company of `echo`, which is no demo."""
    for name in [name for name in os.environ if name.startswith("KONTOR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KONTOR_DATABASE_URL", echo.settings.url)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kontor", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (int(ended.value.code or 0), *capsys.readouterr())

    return run


def choose(echo: Echo, key: str, code: str) -> None:
    with echo.database.transaction() as session:
        token = signing_in.redeem(session, key, code, clock=Clock())
        assert token
        visit = sessions.find(session, token, clock=Clock(), idle=timedelta(minutes=15), active=True)
        assert visit
        kept = passwords.hashed("Kaffeetasse blau sieben", kind="password")
        signing_in.choose(session, visit, kept, kind="password", now=Clock().now())


def code_in(told: str) -> str:
    found = re.search(r"^http://127\.0\.0\.1:8080/start\?code=(\S+)$", told, re.MULTILINE)
    assert found
    return found[1]


def test_the_first_admin_gets_a_link_that_is_good_once(echo: Echo, kontor: Run) -> None:
    code, out, err = kontor("admin", "first", "--for", "jonas.weber")
    told = "Jonas Weber opens it as jonas.weber@nordstern.example; it is good once, for 60 minutes"
    assert (code, out.splitlines()[1], err) == (0, told, "")
    choose(echo, "jonas.weber", code_in(out))
    with echo.database.transaction() as session:
        assert signing_in.ADMIN in people.by_key(session, "jonas.weber").roles
    refused = "kontor: jonas.weber is admin already and gives codes to others on the page /people\n"
    assert kontor("admin", "first", "--for", "mara.lindt") == (2, "", refused)
    with echo.database.transaction() as session:
        assert signing_in.ADMIN not in people.by_key(session, "mara.lindt").roles


def test_the_operator_helps_the_only_admin_who_has_lost_her_phone(echo: Echo, kontor: Run) -> None:
    choose(echo, "jonas.weber", code_in(kontor("admin", "first", "--for", "jonas.weber")[1]))
    with echo.database.transaction() as session:
        session.get_one(Login, people.by_key(session, "jonas.weber").id).second_factor = "lost"
    for flags, left in (((), "lost"), (("--second-factor",), None)):
        choose(echo, "jonas.weber", code_in(kontor("admin", "code", "--for", "jonas.weber", *flags)[1]))
        with echo.database.transaction() as session:
            assert session.get_one(Login, people.by_key(session, "jonas.weber").id).second_factor == left


@pytest.mark.parametrize("verb", ["first", "code"])
def test_nobody_of_that_name_and_nobody_who_has_left(echo: Echo, kontor: Run, verb: str) -> None:
    line = "kontor: there is no employee nobody: give a key such as mara.lindt\n"
    assert kontor("admin", verb, "--for", "nobody") == (2, "", line)
    with echo.database.transaction() as session:
        mara = people.by_key(session, "mara.lindt")
        mara.ends = mara.starts
    line = "kontor: the contract of mara.lindt does not cover today: give somebody who works here\n"
    assert kontor("admin", verb, "--for", "mara.lindt") == (2, "", line)


def test_roles_are_given_and_taken_with_a_line_in_the_audit(echo: Echo, kontor: Run) -> None:
    role = ("admin", "role", "--for", "mara.lindt")
    assert kontor(*role) == (0, "mara.lindt: no role\n", "")
    assert kontor(*role, "--give", "kb", "--give", "hr") == (0, "mara.lindt: hr, kb\n", "")
    assert kontor(*role, "--give", "hr", "--take", "kb") == (0, "mara.lindt: hr\n", "")
    line = "there is no role boss: give one of it, hr, payroll, operations, kb, works_council, admin"
    assert kontor(*role, "--give", "it", "--give", "boss") == (2, "", f"kontor: {line}\n")
    assert kontor(*role) == (0, "mara.lindt: hr\n", "")
    with echo.database.transaction() as session:
        rows = session.query(AuditEntry).filter_by(verb="signing_in.role").order_by(AuditEntry.id)
        found = [(row.subject_id, row.facts["role"], row.facts["holds"]) for row in rows]
    changes = [("kb", True), ("hr", True), ("hr", True), ("kb", False)]
    assert found == [("mara.lindt", *change) for change in changes]


def test_the_demo_has_no_admins(kontor: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONTOR_DEMO", "true")
    line = "kontor: the demo has no sign-in: choose a person on its page\n"
    assert kontor("admin", "first", "--for", "mara.lindt") == (2, "", line)


def test_the_doctor_says_when_nobody_can_be_let_in(echo: Echo, kontor: Run) -> None:
    house = echo.settings.model_copy(update={"demo": False, "today": None})
    assert NO_ADMIN in doctor.findings(house)
    assert NO_ADMIN not in doctor.findings(echo.settings)
    told = kontor("admin", "first", "--for", "jonas.weber")[1]
    assert NO_ADMIN in doctor.findings(house)
    choose(echo, "jonas.weber", code_in(told))
    assert NO_ADMIN not in doctor.findings(house)


@pytest.mark.parametrize(
    ("host", "public_url", "warned"),
    [("127.0.0.1", None, False), ("0.0.0.0", None, True), ("10.1.2.3", "https://kontor.example", False)],
)
def test_the_doctor_warns_of_passwords_without_https(
    echo: Echo, host: str, public_url: str | None, warned: bool
) -> None:
    house = echo.settings.model_copy(update={"demo": False, "host": host, "public_url": public_url})
    assert any("passwords would travel unencrypted" in one for one in doctor.findings(house)) is warned
