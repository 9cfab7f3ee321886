"""`kontor …`: the operator's door."""

from __future__ import annotations

import gc
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError, ProgrammingError

from backoffice import articles, people
from backoffice import demo as company
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.errors import Misconfigured
from backoffice.models import Employee
from backoffice.settings import Settings
from connectors import accounts, admins, files, processes, scoring, tokens, understanding
from connectors import doctor as doctor_
from connectors.doctor import SECRETS
from connectors.installation import DEMO, RUNNING, checked, database_of, of_demo

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Kontor: the helpdesk that people talk to.")
db = typer.Typer(no_args_is_help=True, help="The back-office database.")
token = typer.Typer(no_args_is_help=True, help="Tokens for other clients.")
nlu = typer.Typer(no_args_is_help=True, help="What the bot understands.")
app.add_typer(db, name="db")
app.add_typer(token, name="token")
app.add_typer(nlu, name="nlu")
kb = typer.Typer(no_args_is_help=True, help="The knowledge base.")
app.add_typer(kb, name="kb")
account = typer.Typer(no_args_is_help=True, help="Whose Slack and Telegram accounts are whose.")
app.add_typer(account, name="account")
app.add_typer(admins.app, name="admin")


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="port of the page")] = 8080,
    data_dir: Annotated[Path, typer.Option(help="the demo's own folder")] = DEMO,
) -> None:
    """Start a whole company on this machine, on 23 November 2026."""
    processes.check_port("127.0.0.1", port)
    data_dir.mkdir(parents=True, exist_ok=True)
    processes.check_disk(data_dir)
    bot_port, actions_port = processes.free_port(), processes.free_port()
    environment = {
        "KONTOR_DEMO": "true",
        "KONTOR_TODAY": company.TODAY.isoformat(),
        "KONTOR_DATA_DIR": str(data_dir),
        "KONTOR_PORT": str(port),
        "KONTOR_BOT_URL": f"http://127.0.0.1:{bot_port}",
        "KONTOR_ACTIONS_PORT": str(actions_port),
        **{f"KONTOR_{name.upper()}": value for name, value in _demo_secrets(data_dir).items()},
    }
    if "KONTOR_DATABASE_URL" not in os.environ:
        environment["KONTOR_DATABASE_URL"] = f"sqlite:///{(data_dir / 'kontor.db').resolve()}"
    os.environ.update(environment)
    running = data_dir / RUNNING
    running.touch(mode=0o600)
    running.write_text(json.dumps(environment))  # where `talk` and `kb` find this demo
    database = Database(Settings().url)
    _step("database and company", lambda: _prepare(database))
    url = f"http://127.0.0.1:{port}"
    processes.hand_over(data_dir / "logs", bot_port=bot_port, actions_port=actions_port, url=url)


@app.command()
def run() -> None:
    """Start all processes with the settings of this installation."""
    settings = checked()
    bot_port = int(settings.bot_url.rpartition(":")[2])
    url = f"http://{settings.host}:{settings.port}"
    processes.hand_over(settings.data_dir / "logs", bot_port=bot_port, actions_port=settings.actions_port, url=url)


@app.command(hidden=True)
def serve() -> None:
    """The web door alone; `demo` and `run` start it."""
    import uvicorn

    from connectors.server import build_server

    settings = checked()
    server = build_server(settings)
    gc.freeze()  # what lives as long as the process is not searched for garbage again and again
    gc.set_threshold(50_000)
    uvicorn.run(server, host=settings.host, port=settings.port, log_level="warning", access_log=False)


@app.command()
def train(data_dir: Annotated[Path, typer.Option(help="the demo's folder")] = DEMO) -> None:
    """Train the bot on nlu_data, and on what `kontor nlu review` has accepted."""
    environment = {**os.environ, "KONTOR_DATA_DIR": str(of_demo(data_dir).data_dir.resolve())}
    subprocess.run([processes.BOT_PYTHON, "bot/server.py", "train"], cwd=processes.ROOT, env=environment, check=True)


