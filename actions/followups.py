"""What comes after an answer: the same asked of something else ("und in Leipzig?"), or the same question again.

The slot `answered` holds which question was answered last, in which turn, and what it was about: an item, a place,
days; nothing of pay, illness or trust, and no figure. Figures of other people are never shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from actions import sickness
from actions.turn import SURE, Slots, Turn, answer
from backoffice import dates, day_words, follow_words, inbox, inventory, outbox, people
from backoffice.models import OutboxMessage
from backoffice.outbox import Said

Act = Callable[[Turn], Slots | None]
TAKES: dict[str, frozenset[str]] = {
    "who_is_out": frozenset({"days", "month", "person"}),
    "next_holiday": frozenset({"days", "month", "year", "site"}),
    "shift_schedule": frozenset({"days"}),
    "payslip": frozenset({"month"}),
    "payday": frozenset({"month"}),
    "inventory_status": frozenset({"site", "item"}),
    "leave_balance": frozenset({"year"}),
    "leave_used": frozenset({"year"}),
    "leave_explain": frozenset({"year"}),
    "leave_status": frozenset({"days", "month"}),
    "ticket_status": frozenset(),
    "my_assets": frozenset(),
    "policy_question": frozenset(),
}
"""Questions that one can go on from, and what may be named instead; all others are forgotten once they are answered."""
OWN = frozenset(TAKES) - {"who_is_out", "next_holiday", "inventory_status", "policy_question"}
"""Answered with the speaker's own figures, to nobody else."""
PASSING = frozenset({"greet", "thank", "feedback", "switch_language", "bot_challenge"})
LOOSE = frozenset({"nlu_fallback", "unsure", "out_of_scope", "deny", "cancel"})
"""What is heard in a correction where nothing is open."""
INSTEAD = {"leave_balance": "leave_explain", "leave_used": "leave_explain"}
"""What helps more than the same words again: how the number comes about."""
QUEUES = {
    **dict.fromkeys(("payslip", "payday"), "payroll"),
    **dict.fromkeys(("inventory_status", "shift_schedule"), "operations"),
    **dict.fromkeys(("ticket_status", "my_assets"), "it"),
}
"""Who can say more; HR about everything else."""
AT_ONCE = timedelta(minutes=10)  # later than that, the same question is a new one


def remembering(intent: str, acts: Mapping[str, Act]) -> Act:
    """The act, which goes on from the answer before where the message does, and is remembered itself."""

    def asked(turn: Turn) -> Slots:
        if intent in LOOSE and turn.text and sickness.mended(turn):
            return over(turn)
        if last := _repeated(turn, intent):
            turn.intent = last
            return _run(turn, last, acts)
        followed = follow(turn, acts)
        if followed is None and _goes_on_from_nothing(turn):
            turn.reply("session.of_what")
            return over(turn)
        return _run(turn, intent, acts) if followed is None else followed

    return asked


def _repeated(turn: Turn, intent: str) -> str | None:
    """The question before, where this one is in the same words and something else was heard in the shouting."""
    last = turn.slots.get("answered")
    if not last or not turn.text or turn.before is not None or intent == last["intent"]:
        return None
    guessed = intent in LOOSE or turn.confidence < SURE or turn.text.isupper()
    return last["intent"] if guessed and _asked_again(turn, last["intent"], last) else None


def follow(turn: Turn, acts: Mapping[str, Act]) -> Slots | None:
    """Answer the question before for what this message names instead; None when it is no such message."""
    last = turn.slots.get("answered")
    if turn.before is not None or not last or not turn.text:
        return None
    rest = follow_words.rest_of(turn.text)
    if rest is None:
        return None
    intent = last["intent"]
    named = _named(turn, rest, intent)
    if named is None:
        return None
    turn.before = {name: value for name, value in {**last, **named}.items() if name not in ("intent", "turn", "at")}
    turn.intent = intent
    if "person" in named and "person" not in TAKES[intent]:
        turn.reply("session.only_yours")
        return {}
    return _run(turn, intent, acts)


def _goes_on_from_nothing(turn: Turn) -> bool:
    """ "Und morgen?", and no question before it takes a day: whatever was heard in that is a guess."""
    rest = follow_words.rest_of(turn.text) if turn.before is None and turn.text else None
    if rest is None:
        return False
    words = follow_words.words_of(rest)
    if words and people.named(turn.session, words):
        return True
    if turn.confidence >= SURE and turn.intent not in LOOSE | {"inform", "correct"}:
        return False
    if follow_words.names_only_a_year(rest, today=turn.today) or day_words.only_days(rest):
        return True
    return not follow_words.told(words)


