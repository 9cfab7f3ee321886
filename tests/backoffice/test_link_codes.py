"""A code connects one account, on both databases, also when two use it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from backoffice import demo, linking, mails, people
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.models import ChannelAccount

CLOCK = Clock(demo.TODAY)


def test_of_two_accounts_with_the_same_code_one_is_connected(db: Database) -> None:
    with db.transaction() as session:
        code = linking.offer(session, people.by_key(session, "ali.yildiz"), now=CLOCK.now())

    def redeem(handle: str) -> str:
        with db.transaction() as session:
            return linking.redeem(session, code, channel="telegram", handle=handle, key=handle, clock=CLOCK)

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(redeem, ["801", "802"]))
    assert sorted(said) == [linking.CONNECTED, linking.WRONG]
    with db.transaction() as session:
        handles = session.query(ChannelAccount).filter(ChannelAccount.handle.in_(["801", "802"]))
        assert [one.handle for one in handles] == [["801", "802"][said.index(linking.CONNECTED)]]


def test_a_mail_is_taken_once(db: Database) -> None:
    with db.transaction() as session:
        mara = people.by_key(session, "mara.lindt")
        linking.disconnect(session, mara, people.accounts(session, mara)[0].id, now=CLOCK.now())
    with db.transaction() as session:
        assert [mail.name for mail in mails.take(session, now=CLOCK.now())] == ["linking.mail_parted"]
        assert mails.take(session, now=CLOCK.now()) == []
        assert len(mails.take(session, now=CLOCK.in_(minutes=2))) == 1