@app.command()
def talk(
    as_: Annotated[str, typer.Option("--as", help="the employee's key")] = "mara.lindt",
    script: Annotated[Path | None, typer.Option(help="one turn per line; prints one JSON object per turn")] = None,
    data_dir: Annotated[Path, typer.Option(help="the demo's folder")] = DEMO,
) -> None:
    """Talk to a running demo in the terminal."""
    from connectors import terminal

    lines = files.read(script).splitlines() if script else []
    settings = of_demo(data_dir)
    if script:
        terminal.talk(settings, as_, lines, as_json=True)
    else:
        terminal.talk(settings, as_, sys.stdin, as_json=False)


@kb.command("import")
def kb_import(
    folder: Annotated[Path, typer.Argument(help="<language>/<slug>.md with front matter")],
    data_dir: Annotated[Path, typer.Option(help="the demo's folder")] = DEMO,
) -> None:
    """Take in Markdown articles; a known one gets a new revision."""
    if not any(folder.glob("*/*.md")):
        raise Misconfigured(f"there are no articles in {folder}: it holds <language>/<slug>.md")
    with database_of(of_demo(data_dir)).transaction() as session:
        print(f"{articles.import_folder(session, folder)} articles are new or changed")


@kb.command("ask")
def kb_ask(
    question: str,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    data_dir: Annotated[Path, typer.Option(help="the demo's folder")] = DEMO,
) -> None:
    """What the articles for everybody say; exit code 1 when they say nothing."""
    from connectors.language import language_of
    from knowledge.library import Library, default_embedding
    from knowledge.passages import Article

    settings = of_demo(data_dir)
    database = database_of(settings)
    library = Library(default_embedding())
    with database.transaction() as session:
        everything = [one for one in articles.everything(session) if one.audience == "everybody"]
        library.put(
            Article(a.id, a.revision, a.language, a.title, a.body, a.as_of(settings.zone), tuple(a.names))
            for a in everything
        )
    language = language_of(question, current=settings.languages[0], languages=settings.languages)
    found = library.ask(question, language=language, within={one.id for one in everything})
    if as_json:
        print(json.dumps(asdict(found) if found else None, ensure_ascii=False))
    elif found:
        print(f"{found.quotation}\n  {found.title}: {found.heading} ({found.as_of})")
    if found is None:
        print("the articles say nothing about that", file=sys.stderr)
        raise typer.Exit(1)


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object per finding")] = False,
    data_dir: Annotated[Path, typer.Option(help="the demo's folder")] = DEMO,
) -> None:
    """What is wrong with this installation, in words; exit code 2 if anything is."""
    settings = of_demo(data_dir)
    wrong = doctor_.findings(settings)
    for one in wrong:
        print(json.dumps({"problem": one}) if as_json else one)
    if wrong:
        raise typer.Exit(2)
    print(json.dumps({"problem": None}) if as_json else "all is well")


@nlu.command("parse")
def nlu_parse(file: Annotated[Path, typer.Argument(help="lines with `id` and `text`")]) -> None:
    """What the bot hears in each line: id, intent, confidence, language, entities."""
    from connectors.language import language_of

    lines = understanding.to_parse(file)
    for line, heard in zip(lines, understanding.hear([line["text"] for line in lines]), strict=True):
        language = language_of(line["text"], current="de", languages=Settings().languages)
        shown = {"id": line["id"], "intent": heard.intent, "confidence": heard.confidence, "language": language}
        print(json.dumps({**shown, "entities": heard.entities}, ensure_ascii=False))


