"""Sends what waits in the mails, by SMTP: always encrypted, unless the server is on this machine."""

from __future__ import annotations

import logging
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import anyio.to_thread

from backoffice import mails
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.errors import Misconfigured
from backoffice.models import MailMessage
from backoffice.settings import LOOPBACK, Settings
from backoffice.wording import say

TIMEOUT_S = 20.0
PORTS = {"smtp": 587, "smtps": 465}
log = logging.getLogger("kontor.mail")


class Postman:
    """One server, one sender. Raises Misconfigured for a URL that is none or a missing sender."""

    def __init__(self, settings: Settings, database: Database) -> None:
        if not settings.smtp_url or not settings.mail_from:
            raise Misconfigured("mails need both KONTOR_SMTP_URL and KONTOR_MAIL_FROM")
        self._url = urlsplit(settings.smtp_url.get_secret_value())
        if self._url.scheme not in PORTS or not self._url.hostname:
            raise Misconfigured("KONTOR_SMTP_URL is smtp://user:password@host:587 or smtps://user:password@host:465")
        self._from, self._database, self._clock = settings.mail_from, database, Clock(settings.today)

    async def deliver_waiting(self) -> None:
        """One round. What fails comes again when its lease has ended, under the same Message-ID."""
        await anyio.to_thread.run_sync(self._deliver)

    def _deliver(self) -> None:
        with self._database.transaction() as session:
            mails.forget(session, now=self._clock.now())
            waiting = mails.take(session, now=self._clock.now())
        if not waiting:
            return
        with self._connected() as server:
            for mail in waiting:
                if self._is_over(server, mail):
                    with self._database.transaction() as session:
                        mails.done(session, mail.id, now=self._clock.now())

    def _is_over(self, server: smtplib.SMTP, mail: MailMessage) -> bool:
        """Sent, or refused for good; a mail that cannot be sent holds up no other."""
        try:
            server.send_message(self._letter(mail))
        except smtplib.SMTPRecipientsRefused as error:
            return _for_good(mail, min(status for status, _ in error.recipients.values()))
        except smtplib.SMTPDataError as error:
            return _for_good(mail, error.smtp_code)
        except (ValueError, smtplib.SMTPNotSupportedError) as error:  # no address that this server can write to
            log.warning("mail %s cannot be sent: %s", mail.id, type(error).__name__)
        return True

    def _letter(self, mail: MailMessage) -> EmailMessage:
        letter, language = EmailMessage(), mail.employee.language
        letter["From"], letter["To"] = self._from, str(mail.employee.email)
        letter["Subject"] = say(f"{mail.name}_subject", language)
        letter["Date"] = format_datetime(mail.created_at)
        letter["Message-ID"] = f"<kontor.{mail.id}.{mail.created_at:%Y%m%d%H%M%S}@{self._from.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        letter["Content-Language"] = language
        letter.set_content(say(mail.name, language, mail.facts))
        return letter

    def _connected(self) -> smtplib.SMTP:
        host, port = str(self._url.hostname), self._url.port or PORTS[self._url.scheme]
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
            if host not in LOOPBACK:
                server.starttls(context=ssl.create_default_context())
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server


def _for_good(mail: MailMessage, status: int) -> bool:
    """RFC 5321 4.2.1: 4yz may pass, 5yz will not."""
    log.warning("mail %s is refused with %s", mail.id, status)
    return status >= 500
