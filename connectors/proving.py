"""What is typed about the account itself, before anybody is recognised: a code, a work address, a good-bye."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backoffice import linking, people
from backoffice.clock import Clock
from backoffice.wording import catalogue, say
from connectors.language import language_of
from connectors.messages import Heard, Reply

PART = "/unlink"


def could_be(text: str, *, mails: bool) -> bool:
    """Whether the words alone allow it: nearly all messages need no look into the database."""
    return bool(linking.code_in(text) or _parts(text) or (mails and linking.address_in(text)))


def hear(
    session: Session, channel: str, heard: Heard, *, clock: Clock, mails: bool, languages: tuple[str, ...]
) -> Reply | None:
    """The answer, when a private message is about the account; None for all others, which take the usual road.

    Codes never reach the bot, whoever writes them. `mails`: whether this Kontor can send any.
    """
    text = heard.text or ""
    whose = {"channel": channel, "handle": heard.handle, "key": heard.key}
    before = people.recognise(session, channel, heard.handle, clock=clock)
    outcome = None
    if code := linking.code_in(text):
        outcome = linking.redeem(session, code, clock=clock, **whose)
    elif _parts(text):
        outcome = linking.part(session, now=clock.now(), **whose)
    elif mails and before is None and (address := linking.address_in(text)):
        outcome = linking.ask_by_mail(session, address, clock=clock, **whose)
    if outcome is None:
        return None
    person = before or people.recognise(session, channel, heard.handle, clock=clock)
    language = person.language if person else language_of(text, current=languages[0], languages=languages)
    return Reply(0, say(outcome, language), language=language)


def _parts(text: str) -> bool:
    plain = " ".join(text.split()).strip(".!").casefold()
    return plain == PART or plain in {sentence.casefold() for sentence in catalogue()["linking.part"].values()}