@nlu.command("evaluate")
def nlu_evaluate(
    file: Annotated[Path, typer.Argument(help="lines with `text`, `lang`, `expect`, perhaps `also_ok`")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
) -> None:
    """How well the bot understands: accuracy, rejection, calibration, per language and intent, and confusions."""
    found = scoring.scores(understanding.answers(understanding.to_evaluate(file)))
    print(json.dumps(found, ensure_ascii=False) if as_json else understanding.table(found))


@nlu.command("review")
def nlu_review(
    accept: Annotated[str | None, typer.Option(help="the group to learn; `kontor train` then learns it")] = None,
    drop: Annotated[str | None, typer.Option(help="the group to forget")] = None,
    as_: Annotated[str | None, typer.Option("--as", help="what it means, if not what was guessed")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object per group")] = False,
    data_dir: Annotated[Path, typer.Option(help="the demo's folder")] = DEMO,
) -> None:
    """What was not understood, in groups of five alike or more; only with a works agreement."""
    from connectors import teaching

    settings = of_demo(data_dir)
    shown = teaching.review(settings, database_of(settings), accept=accept, drop=drop, means=as_, as_json=as_json)
    print(*shown, sep="\n", end="\n" if shown else "")


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to their newest shape."""
    from backoffice import migrating

    migrating.upgrade(Database(Settings().url))


@db.command("seed")
def db_seed() -> None:
    """Fill an empty database with the demo's company."""
    database = Database(Settings().url)
    name = database.url.render_as_string(hide_password=True)
    if inspect(database.engine).has_table(Employee.__tablename__):
        with database.transaction() as session:
            if session.query(Employee).first():
                raise Misconfigured(f"{name} is not empty: name an empty database with KONTOR_DATABASE_URL")
    _prepare(database)
    print(f"filled {name} with the demo's company")


@token.command("issue")
def token_issue(
    for_: Annotated[str, typer.Option("--for", help="the employee's key, e.g. mara.lindt")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="for how long it speaks")] = people.TOKEN_DAYS,
    data_dir: Annotated[Path, typer.Option(help="the demo's folder")] = DEMO,
) -> None:
    """A bearer token that speaks as one employee; it is shown once."""
    settings = of_demo(data_dir)
    print(tokens.issue(database_of(settings), for_, days=days, now=Clock(settings.today).now()))


@token.command("list")
def token_list(
    for_: Annotated[str | None, typer.Option("--for", help="one employee's key; everybody's without it")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object per token")] = False,
    data_dir: Annotated[Path, typer.Option(help="the demo's folder")] = DEMO,
) -> None:
    """Which tokens there are, whose, and until when; never the tokens themselves."""
    settings = of_demo(data_dir)
    for one in tokens.overview(database_of(settings), for_, now=Clock(settings.today).now()):
        print(json.dumps(asdict(one)) if as_json else tokens.line(one))


@token.command("revoke")
def token_revoke(
    token_id: Annotated[int, typer.Argument(metavar="ID", help="its number in `kontor token list`")],
    data_dir: Annotated[Path, typer.Option(help="the demo's folder")] = DEMO,
) -> None:
    """From now on this token opens nothing."""
    settings = of_demo(data_dir)
    print(tokens.revoke(database_of(settings), token_id, now=Clock(settings.today).now()))


@account.command("bind")
def account_bind(
    for_: Annotated[str, typer.Option("--for", help="the employee's key, e.g. mara.lindt")],
    channel: Annotated[str, typer.Option(help="slack or telegram")],
    handle: Annotated[str, typer.Option(help="what Kontor told the person: T…:U…, or a number")],
    data_dir: Annotated[Path, typer.Option(help="the demo's folder")] = DEMO,
) -> None:
    """From now on this platform account speaks for this employee: be sure whose it is."""
    print(accounts.bind(database_of(of_demo(data_dir)), for_, channel=channel, handle=handle))


@account.command("unbind")
def account_unbind(
    channel: Annotated[str, typer.Option(help="slack or telegram")],
    handle: Annotated[str, typer.Option(help="T…:U…, or a number")],
    data_dir: Annotated[Path, typer.Option(help="the demo's folder")] = DEMO,
) -> None:
    """From now on this account speaks for nobody."""
    print(accounts.unbind(database_of(of_demo(data_dir)), channel=channel, handle=handle))


def _prepare(database: Database) -> None:
    from backoffice import migrating  # 10 MB that no other command needs

    migrating.upgrade(database)
    with database.transaction() as session:
        company.seed(session)


def _demo_secrets(data_dir: Path) -> dict[str, str]:
    """Made once for this folder, so that a restart keeps everybody signed in."""
    path = data_dir / "secrets.json"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(json.dumps({name: secrets.token_urlsafe(32) for name in SECRETS}))
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _step(what: str, work: Callable[[], None]) -> None:
    print(f"{what} …", end=" ", flush=True)
    began = time.monotonic()
    work()
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def main() -> None:
    """Run the command; what the operator must change is one line and exit code 2."""
    try:
        app()
    except Misconfigured as error:
        fix = error.fix
    except (OperationalError, ProgrammingError) as error:  # not there, or without our tables
        fix = f"the database does not answer ({type(error).__name__}): check its URL, run `kontor db upgrade`"
    print(f"kontor: {fix}", file=sys.stderr)
    sys.exit(2)
