"""The operator's command: what must be changed is one line and exit code 2, never a stack trace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from backoffice import inbox, migrating, people
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.models import Employee
from connectors import cli, doctor
from connectors.processes import ROOT, free_port
from tests.connectors.conftest import Echo

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kontor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs `kontor …` in an empty folder, where nothing is set and nothing is running."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("KONTOR_")]:
        del os.environ[name]
    os.environ["KONTOR_PORT"] = str(free_port())
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kontor", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (int(ended.value.code or 0), *capsys.readouterr())

    yield run
    os.environ.clear()
    os.environ.update(before)


def refused(line: str) -> tuple[int, str, str]:
    return (2, "", f"kontor: {line}\n")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, "lines.jsonl cannot be read (No such file or directory): name a file that is there"),
        (
            b'{"id": 1, "text": "hallo"}\n{"id": 2,\n',
            "lines.jsonl, line 2: no JSON; write one object with `id` and `text`",
        ),
        (b'{"id": 1}\n', "lines.jsonl, line 1: give it an `id` and a `text`"),
        (b'\n{"text": "hallo"}\n', "lines.jsonl, line 2: give it an `id` and a `text`"),
        (b'{"id": 1, "text": 3}\n', "lines.jsonl, line 1: give it an `id` and a `text`"),
        (b"[]\n", "lines.jsonl, line 1: give it an `id` and a `text`"),
        (b"\xff\xfe\n", "lines.jsonl is not UTF-8: save it as UTF-8"),
    ],
)
def test_lines_that_cannot_be_heard_are_named(kontor: Run, content: bytes | None, line: str) -> None:
    if content is not None:
        Path("lines.jsonl").write_bytes(content)
    assert kontor("nlu", "parse", "lines.jsonl") == refused(line)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('{"text": "hallo"', "line 1: no JSON; write one object with `text`, `lang` and `expect`"),
        (
            '{"text": "hallo", "lang": "de"}',
            "line 1: give it a `text`, a `lang`, an `expect`, and perhaps a list `also_ok`",
        ),
        (
            '{"text": "hallo", "lang": "de", "expect": "greet", "also_ok": "thank"}',
            "line 1: give it a `text`, a `lang`, an `expect`, and perhaps a list `also_ok`",
        ),
        (
            '{"text": "hallo", "lang": "de", "expect": "gret"}',
            "line 1: there is no intent gret; see nlu_data/intents.yml",
        ),
    ],
)
def test_lines_that_cannot_be_evaluated_are_named(kontor: Run, content: str, line: str) -> None:
    Path("lines.jsonl").write_text(content)
    assert kontor("nlu", "evaluate", "lines.jsonl") == refused(f"lines.jsonl, {line}")


def test_no_lines_have_no_scores(kontor: Run) -> None:
    Path("lines.jsonl").write_text("\n")
    code, out, err = kontor("nlu", "evaluate", "lines.jsonl", "--json")
    assert (code, json.loads(out)["accuracy"], err) == (0, None, "")


def test_no_lines_are_nothing_to_hear(kontor: Run) -> None:
    Path("lines.jsonl").write_text("\n")
    assert kontor("nlu", "parse", "lines.jsonl") == (0, "", "")


def test_a_script_that_is_not_there(kontor: Run) -> None:
    said = "nope.txt cannot be read (No such file or directory): name a file that is there"
    assert kontor("talk", "--script", "nope.txt") == refused(said)


def test_nobody_talks_to_a_demo_that_is_stopped(kontor: Run, echo: Echo) -> None:
    port = os.environ["KONTOR_PORT"]
    line = f"nothing is running at http://127.0.0.1:{port}: start `make demo`, or name its folder with --data-dir"
    assert kontor("talk") == refused(line)
    Path(".data/demo").mkdir(parents=True)
    Path(".data/demo/running.json").write_text(json.dumps({"KONTOR_DATABASE_URL": echo.settings.url}))
    Path("turns.txt").write_text("hallo\n")
    assert kontor("talk", "--script", "turns.txt") == refused(line)
    assert echo.inbox() == []


@pytest.mark.parametrize("command", [["talk"], ["kb", "ask", "Urlaub?"], ["doctor"]])
def test_a_folder_without_a_demo_is_named(kontor: Run, command: list[str]) -> None:
    line = "no demo was started in elsewhere: `kontor demo --data-dir elsewhere` starts one"
    assert kontor(*command, "--data-dir", "elsewhere") == refused(line)
    assert not Path(".data").exists()


def test_no_articles_are_asked_where_no_database_is(kontor: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / '.data' / 'kontor.db'}"
    line = f"there is no database at {url}: start `make demo`, or set KONTOR_DATABASE_URL"
    assert kontor("kb", "ask", "Urlaub?") == refused(line)
    assert not Path(".data").exists()
    Database(url).engine.connect().close()
    line = "the database does not answer (OperationalError): check its URL, run `kontor db upgrade`"
    assert kontor("kb", "ask", "Urlaub?") == refused(line)


def test_articles_that_are_none_are_not_taken_in(kontor: Run) -> None:
    assert kontor("kb", "import", "nope") == refused("there are no articles in nope: it holds <language>/<slug>.md")
    Path("texts/de").mkdir(parents=True)
    assert kontor("kb", "import", "texts") == refused("there are no articles in texts: it holds <language>/<slug>.md")
    Path("texts/de/tee.md").write_text("Tee gibt es umsonst.")
    Path("empty.db").touch()
    os.environ["KONTOR_DATABASE_URL"] = "sqlite:///empty.db"
    migrating.upgrade(Database("sqlite:///empty.db"))
    line = "texts/de/tee.md: begin with `---`, title, audience, valid_from, `---`, then the text"
    assert kontor("kb", "import", "texts") == refused(line)


@pytest.mark.parametrize("port", ["80000", "0"])
def test_a_port_that_cannot_be(kontor: Run, port: str) -> None:
    line = f"there is no port {port}: choose one from 1 to 65535, such as PORT=8123"
    assert kontor("demo", "--port", port) == refused(line)


def test_make_says_so_too_before_it_sets_anything_up() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    asked = subprocess.run(["make", "demo", "PORT=abc"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (asked.returncode, asked.stdout) == (
        2, "there is no port abc: choose one from 1 to 65535, such as PORT=8123\n"
    )  # fmt: skip


def test_only_an_empty_database_is_filled_and_its_name_is_said(kontor: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mine.db'}"
    os.environ["KONTOR_DATABASE_URL"] = url
    code, said, _ = kontor("db", "seed")
    assert (code, said) == (0, f"filled {url} with the demo's company\n")
    line = f"{url} is not empty: name an empty database with KONTOR_DATABASE_URL"
    assert kontor("db", "seed") == refused(line)
    database = Database(url)
    with database.transaction() as session:
        people_there = session.query(Employee).count()
    database.engine.dispose()
    assert people_there > 100


@pytest.mark.parametrize(
    ("waited", "found"),
    [
        (timedelta(seconds=50), []),
        (
            timedelta(seconds=70),
            ["2 messages are unanswered for more than a minute: read web.log, bot.log and actions.log"],
        ),
    ],
)
def test_the_doctor_counts_who_waits_for_an_answer(echo: Echo, waited: timedelta, found: list[str]) -> None:
    now = Clock(echo.settings.today).now()
    with echo.database.transaction() as session:
        mara = people.by_key(session, "mara.lindt")
        for key in ("a", "b", "answered"):
            event, _ = inbox.receive(
                session, key=key, conversation="web", employee=mara, text="hallo", now=now - waited
            )
        inbox.finish(event, now=now)
    said = [line for line in doctor.findings(echo.settings) if "unanswered" in line]
    assert said == [f"{line} in {echo.settings.data_dir / 'logs'}" for line in found]


@pytest.mark.parametrize("left", [False, True])
def test_the_doctor_says_that_a_queue_has_nobody(echo: Echo, left: bool) -> None:
    now = Clock(echo.settings.today).now()
    with echo.database.transaction() as session:
        for one in people.with_role(session, "payroll", at=now) if left else []:
            one.ends = now.date() - timedelta(days=1)
    line = "nobody at work serves the queue payroll, what comes goes to Henrike Vogt: give somebody the role payroll"
    assert [said for said in doctor.findings(echo.settings) if "queue" in said] == ([line] if left else [])


def test_tokens_are_issued_listed_and_revoked(kontor: Run, echo: Echo) -> None:
    os.environ |= {"KONTOR_DATABASE_URL": echo.settings.url, "KONTOR_TODAY": "2026-11-23"}
    assert kontor("token", "issue", "--for", "nobody") == refused(
        "there is no employee nobody: give a key such as mara.lindt"
    )
    assert kontor("token", "issue", "--for", "mara.lindt", "--days", "30")[1].startswith("kontor_")
    assert kontor("token", "issue", "--for", "eva.brandt")[0] == 0
    assert kontor("token", "revoke", "2") == (0, "token 2 of eva.brandt opens nothing any more\n", "")
    assert kontor("token", "revoke", "3") == refused("there is no token 3: `kontor token list` numbers them")
    assert kontor("token", "list")[1].splitlines() == [
        "1  mara.lindt  issued 2026-11-23  valid until 2026-12-23",
        "2  eva.brandt  issued 2026-11-23  revoked 2026-11-23",
    ]
    shown = json.loads(kontor("token", "list", "--for", "mara.lindt", "--json")[1])
    assert (shown["id"], shown["employee"], shown["state"], shown["revoked_at"]) == (1, "mara.lindt", "valid", None)
    os.environ["KONTOR_TODAY"] = "2026-12-24"
    assert kontor("token", "list", "--for", "mara.lindt")[1] == (
        "1  mara.lindt  issued 2026-11-23  expired 2026-12-23\n"
    )


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_a_zone_that_is_none_is_named(kontor: Run, zone: str) -> None:
    secrets = {f"KONTOR_{name.upper()}": "a secret of the tests, long enough to pass" for name in doctor.SECRETS}
    os.environ |= {**secrets, "KONTOR_ZONE": zone}
    line = f"there is no time zone {zone}: set KONTOR_ZONE to one such as Europe/Berlin"
    assert kontor("run") == refused(line)
