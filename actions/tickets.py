"""Tickets, by Rasa's hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import shorten

from actions import leave
from actions.turn import SURE, Slots, Turn, answer
from backoffice import day_words, inbox, ticket_changes, tickets, triage
from backoffice.errors import NotFound
from backoffice.models import Ticket
from backoffice.outbox import CardSaid, LinkSaid, Row, Said
from backoffice.wording import say

NUMBER = re.compile(r"\b(?:it|hr|pr|op)[- ]?(\d{3,6})\b|#(\d{3,6})", re.IGNORECASE)
MIN_WORDS, MOST = 2, 8
SIMILAR = "similar:"  # the step that waits for "same or new" names the open ticket


def _named(turn: Turn) -> str | None:
    found = NUMBER.search(turn.text)
    return (found.group(1) or found.group(2)) if found else None


def ticket_status(turn: Turn) -> None:
    """The named ticket, or all open ones; "the status of UA-0003" is about leave."""
    if leave.NUMBER.search(turn.text):
        leave.leave_status(turn)
        return
    if number := _named(turn):
        try:
            ticket = tickets.find(turn.session, number, by=turn.employee)
        except NotFound:
            turn.reply("session.errors.NotFound")
            return
        status = f"tickets.status_{ticket.status}"
        turn.reply("tickets.one", number=ticket.number, summary=ticket.summary, status=status, who=_who(turn, ticket))
        return
    mine = tickets.of_requester(turn.session, turn.employee)
    if served := tickets.of_queues(turn.session, turn.employee):
        link = LinkSaid(Said("tickets.desk"), "/desk")
        turn.reply("tickets.in_queues", link=link, count=len(served))
    if not mine:
        turn.reply("tickets.none_open")
        return
    rows = [
        Row(
            Said("units.verbatim", {"text": f"{one.number} {shorten(one.summary, 60, placeholder=' …')}"}),
            Said("tickets.row", {"status": f"tickets.status_{one.status}", "who": _who(turn, one)}),
        )
        for one in mine[:MOST]
    ]
    if len(mine) > MOST:
        rows.append(Row(Said("tickets.more", {"count": len(mine) - MOST}), Said("units.verbatim", {"text": ""})))
    turn.reply("tickets.your_open", card=CardSaid(Said("tickets.title"), tuple(rows)))


def _who(turn: Turn, ticket: Ticket) -> str:
    return ticket.assignee.name if ticket.assignee else say("tickets.nobody_yet", turn.language)


def ticket_update(turn: Turn) -> None:
    """More words, "still broken", "solved" or "urgent", for the named ticket or the one that can only be meant."""
    number = _named(turn)
    known = None if number else ticket_changes.meant(turn.session, turn.employee, now=turn.now)
    if number is None and known is None:
        turn.reply("tickets.update_which")
        return
    try:
        ticket = known or tickets.find(turn.session, number or "", by=turn.employee)
        said = ticket_changes.hear(turn.session, ticket, by=turn.employee, text=turn.text, now=turn.now)
    except NotFound:
        turn.reply("session.errors.NotFound")
    except ticket_changes.TooLateToReopen as error:
        turn.reply("tickets.errors.TooLateToReopen", **error.facts)
    else:
        turn.reply(said.key, **said.facts)


def answered(turn: Turn) -> bool:
    """Take what was typed as the answer to the question of staff that is open, if there is one."""
    asked = ticket_changes.awaiting(turn.session, turn.employee, now=turn.now)
    if asked is None or not turn.text:
        return False
    ticket_changes.hear(turn.session, asked, by=turn.employee, text=turn.text, now=turn.now)
    turn.reply("tickets.passed_on", number=asked.number, name=_who(turn, asked))
    return True


def security_incident(turn: Turn) -> None:
    """Filed at once as urgent; nothing is asked."""
    ticket = tickets.open_ticket(
        turn.session,
        turn.employee,
        summary=turn.text,
        now=turn.now,
        urgency="urgent",
        category="security",
        conversation=turn.news_to,
    )
    key = "tickets.lost_filed" if triage.says_lost(turn.text) else "tickets.security_filed"
    turn.reply(key, number=ticket.number)


ACTS = {"ticket_status": ticket_status, "ticket_update": ticket_update, "security_incident": security_incident}


@dataclass(frozen=True)
class TicketForm:
    """What, since when, can you still work; category and urgency are inferred and said."""

    name: str = "ticket_form"
    slots: tuple[str, ...] = ("ticket_turn", "ticket_since", "ticket_can_work", "ticket_step")
    opener: str = "ticket_create"
    own: frozenset[str] = frozenset({"ticket_create", "ticket_update"})
    private: bool = False

    def expects(self, turn: Turn) -> bool:
        """What is wrong and since when is told in one's own words, unless they are clearly something else."""
        step = turn.slots["ticket_step"]
        if step == "since" and day_words.only_days(turn.text):
            return True
        return step in ("what", "since", "can_work") and turn.confidence < SURE

    def begin(self, turn: Turn) -> Slots | None:
        """The first message usually says what is wrong, sometimes more."""
        turn.slots.update(dict.fromkeys(self.slots))
        if triage.says_solved(turn.text):
            self._settled(turn)
            return None
        if len(turn.text.split()) < MIN_WORDS or ("ticket" in turn.text.lower() and len(turn.text.split()) < 7):
            turn.reply("tickets.ask_what")
            return {"ticket_step": "what"}
        return self._with_what(turn)

    def _settled(self, turn: Turn) -> None:
        """ "Das mit dem Drucker hat sich erledigt": no new trouble, but the end of one that is open."""
        known = tickets.similar_open(turn.session, turn.employee, turn.text)
        if known is None:
            turn.reply("tickets.update_which")
            return
        said = ticket_changes.hear(turn.session, known, by=turn.employee, text=turn.text, now=turn.now)
        turn.reply(said.key, **said.facts)

    def _with_what(self, turn: Turn) -> Slots | None:
        asked = ticket_changes.awaiting(turn.session, turn.employee, now=turn.now)
        known = asked or tickets.similar_open(turn.session, turn.employee, turn.text)
        if known is None:
            return self._as_new(turn, turn.said)
        slots: Slots = {"ticket_turn": turn.said, "ticket_step": f"{SIMILAR}{known.id}"}
        turn.slots.update(slots)
        self.ask(turn)
        return slots

    def _as_new(self, turn: Turn, what: str) -> Slots:
        said = inbox.text_of(turn.session, what)
        when = triage.since_from(said)
        since = f"tickets.since_{when}" if when else None
        return self._next(turn, ticket_turn=what, ticket_since=since, ticket_can_work=triage.can_work_from(said))

    def _same_or_new(self, turn: Turn) -> Slots | None:
        what, number = turn.slots["ticket_turn"], turn.slots["ticket_step"].removeprefix(SIMILAR)
        if turn.intent == "affirm":
            known = tickets.find(turn.session, number, by=turn.employee)
            words = inbox.text_of(turn.session, what)
            said = ticket_changes.hear(turn.session, known, by=turn.employee, text=words, now=turn.now)
            turn.reply(said.key, **said.facts)
            return None
        if turn.intent == "deny" or triage.says_new(turn.text):
            return self._as_new(turn, what)
        self.ask(turn)
        return {"ticket_step": turn.slots["ticket_step"]}

    def _next(self, turn: Turn, **slots: str | None) -> Slots:
        turn.slots.update(slots)
        missing = next((name for name in self.slots[1:3] if not turn.slots.get(name)), None)
        step = {"ticket_since": "since", "ticket_can_work": "can_work"}.get(missing or "", "sure")
        turn.slots["ticket_step"] = step
        self.ask(turn)
        return {**slots, "ticket_step": step}

    def _since(self, turn: Turn) -> str:
        """An entry of the words, or the turn that holds the answer: a slot keeps nobody's words."""
        when = triage.since_from(turn.text)
        return f"tickets.since_{when}" if when else turn.said

    def _since_said(self, turn: Turn) -> Said:
        since = turn.slots["ticket_since"]
        if since.startswith("tickets."):
            return Said(since)
        return Said("units.verbatim", {"text": inbox.text_of(turn.session, since)[:200]})

    def hear(self, turn: Turn) -> Slots | None:
        """The answer to the open question."""
        step = turn.slots["ticket_step"]
        if step == "what":
            return self._with_what(turn)
        if step.startswith(SIMILAR):
            return self._same_or_new(turn)
        if step == "since" and turn.intent in ("affirm", "deny"):
            self.ask(turn)
            return {"ticket_step": "since"}
        if step == "since":
            return self._next(turn, ticket_since=turn.slots.get("ticket_since") or self._since(turn))
        if step == "can_work":
            said = {"affirm": "yes", "deny": "no"}.get(turn.intent)
            heard = triage.can_work_from(turn.text) or said or "partly"
            return self._next(turn, ticket_can_work=turn.slots.get("ticket_can_work") or heard)
        if turn.intent == "affirm":
            self._file(turn)
            return None
        if turn.intent == "deny":
            self.discard(turn)
            return None
        self.ask(turn)
        return {"ticket_step": "sure"}

    def ask(self, turn: Turn) -> None:
        """The open question, with its usual answers as buttons."""
        step = turn.slots["ticket_step"]
        if step == "what":
            turn.reply("tickets.ask_what")
        elif step.startswith(SIMILAR):
            self._ask_same_or_new(turn, step.removeprefix(SIMILAR))
        elif step == "since":
            turn.reply(
                "tickets.ask_since",
                buttons=[
                    answer(Said(f"tickets.since_{c}"), "inform", form=self.name, ticket_since=f"tickets.since_{c}")
                    for c in ("now", "today", "yesterday", "longer")
                ],
            )
        elif step == "can_work":
            turn.reply(
                "tickets.ask_can_work",
                buttons=[
                    answer(Said(f"tickets.can_work_{c}"), "inform", form=self.name, ticket_can_work=c)
                    for c in ("yes", "partly", "no")
                ],
            )
        else:
            self._read_back(turn)

    def _ask_same_or_new(self, turn: Turn, number: str) -> None:
        known = tickets.find(turn.session, number, by=turn.employee)
        buttons = [
            answer(Said("tickets.to_open"), "affirm", first=True, form=self.name),
            answer(Said("tickets.new_one"), "deny", form=self.name),
        ]
        turn.reply("tickets.similar", buttons=buttons, number=known.number, summary=known.summary[:80])

    def discard(self, turn: Turn) -> None:
        """Nothing was filed."""
        turn.reply("tickets.discarded")

    def _summary(self, turn: Turn) -> str:
        return inbox.text_of(turn.session, turn.slots["ticket_turn"])

    def _read_back(self, turn: Turn) -> None:
        summary, can_work = self._summary(turn), turn.slots["ticket_can_work"]
        rows = (
            Row(Said("tickets.label_what"), Said("units.verbatim", {"text": summary[:200]})),
            Row(Said("tickets.label_since"), self._since_said(turn)),
            Row(Said("tickets.label_urgency"), Said(f"tickets.urgency_{triage.urgency_of(can_work)}")),
            Row(Said("tickets.label_category"), Said(f"tickets.category_{triage.category_of(summary)}")),
        )
        card = CardSaid(Said("tickets.draft_title"), rows, Said("tickets.draft_tag"), "wait")
        buttons = [
            answer(Said("tickets.submit"), "affirm", first=True, form=self.name),
            answer(Said("tickets.discard"), "cancel", form=self.name),
        ]
        turn.reply("tickets.read_back", card=card, buttons=buttons)

    def _file(self, turn: Turn) -> None:
        since = self._since_said(turn)
        ticket = tickets.open_ticket(
            turn.session,
            turn.employee,
            summary=self._summary(turn),
            now=turn.now,
            since=since.facts.get("text", since.key),
            can_work=turn.slots["ticket_can_work"],
            conversation=turn.news_to,
        )
        urgency = tickets.urgency_word(ticket)
        turn.reply("tickets.filed", number=ticket.number, urgency=urgency, due=ticket.due_at.isoformat())
