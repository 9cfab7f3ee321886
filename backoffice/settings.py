"""Every setting: read once by the entry points, passed down, never read again. `.env.example` lists them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backoffice.clock import ZONE

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Settings(BaseSettings):
    """Environment variables with the prefix `KONTOR_`, or lines of a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="KONTOR_", env_file=".env", frozen=True, extra="ignore")

    database_url: str | None = Field(None, description="SQLAlchemy URL; SQLite in the data directory when not set")
    data_dir: Path = Field(Path(".data"), description="where the database and the logs live")
    host: str = Field("127.0.0.1", description="address of the web page")
    port: int = Field(8080, description="port of the web page")
    hosts: tuple[str, ...] = Field((), description="names the page answers to, beside loopback and KONTOR_PUBLIC_URL")
    bot_url: str = Field("http://127.0.0.1:5005", description="where Rasa listens (loopback)")
    actions_port: int = Field(5055, description="port of the action server (loopback)")
    bot_key: SecretStr = Field(
        SecretStr(""), description="signs requests from connectors to Rasa; 32 characters or more"
    )
    context_key: SecretStr = Field(SecretStr(""), description="signs who is speaking, for the actions; 32 or more")
    actions_token: SecretStr = Field(SecretStr(""), description="Rasa shows it to the action server; 32 or more")
    session_key: SecretStr = Field(SecretStr(""), description="signs cookies and conversation ids; 32 or more")
    zone: str = Field(
        ZONE, description="time zone of what belongs to no person, such as the day an article was changed"
    )
    languages: tuple[str, ...] = Field(("de", "en"), description="languages that Kontor speaks, the first by default")
    idle_minutes: int = Field(15, ge=1, description="minutes without a deed after which the web page signs out")
    keep_days: int = Field(30, ge=1, description="days after which texts and replies are forgotten; pay after one")
    works_agreement_id: str | None = Field(
        None, description="the works agreement that allows to keep what was not understood, for `kontor nlu review`"
    )
    today: date | None = Field(None, description="the demo's day; refused outside the demo")
    demo: bool = Field(False, description="set by `kontor demo`: personas instead of sign-in, loopback only")
    slack_bot_token: SecretStr | None = Field(None, description="xoxb-…; with the next one turns the Slack door on")
    slack_app_token: SecretStr | None = Field(None, description="xapp-… for Socket Mode")
    slack_api_url: str = Field("https://slack.com/api/", description="where the Slack Web API is")
    telegram_token: SecretStr | None = Field(None, description="the bot's token; turns the Telegram door on")
    telegram_api_url: str = Field("https://api.telegram.org/bot", description="where the Telegram Bot API is")
    smtp_url: SecretStr | None = Field(None, description="smtp://user:password@host:587 or smtps://…; sends mails")
    mail_from: str | None = Field(None, description="the address that mails come from")
    public_url: str | None = Field(None, description="https address of the web page; makes documents buttons in chats")

    @property
    def doors(self) -> tuple[str, ...]:
        """The platforms that are turned on."""
        slack = ("slack",) if self.slack_bot_token and self.slack_app_token else ()
        return (*slack, "telegram") if self.telegram_token else slack

    @property
    def names(self) -> frozenset[str]:
        """What may stand in a request's Host header, in small letters and without the port.

        Any other name could be one that somebody's page has pointed at us (DNS rebinding).
        """
        own = f"[{self.host}]" if ":" in self.host else self.host
        public = urlsplit(self.public_url or "").hostname or own
        return frozenset(name.lower() for name in (*LOOPBACK, own, public, *self.hosts))

    @property
    def url(self) -> str:
        """The database that is really used."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'kontor.db'}"
