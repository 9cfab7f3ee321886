"""Two meanings are close: ask which one, before anything is answered or begun."""

from __future__ import annotations

from typing import Any

from actions import articles, session, tickets
from actions.turn import Turn, answer
from backoffice import inbox
from backoffice.outbox import ButtonSaid, Said
from backoffice.wording import knows

AT_MOST = 2
PRIVATE = {"sick_report", "payroll_change_bank", "tax_document"}
"""What is typed about these is kept by no turn: when one of them may be meant, the words are forgotten here too."""


ARTICLES = {"policy_question", "benefits_insurance"}
"""Both are answered from the articles: which of them was meant is no matter."""


def unsure(turn: Turn) -> None:
    """Ask which of the two was meant, unless staff waits for an answer; "something else" shows what there is."""
    if tickets.answered(turn):
        return
    meant = [intent for intent in turn.ranking if knows(f"intents.{intent}")][:AT_MOST]
    if not meant:
        session.not_understood(turn)
        return
    if meant[0] in session.FIGURES and session.of_another(turn):
        return
    if ARTICLES.issuperset(meant):
        articles.policy_question(turn)
        return
    kept = not (PRIVATE.intersection(meant) or turn.forget_if_health())
    if not kept:
        inbox.blank(turn.session, turn.context.turn)
    buttons = [_meant(turn, intent, with_words=kept) for intent in meant]
    key = "intents.which" if len(meant) == AT_MOST else "intents.this"
    named: dict[str, Any] = {
        name: f"intents.{intent}" for name, intent in zip(("first", "second"), meant, strict=False)
    }
    turn.reply(key, buttons=[*buttons, answer(Said("intents.something_else"), "help")], **named)


def _meant(turn: Turn, intent: str, *, with_words: bool) -> ButtonSaid:
    """A press counts as the same words, now understood."""
    meaning = {"intent": intent, "slots": {}}
    return ButtonSaid(Said(f"intents.{intent}"), "answer", meaning | {"said_in": turn.said} if with_words else meaning)


ACTS = {"unsure": unsure}
