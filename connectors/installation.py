"""Which installation a command is about: its settings, checked, and its database."""

from __future__ import annotations

import json
import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backoffice.clock import ZONE
from backoffice.database import Database
from backoffice.errors import Misconfigured
from backoffice.settings import Settings
from connectors.doctor import SECRETS

DEMO = Path(".data/demo")
RUNNING = "running.json"


def of_demo(data_dir: Path) -> Settings:
    """The settings of this installation, or of the demo in the folder when that is what was started last.

    Raises Misconfigured when a folder was named and no demo was ever started there.
    """
    running = data_dir / RUNNING
    if data_dir != DEMO and not running.exists():
        raise Misconfigured(f"no demo was started in {data_dir}: `kontor demo --data-dir {data_dir}` starts one")
    if running.exists() and "KONTOR_DATABASE_URL" not in os.environ:
        os.environ.update(json.loads(running.read_text()))
    return Settings()


def database_of(settings: Settings) -> Database:
    """The one that is there; none is made by asking. Raises Misconfigured."""
    if settings.url.startswith("sqlite:///") and not Path(settings.url.removeprefix("sqlite:///")).exists():
        raise Misconfigured(f"there is no database at {settings.url}: start `make demo`, or set KONTOR_DATABASE_URL")
    return Database(settings.url)


def checked() -> Settings:
    """What the processes start with. Raises Misconfigured, with the fix."""
    settings = Settings()
    for name in SECRETS:
        if len(getattr(settings, name).get_secret_value()) < 32:
            raise Misconfigured(f"KONTOR_{name.upper()} is missing or short: set at least 32 random characters")
    if settings.today and not settings.demo:
        raise Misconfigured("KONTOR_TODAY belongs to the demo: unset it")
    if bool(settings.slack_bot_token) != bool(settings.slack_app_token):
        raise Misconfigured("Slack needs KONTOR_SLACK_BOT_TOKEN and KONTOR_SLACK_APP_TOKEN: set both, or none")
    if settings.public_url and not settings.public_url.startswith("https://"):
        raise Misconfigured("KONTOR_PUBLIC_URL is shown to people in chats: give an https address, or unset it")
    try:
        ZoneInfo(settings.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Misconfigured(f"there is no time zone {settings.zone}: set KONTOR_ZONE to one such as {ZONE}") from None
    if settings.demo and settings.host != "127.0.0.1":
        raise Misconfigured("the demo has no sign-in and stays on 127.0.0.1: unset KONTOR_HOST")
    return settings
