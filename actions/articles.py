"""Answers from the company's articles, by Rasa's hand."""

from __future__ import annotations

from actions.turn import Turn, answer
from backoffice import articles
from backoffice.database import Database
from backoffice.outbox import ButtonSaid, CardSaid, Said
from knowledge.library import Library
from knowledge.passages import Article

READERS = {
    "policy_question",
    "benefits_insurance",
    "nlu_fallback",
    "unsure",
    "inform",
    "correct",
    "declare_parental_leave",
    "declare_part_time",
    "declare_resignation",
}
"""Intents that may be answered from articles."""


def refresh(library: Library, database: Database, zone: str) -> None:
    """Index what is new or changed, with the days of a zone.

    Before a turn's transaction and never inside, for it can take seconds.
    """
    with database.transaction() as session:
        changed = articles.some(session, library.missing(articles.revisions(session)))
    library.put(Article(a.id, a.revision, a.language, a.title, a.body, a.as_of(zone), tuple(a.names)) for a in changed)


def policy_question(turn: Turn) -> None:
    """Quote the article that answers; or admit it, and offer to pass the question on."""
    if not quote(turn):
        turn.reply("articles.unknown", buttons=_pass_on(turn))


def quote(turn: Turn) -> bool:
    """Say what the articles say, with title and date; False when they say nothing."""
    within = articles.readable(turn.session, turn.employee, on=turn.today)
    found = turn.library.ask(turn.text, language=turn.language, within=within)
    if found is None:
        return False
    title = Said("articles.source", {"title": found.title, "heading": found.heading})
    as_of = Said("articles.as_of", {"as_of": found.as_of})
    turn.reply("articles.quoted", card=CardSaid(title, (), as_of), buttons=_pass_on(turn), quotation=found.quotation)
    return True


def _pass_on(turn: Turn) -> list[ButtonSaid]:
    return [answer(Said("articles.ask_hr"), "talk_to_human", offer_queue="hr", **turn.to_pass_on())]


ACTS = dict.fromkeys(("policy_question", "benefits_insurance"), policy_question)
