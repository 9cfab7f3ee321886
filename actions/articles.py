"""Answers from the company's articles, by Rasa's hand."""

from __future__ import annotations

from functools import cache

from sqlalchemy.orm import Session

from actions.turn import Turn, answer
from backoffice import articles
from backoffice.database import Database
from backoffice.outbox import ButtonSaid, CardSaid, Said
from knowledge.library import Library, default_embedding
from knowledge.passages import Article


@cache
def library() -> Library:
    """The one of this process; loads its encoder when it is first needed."""
    return Library(default_embedding())


def prepare(database: Database) -> None:
    """Load the encoder and index the articles before somebody asks: during the first question it took seconds."""
    with database.transaction() as session:
        changed = _changed(library(), session)
    library().put(changed)


def _changed(shelf: Library, session: Session) -> list[Article]:
    ids = shelf.missing(articles.revisions(session))
    return [
        Article(a.id, a.revision, a.language, a.title, a.body, a.valid_from, tuple(a.names))
        for a in (articles.some(session, ids) if ids else ())
    ]


def policy_question(turn: Turn) -> None:
    """Quote the article that answers, with title and date; or admit, and offer to pass the question on."""
    shelf = library()
    shelf.put(_changed(shelf, turn.session))
    within = articles.readable(turn.session, turn.employee, on=turn.today)
    found = shelf.ask(turn.text, language=turn.language, within=within)
    if found is None:
        turn.reply("articles.unknown", buttons=_pass_on(turn))
        return
    title = Said("articles.source", {"title": found.title, "heading": found.heading})
    as_of = Said("articles.as_of", {"as_of": found.as_of})
    turn.reply("articles.quoted", card=CardSaid(title, (), as_of), buttons=_pass_on(turn), quotation=found.quotation)


def _pass_on(turn: Turn) -> list[ButtonSaid]:
    return [answer(Said("articles.ask_hr"), "talk_to_human", offer_queue="hr", offer_turn=turn.context.turn)]


ACTS = {"policy_question": policy_question}
