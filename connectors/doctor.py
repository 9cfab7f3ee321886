"""What is wrong with an installation, in words for its operator."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backoffice import inbox, people, signing_in
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.settings import LOOPBACK, Settings
from connectors import processes

SECRETS = ("bot_key", "context_key", "actions_token", "session_key")
UNANSWERED_AFTER = timedelta(minutes=1)


def findings(settings: Settings) -> list[str]:
    """Each with what to do about it; none when all is well."""
    wrong: list[str] = []
    if not processes.BOT_PYTHON.exists():
        wrong.append("the bot's environment is missing: run `make train`")
    elif not processes.MODEL.exists():
        wrong.append("there is no trained model: run `make train`")
    for name in SECRETS:
        if len(getattr(settings, name).get_secret_value()) < 32:
            wrong.append(f"KONTOR_{name.upper()} is missing or short: set at least 32 random characters")
    try:
        with Database(settings.url).transaction() as session:
            wrong += _unanswered(session, settings) + _unserved(session, settings) + _locked_out(session, settings)
    except SQLAlchemyError as error:
        wrong.append(f"the database does not answer ({type(error).__name__}): check its URL, run `kontor db upgrade`")
    if not settings.demo and settings.host not in LOOPBACK and not settings.public_url:
        wrong.append("passwords would travel unencrypted: put a proxy with https in front, and set KONTOR_PUBLIC_URL")
    if not processes.is_ready(f"http://{settings.host}:{settings.port}"):
        wrong.append(f"nothing is ready on port {settings.port}: start `make demo` or `kontor run`")
    return wrong


def _unanswered(session: Session, settings: Settings) -> list[str]:
    since = Clock(settings.today).now() - UNANSWERED_AFTER
    count = sum(event.received_at < since for event in inbox.unfinished(session))
    logs = settings.data_dir / "logs"
    messages = "1 message is" if count == 1 else f"{count} messages are"
    told = f"{messages} unanswered for more than a minute: read web.log, bot.log and actions.log in {logs}"
    return [told] if count else []


def _unserved(session: Session, settings: Settings) -> list[str]:
    """Queues that nobody at work serves, and who stands in."""
    now = Clock(settings.today).now()
    in_charge = " and ".join(head.name for head in people.heads(session, at=now)) or "nobody"
    return [
        f"nobody at work serves the queue {queue}, what comes goes to {in_charge}: give somebody the role {queue}"
        for queue in people.QUEUES
        if not people.with_role(session, queue, at=now)
    ]


def _locked_out(session: Session, settings: Settings) -> list[str]:
    """Outside the demo somebody must be able to let people in."""
    if settings.demo or not signing_in.nobody_can(session, now=Clock(settings.today).now()):
        return []
    return ["no admin can sign in on the web page, so nobody can be let in: run `kontor admin first --for E`"]
