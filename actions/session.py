"""Talk about the talk: greetings, help, what was not understood, and passing a question on to people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from actions import articles
from actions import tickets as tickets_here
from actions.offer_form import OfferForm, queues
from actions.turn import Slots, Turn, answer
from backoffice import outbox, people, shifts, triage, whose
from backoffice.models import TalkState
from backoffice.outbox import ButtonSaid, Said
from backoffice.wording import language_named

WEEKS = timedelta(weeks=4)
MISSES = {"session.not_understood", "session.not_understood_again", "session.out_of_scope"}
RUDE = {"session.rude", "session.rude_again"}
FIGURES = {
    *("leave_balance", "leave_used", "leave_explain", "leave_status", "payday", "payslip", "salary_amount"),
    *("ticket_status", "my_assets", "shift_schedule"),
}
"""Intents that are answered with the speaker's own figures."""


def greet(turn: Turn) -> None:
    """Say who Kontor is and what to try."""
    _say_what_i_can(turn, "session.greet", _starters(turn), name=turn.employee.first_name)


def goodbye(turn: Turn) -> None:
    """Part."""
    turn.reply("session.goodbye", name=turn.employee.first_name)


def thank(turn: Turn) -> None:
    """Accept thanks."""
    turn.reply("session.thank")


def bot_challenge(turn: Turn) -> None:
    """Never pretend to be human."""
    turn.reply("session.bot_challenge")


def help_(turn: Turn) -> None:
    """What one can ask, as buttons that work; whoever is unwell is helped with that."""
    if not _unwell(turn):
        _say_what_i_can(turn, "session.help", _starters(turn))


def _unwell(turn: Turn) -> bool:
    """Words of health are not kept, and calling in sick is near; whether that was said."""
    if not turn.forget_if_health():
        return False
    turn.reply("session.health", buttons=[answer(Said("intents.sick_report"), "sick_report"), _human(turn)])
    return True


def nothing_to_confirm(turn: Turn) -> Slots:
    """A yes or no to nothing, unless staff has asked; what the button of a closed offer holds is forgotten."""
    if not tickets_here.answered(turn):
        turn.reply("session.yes_to_what", buttons=_starters(turn))
    return dict.fromkeys(OfferForm.slots)


def nothing_open(turn: Turn) -> None:
    """Cancel without anything open."""
    turn.reply("session.nothing_open")


def nothing_before(turn: Turn) -> None:
    """Back or from the start, without anything open."""
    turn.reply("session.nothing_before", buttons=_starters(turn))


def switch_language(turn: Turn) -> None:
    """Go on in the language that was asked for, here and in whatever is said to this person from now on."""
    wanted = language_named(turn.text, current=turn.language)
    turn.session.get_one(TalkState, turn.context.conversation).language = wanted
    turn.employee.language = wanted
    turn.reply("session.switched")


def only_own(act: Callable[[Turn], Slots | None]) -> Callable[[Turn], Slots | None]:
    """Figures are shown to their own person; who asks for another's is told so, whether that one exists or not."""

    @wraps(act)
    def asked(turn: Turn) -> Slots | None:
        return None if of_another(turn) else act(turn)

    return asked


def of_another(turn: Turn) -> bool:
    """Whether the figures of somebody else are meant; then that was said."""
    if not turn.text:
        return False
    if not whose.about_somebody_else(turn.session, turn.text, me=turn.employee, before=turn.text_before):
        return False
    said = {one.said["text"]["key"] for one in outbox.of_turn(turn.session, turn.context.turn)}
    if "session.only_own" not in said:  # of another part of the same message
        turn.reply("session.only_own", buttons=_starters(turn)[:3])
    return True


def feedback(turn: Turn) -> None:
    """Thank for it, unless staff has asked; whoever swears has run into something."""
    if not tickets_here.answered(turn) and not _calmed(turn):
        turn.reply("session.feedback")


def out_of_scope(turn: Turn) -> None:
    """Say honestly that this is not ours, and whom it can go to; unless staff has asked."""
    if tickets_here.answered(turn) or _calmed(turn):
        return
    if whose.asks_for_figures(turn.text) and of_another(turn):
        return
    if _unwell(turn):
        return
    if not _missed_again(turn):
        _say_what_i_can(turn, "session.out_of_scope", [*_starters(turn)[:3], _human(turn)])


def not_understood(turn: Turn) -> None:
    """The answer to what staff has asked, or what the articles say; else admit it, and help on."""
    if tickets_here.answered(turn) or _calmed(turn) or articles.quote(turn):
        return
    if not _missed_again(turn):
        turn.reply("session.not_understood", buttons=[*_starters(turn)[:3], _human(turn)])


def _say_what_i_can(turn: Turn, key: str, buttons: list[ButtonSaid], **facts: Any) -> None:
    """Agency staff are not offered leave and pay: those are their agency's."""
    if turn.employee.agency:
        facts |= {"agency": turn.employee.agency, "contact": turn.employee.agency_contact}
        turn.reply(f"{key}_agency", buttons=buttons, **facts)
    else:
        turn.reply(key, buttons=buttons, **facts)


def _missed_again(turn: Turn) -> bool:
    """After two misses in a row people are offered unasked, with what was said."""
    if not MISSES & outbox.answered_before(turn.session, turn.context.turn):
        return False
    _offer_people(turn, "session.not_understood_again", turn.to_pass_on())
    return True


def _calmed(turn: Turn) -> bool:
    """A calm answer to whoever swears, and people the second time; False when nobody does."""
    if not triage.says_rude(turn.text):
        return False
    if RUDE & outbox.answered_before(turn.session, turn.context.turn):
        _offer_people(turn, "session.rude_again", {})
    else:
        turn.reply("session.rude", buttons=[*_starters(turn)[:3], _human(turn)])
    return True


def _offer_people(turn: Turn, key: str, held: Slots) -> None:
    """Ask whom it may go to; the answer is listened for, unless another form has its own question open."""
    nobody = answer(Said("session.offer_no"), "deny", form=OfferForm.name)
    turn.reply(key, buttons=[*queues(held), nobody])
    if not turn.slots.get("requested_slot"):
        turn.then = OfferForm.name


def _human(turn: Turn) -> ButtonSaid:
    return answer(Said("session.ask_human"), "talk_to_human", offer_queue=None, **turn.to_pass_on())


def offers(turn: Turn) -> list[ButtonSaid]:
    """What this person can do without a word, people among it."""
    return [*_starters(turn)[:5], _human(turn)]


def _starters(turn: Turn) -> list[ButtonSaid]:
    """At most six things that this person can do, the most wanted first."""
    employee = turn.employee
    leads = people.leads_anybody(turn.session, employee)
    offered = [
        ("leave_balance", not employee.agency),
        ("leave_request", not employee.agency),
        ("ticket_create", True),
        ("approval_inbox", leads),
        ("payslip", not employee.agency),
        ("shift_schedule", bool(shifts.of_days(turn.session, employee, first=turn.today, last=turn.today + WEEKS))),
        ("ticket_status", True),
        ("next_holiday", True),
    ]
    return [answer(Said(f"session.do_{intent}"), intent) for intent, fits in offered if fits][:6]


ACTS = {
    "greet": greet,
    "goodbye": goodbye,
    "thank": thank,
    "affirm": nothing_to_confirm,
    "deny": nothing_to_confirm,
    "cancel": nothing_open,
    "help": help_,
    "bot_challenge": bot_challenge,
    "switch_language": switch_language,
    "feedback": feedback,
    "out_of_scope": out_of_scope,
    "nlu_fallback": not_understood,
    "go_back": nothing_before,
    "start_over": nothing_before,
}
