"""An account is proven to be somebody's: real clients against the fakes, and a real SMTP server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from pydantic import SecretStr
from telegram import Update

from backoffice import demo, linking, mails, people
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.errors import Misconfigured
from backoffice.models import AuditEntry, LinkCode, MailMessage, OutboxMessage
from connectors.mail import Postman
from connectors.processes import free_port
from connectors.server import build_server
from connectors.telegram import parse
from tests.connectors.conftest import Echo
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import BOT, FakeTelegram

STRANGER, NOW, PAGE = 9999, Clock(demo.TODAY).now(), "http://kontor.test"
CODE = re.compile(r"\b[0-9a-f]{32}\b")
SENT = (
    "Wenn diese Adresse bei uns bekannt ist, ist ein Code dorthin unterwegs. Schreib ihn mir innerhalb von zehn "
    "Minuten hierher. Mehr als drei Codes in der Stunde verschicke ich nicht."
)
CONNECTED = "Verbunden: Ab jetzt kann ich dir hier helfen. Mit „Verbindung trennen“ beendest du das."
WRONG = "Dieser Code gilt nicht oder nicht mehr. Lass dir bitte einen neuen geben."
TOO_MANY = "Das waren zu viele falsche Codes. In einer Stunde kannst du es wieder versuchen, oder frag die IT."


@dataclass
class Mailbox(MessageHandler):
    """Everything that arrived."""

    letters: list[Message] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 (aiosmtpd asks for this name)
        if status := self.refuses.get(address):
            return status
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Message) -> None:
        self.letters.append(message)

    def seen(self) -> list[tuple[str, str]]:
        return [(str(one["To"]), text_of(one).splitlines()[0]) for one in self.letters]


def text_of(letter: Message) -> str:
    content = letter.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


@pytest.fixture
def server() -> Iterator[tuple[Mailbox, dict[str, Any]]]:
    mailbox, port = Mailbox(), free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, enable_SMTPUTF8=False)
    controller.start()
    yield mailbox, {"smtp_url": SecretStr(f"smtp://127.0.0.1:{port}"), "mail_from": "kontor@nordstern.example"}
    controller.stop()


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake
    assert fake.problems == []


def offered(database: Database, key: str = "ali.yildiz") -> str:
    with database.transaction() as session:
        return linking.offer(session, people.by_key(session, key), now=Clock(demo.TODAY).now())


def owner(echo: Echo, channel: str, handle: str) -> str | None:
    with echo.database.transaction() as session:
        found = people.recognise(session, channel, handle, clock=Clock(demo.TODAY))
        return found.key if found else None


async def test_a_stranger_names_his_work_address_and_is_connected_by_the_code(
    echo: Echo, telegram: FakeTelegram, server: tuple[Mailbox, dict[str, Any]]
) -> None:
    mailbox, settings = server
    async with echo.house(telegram, **settings).open() as house:
        postman = Postman(house.settings, echo.database)
        assert await telegram.send(telegram.says(STRANGER, "ich bin Ali.Yildiz@nordstern.example"))
        await house.reception.finish()
        await postman.deliver_waiting()
        (code,) = CODE.findall(text_of(mailbox.letters[0]))
        assert await telegram.send(telegram.says(STRANGER, f" {code.upper()}\n"))
        assert await telegram.send(telegram.says(STRANGER, "hallo"))
        await house.reception.finish()
        await postman.deliver_waiting()
        await postman.deliver_waiting()
    assert telegram.texts(STRANGER) == [SENT, CONNECTED, "hallo"]
    assert echo.inbox() == [("hallo", None)]
    assert owner(echo, "telegram", "9999") == "ali.yildiz"
    assert [(str(one["To"]), str(make_header(decode_header(one["Subject"])))) for one in mailbox.letters] == [
        ("ali.yildiz@nordstern.example", "Dein Code für Kontor"),
        ("ali.yildiz@nordstern.example", "Ein Konto ist mit dir verbunden"),
    ]
    with echo.database.transaction() as session:
        assert [mail.facts for mail in session.query(MailMessage)] == [{}, {}]
        deeds = session.query(AuditEntry).filter(AuditEntry.verb.like("linking.%")).order_by(AuditEntry.id)
        assert [(one.verb, one.facts) for one in deeds] == [
            ("linking.mail_code", {"channel": "telegram"}),
            ("linking.connect", {"channel": "telegram", "way": "mail"}),
        ]


async def test_the_answer_does_not_tell_whether_an_address_exists(
    echo: Echo, telegram: FakeTelegram, server: tuple[Mailbox, dict[str, Any]]
) -> None:
    mailbox, settings = server
    with echo.database.transaction() as session:
        people.by_key(session, "eva.brandt").ends = demo.TODAY - timedelta(days=1)
    async with echo.house(telegram, **settings).open() as house:
        for name in ("nobody", "eva.brandt", "ali.yildiz"):
            assert await telegram.send(telegram.says(STRANGER, f"{name}@nordstern.example"))
        await house.reception.finish()
        await Postman(house.settings, echo.database).deliver_waiting()
    assert telegram.texts(STRANGER) == [SENT] * 3
    assert mailbox.seen() == [("ali.yildiz@nordstern.example", "Hallo Ali,")]


async def test_a_mailed_code_connects_only_the_account_that_asked(
    echo: Echo, telegram: FakeTelegram, server: tuple[Mailbox, dict[str, Any]]
) -> None:
    mailbox, settings = server
    async with echo.house(telegram, **settings).open() as house:
        assert await telegram.send(telegram.says(STRANGER, "ali.yildiz@nordstern.example"))
        await house.reception.finish()
        await Postman(house.settings, echo.database).deliver_waiting()
        (code,) = CODE.findall(text_of(mailbox.letters[0]))
        assert await telegram.send(telegram.says(9998, code))
        await house.reception.finish()
    assert telegram.texts(9998) == [WRONG]
    assert (owner(echo, "telegram", "9998"), owner(echo, "telegram", "9999")) == (None, None)


def test_a_person_gets_three_codes_an_hour_and_an_account_names_five_addresses(echo: Echo) -> None:
    with echo.database.transaction() as session:
        for number in range(4):
            whose = {"channel": "telegram", "handle": f"80{number}", "key": f"a{number}"}
            linking.ask_by_mail(session, "ali.yildiz@nordstern.example", clock=Clock(demo.TODAY), **whose)
        assert session.query(LinkCode).count() == 3
        for number in range(5):
            whose = {"channel": "telegram", "handle": "900", "key": f"b{number}"}
            linking.ask_by_mail(session, "nobody@nordstern.example", clock=Clock(demo.TODAY), **whose)
        whose["key"] = "b5"
        linking.ask_by_mail(session, "mara.lindt@nordstern.example", clock=Clock(demo.TODAY), **whose)
        assert session.query(LinkCode).count() == 3
        whose["key"] = "b6"
        later = Clock(demo.TODAY, ahead=timedelta(hours=1, seconds=1))
        linking.ask_by_mail(session, "mara.lindt@nordstern.example", clock=later, **whose)
        assert session.query(LinkCode).count() == 4


@pytest.mark.parametrize(("minutes", "outcome"), [(9, linking.CONNECTED), (10, linking.WRONG)])
def test_a_code_holds_ten_minutes_and_once(echo: Echo, minutes: int, outcome: str) -> None:
    code, later = offered(echo.database), Clock(demo.TODAY, ahead=timedelta(minutes=minutes))
    with echo.database.transaction() as session:
        whose = {"channel": "telegram", "clock": later}
        assert linking.redeem(session, code, handle="801", key="1", **whose) == outcome
        assert linking.redeem(session, code, handle="802", key="2", **whose) == linking.WRONG
        assert linking.redeem(session, code, handle="801", key="1", **whose) == outcome  # the same event again
        kept = session.query(LinkCode).one().digest
        assert code not in kept


@pytest.mark.parametrize("left", [False, True])
def test_a_code_of_somebody_who_has_left_connects_nothing(echo: Echo, left: bool) -> None:
    code = offered(echo.database)
    with echo.database.transaction() as session:
        if left:
            people.by_key(session, "ali.yildiz").ends = demo.TODAY - timedelta(days=1)
        said = linking.redeem(session, code, channel="telegram", handle="801", key="1", clock=Clock(demo.TODAY))
    assert said == (linking.WRONG if left else linking.CONNECTED)


async def test_five_wrong_codes_close_the_way_for_an_hour(echo: Echo, telegram: FakeTelegram) -> None:
    right = offered(echo.database)
    async with echo.house(telegram).open() as house:
        for number in range(5):
            assert await telegram.send(telegram.says(STRANGER, f"{number:032x}"))
        assert await telegram.send(telegram.says(STRANGER, right))
        await house.reception.finish()
    assert telegram.texts(STRANGER) == [WRONG] * 5 + [TOO_MANY]
    with echo.database.transaction() as session:
        later = Clock(demo.TODAY, ahead=timedelta(hours=1, seconds=1))
        code = linking.offer(session, people.by_key(session, "ali.yildiz"), now=later.now())
        said = linking.redeem(session, code, channel="telegram", handle="9999", key="later", clock=later)
    assert said == linking.CONNECTED


async def test_slack_is_connected_by_a_code_of_the_page_and_a_repeat_says_nothing_twice(echo: Echo) -> None:
    code = offered(echo.database)
    async with FakeSlack() as slack, echo.house(slack).open() as house:
        for _ in range(2):
            event = slack.says("U_STRANGER", code)
            assert await slack.send(event)
            assert await slack.send(event)
        await house.reception.finish()
    assert slack.texts("U_STRANGER") == [CONNECTED, WRONG]
    assert (echo.inbox(), owner(echo, "slack", "TDEMO:U_STRANGER")) == ([], "ali.yildiz")


async def test_an_account_of_somebody_else_stays_theirs(echo: Echo, telegram: FakeTelegram) -> None:
    mine, others = offered(echo.database, "mara.lindt"), offered(echo.database)
    async with echo.house(telegram).open() as house:
        for code in (mine, others):
            assert await telegram.send(telegram.says(7001, code))
        await house.reception.finish()
    assert telegram.texts(7001) == [
        "Dieses Konto ist schon mit dir verbunden.",
        "Dieses Konto ist schon mit jemand anderem verbunden. Schreib zuerst „Verbindung trennen“.",
    ]
    assert (echo.inbox(), owner(echo, "telegram", "7001")) == ([], "mara.lindt")


@pytest.mark.parametrize("words", ["/unlink", "Verbindung trennen.", "disconnect this account"])
async def test_an_account_is_disconnected_by_its_own_words(echo: Echo, telegram: FakeTelegram, words: str) -> None:
    async with echo.house(telegram).open() as house:
        event = telegram.says(7001, words)
        assert await telegram.send(event)
        assert await telegram.send(telegram.says(7001, "Resturlaub?"))
        await house.reception.finish()
    assert telegram.texts(7001)[0] == "Getrennt: Dieses Konto ist mit niemandem mehr verbunden."
    assert (owner(echo, "telegram", "7001"), echo.bot.heard) == (None, [])


async def test_who_is_connected_elsewhere_is_told_there(echo: Echo, telegram: FakeTelegram) -> None:
    code = offered(echo.database, "mara.lindt")
    async with FakeSlack() as slack, echo.house(slack).open() as on_slack, echo.house(telegram).open() as house:
        await slack.send(slack.says("U_MARA", "hallo"))
        await on_slack.reception.finish()
        await telegram.send(telegram.says(STRANGER, code))
        await telegram.send(telegram.says(STRANGER, "hallo"))
        await house.reception.finish()
        await house.courier.deliver_waiting()
        await on_slack.courier.deliver_waiting()
    assert slack.texts("U_MARA") == [
        "hallo",
        "Ein Konto bei Telegram ist jetzt mit dir verbunden. Warst du das nicht, trenne es auf der Webseite von Kontor "
        "unter „Meine Konten“ und sag der IT Bescheid.",
    ]
    assert telegram.texts(STRANGER) == [CONNECTED, "hallo"]


def test_the_deep_link_of_telegram_carries_the_code(telegram: FakeTelegram) -> None:
    code = "0123456789abcdef" * 2
    heard = parse.parse_message(Update.de_json(telegram.says(STRANGER, f"/start {code}"), None), bot=BOT)
    assert heard
    assert heard.text == code


async def test_mails_wait_for_a_server_that_is_away_and_come_once(
    echo: Echo, server: tuple[Mailbox, dict[str, Any]]
) -> None:
    mailbox, settings = server
    with echo.database.transaction() as session:
        account = people.accounts(session, people.by_key(session, "mara.lindt"))[0]
        linking.disconnect(session, people.by_key(session, "mara.lindt"), account.id, now=NOW)
    away = {**settings, "smtp_url": SecretStr(f"smtp://127.0.0.1:{free_port()}")}
    with pytest.raises(OSError, match="refused"):
        await Postman(echo.settings.model_copy(update=away), echo.database).deliver_waiting()
    with echo.database.transaction() as session:
        session.query(MailMessage).one().claimed_until = None  # as if its lease had ended
    postman = Postman(echo.settings.model_copy(update=settings), echo.database)
    await postman.deliver_waiting()
    await postman.deliver_waiting()
    assert mailbox.seen() == [("mara.lindt@nordstern.example", "Hallo Mara,")]


async def test_a_mail_that_is_refused_holds_up_no_other(echo: Echo, server: tuple[Mailbox, dict[str, Any]]) -> None:
    mailbox, settings = server
    with echo.database.transaction() as session:
        for key, address in (
            ("mara.lindt", None),
            ("ali.yildiz", None),
            ("eva.brandt", "évà@nordstern.example"),
            ("petra.roth", None),
        ):
            person = people.by_key(session, key)
            person.email = address or person.email
            mails.post(session, person, "linking.mail_parted", now=NOW, facts={"name": key, "channel": "linking.sent"})
    mailbox.refuses = {
        "mara.lindt@nordstern.example": "550 5.1.1 nobody of that name",
        "ali.yildiz@nordstern.example": "451 4.7.1 come back later",
    }
    postman = Postman(echo.settings.model_copy(update=settings), echo.database)
    await postman.deliver_waiting()
    mailbox.refuses.clear()
    with echo.database.transaction() as session:
        for mail in session.query(MailMessage):
            mail.claimed_until = None  # as if all leases had ended
    await postman.deliver_waiting()
    assert [to for to, _ in mailbox.seen()] == ["petra.roth@nordstern.example", "ali.yildiz@nordstern.example"]


@pytest.mark.parametrize(
    "settings",
    [
        {"smtp_url": SecretStr("http://mail"), "mail_from": "kontor@nordstern.example"},
        {"smtp_url": SecretStr("smtp://mail")},
    ],
)
def test_mail_settings_that_cannot_work_are_refused(echo: Echo, settings: dict[str, Any]) -> None:
    with pytest.raises(Misconfigured, match="KONTOR_SMTP_URL"):
        Postman(echo.settings.model_copy(update=settings), echo.database)


async def test_my_accounts_shows_mine_gives_a_code_and_disconnects(echo: Echo) -> None:
    transport = httpx.ASGITransport(build_server(echo.settings))
    async with httpx.AsyncClient(transport=transport, base_url=PAGE, headers={"Origin": PAGE}) as page:
        assert (await page.get("/accounts")).status_code == 303
        assert (await page.post("/accounts/code")).status_code == 303
        await page.post("/persona", data={"persona": "ali.yildiz"})
        (code,) = CODE.findall((await page.post("/accounts/code")).text)
        assert code not in (await page.get("/accounts")).text
        with echo.database.transaction() as session:
            said = linking.redeem(session, code, channel="telegram", handle="801", key="1", clock=Clock(demo.TODAY))
            assert said == linking.CONNECTED
            ids = {one.handle: one.id for one in people.accounts(session, people.by_key(session, "ali.yildiz"))}
            other = people.accounts(session, people.by_key(session, "mara.lindt"))[0].id
        assert "Telegram · 801" in (await page.get("/accounts")).text
        assert (await page.post(f"/accounts/{other}/disconnect")).status_code == 404
        gone = await page.post(f"/accounts/{ids['801']}/disconnect")
        assert "Getrennt." in (await page.get(gone.headers["location"])).text
    assert (owner(echo, "telegram", "801"), owner(echo, "telegram", "7001")) == (None, "mara.lindt")


def test_old_codes_and_tries_are_forgotten(echo: Echo) -> None:
    code = offered(echo.database)
    with echo.database.transaction() as session:
        linking.redeem(session, code, channel="telegram", handle="801", key="1", clock=Clock(demo.TODAY))
        linking.forget(session, now=Clock(demo.TODAY).in_(hours=23))
        assert session.query(LinkCode).count() == 1
        linking.forget(session, now=Clock(demo.TODAY).in_(hours=25))
        assert (session.query(LinkCode).count(), session.query(linking.LinkAttempt).count()) == (0, 0)
        assert session.query(OutboxMessage).filter_by(turn=None).count() > 0