def _named(turn: Turn, rest: str, intent: str) -> dict[str, str] | None:
    """What the rest of the message names, if it fits the question; {} where the act reads it from the text itself."""
    takes, today = TAKES[intent], turn.today
    if follow_words.names_only_a_year(rest, today=today):
        return {} if "year" in takes else None
    if day_words.only_days(rest):
        days = "days" in takes and _names_days(turn)
        return {} if days or ("month" in takes and day_words.month_in(rest, today=today)) else None
    words = follow_words.words_of(rest)
    if not words:
        return None
    if (intent in OWN or "person" in takes) and (meant := people.named(turn.session, words)):
        return {"person": ",".join(str(one.id) for one in meant)}
    if "site" in takes and (site := inventory.site_in(turn.session, rest)):
        alone = all(word in site.lower() for word in words)
        if not alone and "item" in takes:
            return {}
        return {"site": site} if "item" not in takes or (turn.slots["answered"] or {}).get("item") else None
    if "item" in takes and inventory.find_items(turn.session, rest):
        return {}
    return None


def _names_days(turn: Turn) -> bool:
    try:
        return bool(dates.parse(turn.text, language=turn.language, sent_on=turn.today, calendar=lambda day: True))
    except ValueError:
        return True  # the answer says what is wrong with them


def _run(turn: Turn, intent: str, acts: Mapping[str, Act]) -> Slots:
    last = turn.slots.get("answered") or {}
    if not _asked_again(turn, intent, last):
        return {**(acts[intent](turn) or {}), **_note(turn, intent)}
    said = len(outbox.of_turn(turn.session, turn.context.turn))  # to what the message asked besides
    trial = turn.session.begin_nested()
    told = acts[intent](turn) or {}
    now = outbox.of_turn(turn.session, turn.context.turn)[said:]
    before = _words(outbox.of_turn(turn.session, inbox.turn_of(last["turn"])))
    if any(one not in before for one in _words(now)):
        trial.commit()
        return {**told, **_note(turn, intent)}
    outbox.unsay(turn.session, now, trial)
    turn.then = None
    _differently(turn, intent, acts, again="again" in last)
    return {"answered": {**last, "at": turn.sent_at.isoformat(), "again": "yes"}}


def _asked_again(turn: Turn, intent: str, last: Mapping[str, Any]) -> bool:
    if last.get("intent") != intent or not turn.text or turn.before is not None:
        return False
    if turn.sent_at - datetime.fromisoformat(last["at"]) > AT_ONCE:
        return False
    return follow_words.same_question(inbox.text_of(turn.session, last["turn"]), turn.text)


def _words(messages: Sequence[OutboxMessage]) -> list[Any]:
    return [(one.said["text"], one.said.get("card")) for one in messages]


def _differently(turn: Turn, intent: str, acts: Mapping[str, Act], *, again: bool) -> None:
    """Not the same words: what is behind the answer, or whom else one can ask."""
    queue = QUEUES.get(intent, "hr")
    human = answer(Said("session.ask_human"), "talk_to_human", offer_queue=queue, **turn.to_pass_on())
    if intent in INSTEAD and not again:
        acts[INSTEAD[intent]](turn)
        turn.reply("session.asked_again", buttons=[human])
    else:
        turn.reply("session.said_already", buttons=[human])


def _note(turn: Turn, intent: str) -> Slots:
    if intent in TAKES:
        at = turn.sent_at.isoformat()
        return {"answered": {"intent": intent, "turn": turn.said, "at": at, **turn.about}}
    return {} if intent in PASSING else over(turn)


def over(turn: Turn) -> Slots:
    """The talk is about something else now."""
    return {"answered": None} if turn.slots.get("answered") else {}


def kept(told: Slots) -> Slots:
    """Of what a question in the middle of a form returns, what it was about."""
    return {name: value for name, value in told.items() if name == "answered"}


def days_before(turn: Turn) -> tuple[date, date] | None:
    """The days that the answer before was about, where this message goes on from it."""
    before = turn.before or {}
    if "first" not in before:
        return None
    return date.fromisoformat(before["first"]), date.fromisoformat(before["last"])
