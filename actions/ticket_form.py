"""Reporting trouble, by Rasa's hand: what, since when, can you still work; read back; filed."""

from __future__ import annotations

from dataclasses import dataclass

from actions.turn import SURE, Slots, Turn, answer
from backoffice import day_words, inbox, ticket_changes, tickets, triage
from backoffice.outbox import CardSaid, Row, Said

MIN_WORDS = 2
SIMILAR = "similar:"  # the step that waits for "same or new" names the open ticket


@dataclass(frozen=True)
class TicketForm:
    """What, since when, can you still work; category and urgency are inferred and said.

    `ticket_turn` names the turns whose words tell it, `ticket_urgency` is set where it was said to be pressing or not.
    """

    name: str = "ticket_form"
    slots: tuple[str, ...] = ("ticket_turn", "ticket_since", "ticket_can_work", "ticket_urgency", "ticket_step")
    opener: str = "ticket_create"
    own: frozenset[str] = frozenset({"ticket_create", "ticket_update"})
    private: bool = False

    def questions(self, turn: Turn) -> tuple[str, ...]:
        """What was said at once counts as answered."""
        return ("what", "since", "can_work")

    def tells(self, turn: Turn) -> bool:
        """Nothing but since when it is so, whether one can work, or how it presses; no question."""
        step = turn.slots["ticket_step"]
        if step == "what" or step.startswith(SIMILAR) or "?" in turn.text:
            return False
        return triage.says_only_how(turn.text)

    def expects(self, turn: Turn) -> bool:
        """What is wrong and since when is told in one's own words, unless they are clearly something else."""
        step = turn.slots["ticket_step"]
        if step == "since" and day_words.only_days(turn.text):
            return True
        return step in ("what", "since", "can_work") and turn.confidence < SURE

    def begin(self, turn: Turn) -> Slots | None:
        """The first message usually says what is wrong, sometimes more."""
        turn.slots.update(dict.fromkeys(self.slots))
        turn.hide_numbers()
        if triage.says_solved(turn.text):
            self._settled(turn)
            return None
        if len(turn.text.split()) < MIN_WORDS or ("ticket" in turn.text.lower() and len(turn.text.split()) < 7):
            turn.reply("tickets.ask_what")
            return {"ticket_step": "what"}
        return self._with_what(turn)

    def restart(self, turn: Turn) -> Slots | None:
        """As if nothing had been said of it."""
        return self.reopen(turn, "what")

    def reopen(self, turn: Turn, question: str) -> Slots:
        """The answers after it stay, unless it is the first: another trouble has another story."""
        forgotten = {"what": self.slots, "since": ("ticket_since",), "can_work": ("ticket_can_work", "ticket_urgency")}
        slots: Slots = {**dict.fromkeys(forgotten[question]), "ticket_step": question}
        turn.slots.update(slots)
        self.ask(turn)
        return slots

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
        told = self._told(inbox.text_of(turn.session, what))
        told.pop("ticket_urgency", None)  # how urgent a new one is follows from whether one can work
        known = {slot: turn.slots.get(slot) for slot in self.slots[1:-1]}
        return self._next(turn, ticket_turn=what, **{**known, **told})

    def _same_or_new(self, turn: Turn) -> Slots | None:
        what, number = turn.slots["ticket_turn"], turn.slots["ticket_step"].removeprefix(SIMILAR)
        if turn.intent == "affirm":
            known = tickets.find(turn.session, number, by=turn.employee, at=turn.now)
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
        missing = next((name for name in ("ticket_since", "ticket_can_work") if not turn.slots.get(name)), None)
        step = {"ticket_since": "since", "ticket_can_work": "can_work"}.get(missing or "", "sure")
        turn.slots["ticket_step"] = step
        self.ask(turn)
        return {**slots, "ticket_step": step}

    def _told(self, text: str) -> Slots:
        """All that the words say about it, whatever was asked."""
        when, can_work = triage.since_from(text), triage.can_work_from(text)
        told: Slots = {"ticket_since": f"tickets.since_{when}"} if when else {}
        if can_work:
            told.update(ticket_can_work=can_work, ticket_urgency=None)
        if triage.says_pressing(text):
            told["ticket_urgency"] = "high"
        elif triage.says_not_pressing(text):
            told["ticket_urgency"] = "normal"
        return told

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
        turn.hide_numbers()
        step = turn.slots["ticket_step"]
        if step == "what":
            return self._with_what(turn)
        if step.startswith(SIMILAR):
            return self._same_or_new(turn)
        if step == "sure" and turn.intent == "affirm":
            self._file(turn)
            return None
        told = self._told(turn.text)
        no = step == "sure" and (turn.intent == "deny" or triage.corrects(turn.text))
        corrects = no or (turn.intent == "correct" and turn.confidence >= SURE)
        if not told and corrects and triage.told_besides(turn.text):
            return self._corrected(turn)
        if step == "since":
            return self._hear_since(turn, told)
        if step == "can_work":
            return self._hear_can_work(turn, told)
        if told:
            return self._next(turn, **told)
        if turn.intent == "deny":
            self.discard(turn)
            return None
        if turn.intent in ("inform", "correct", "ticket_create", "ticket_update") and triage.told_besides(turn.text):
            return self._with_more(turn)
        self.ask(turn)
        return {"ticket_step": "sure"}

    def _hear_since(self, turn: Turn, told: Slots) -> Slots:
        """Own words count as they are, a yes or no to it does not."""
        if turn.intent in ("affirm", "deny") and not told:
            self.ask(turn)
            return {"ticket_step": "since"}
        since = turn.slots.get("ticket_since") or self._since(turn)
        return self._next(turn, **{"ticket_since": since, **told})

    def _hear_can_work(self, turn: Turn, told: Slots) -> Slots:
        """Neither yes nor no is "with limits", unless the words are about something else."""
        said = {"affirm": "yes", "deny": "no"}.get(turn.intent) or turn.slots.get("ticket_can_work")
        if said is None and "ticket_since" in told and "ticket_can_work" not in told:
            return self._next(turn, **told)
        return self._next(turn, **{"ticket_can_work": said or "partly", **told})

    def _with_more(self, turn: Turn) -> Slots:
        return self._next(turn, ticket_turn=f"{turn.slots['ticket_turn']},{turn.said}")

    def _corrected(self, turn: Turn) -> Slots:
        """The trouble itself in other words: a story takes the place of the first, a word or two stand behind it."""
        if len(triage.told_besides(turn.text)) < triage.STORY:
            return self._with_more(turn)
        return self._next(turn, ticket_turn=turn.said)

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
        known = tickets.find(turn.session, number, by=turn.employee, at=turn.now)
        buttons = [
            answer(Said("tickets.to_open"), "affirm", first=True, form=self.name),
            answer(Said("tickets.new_one"), "deny", form=self.name),
        ]
        turn.reply("tickets.similar", buttons=buttons, number=known.number, summary=known.summary[:80])

    def discard(self, turn: Turn) -> None:
        """Nothing was filed."""
        turn.reply("tickets.discarded")

    def _story(self, turn: Turn) -> list[str]:
        told = [inbox.text_of(turn.session, one) for one in turn.slots["ticket_turn"].split(",")]
        return [triage.without_lead(text) for text in told if text]

    def _summary(self, turn: Turn) -> str:
        return "; ".join(self._story(turn))

    def _category(self, turn: Turn) -> str:
        """What was said last counts first."""
        kinds = [triage.category_of(text) for text in reversed(self._story(turn))]
        return next((kind for kind in kinds if kind != "other"), "other")

    def _urgency(self, turn: Turn) -> str:
        return turn.slots.get("ticket_urgency") or triage.urgency_of(turn.slots["ticket_can_work"])

    def draft(self, turn: Turn) -> CardSaid | None:
        """What was told so far, and what follows from it."""
        if not turn.slots.get("ticket_turn"):
            return None
        summary = self._summary(turn)
        rows = [Row(Said("tickets.label_what"), Said("units.verbatim", {"text": summary[:200]}))]
        if turn.slots.get("ticket_since"):
            rows.append(Row(Said("tickets.label_since"), self._since_said(turn)))
        if can_work := turn.slots.get("ticket_can_work"):
            urgency = tickets.word_for(self._urgency(turn), can_work)
            rows.append(Row(Said("tickets.label_urgency"), Said(urgency)))
        rows.append(Row(Said("tickets.label_category"), Said(f"tickets.category_{self._category(turn)}")))
        return CardSaid(Said("tickets.draft_title"), tuple(rows), Said("tickets.draft_tag"), "wait")

    def _read_back(self, turn: Turn) -> None:
        buttons = [
            answer(Said("tickets.submit"), "affirm", first=True, form=self.name),
            answer(Said("tickets.discard"), "cancel", form=self.name),
        ]
        turn.reply("tickets.read_back", card=self.draft(turn), buttons=buttons)

    def _file(self, turn: Turn) -> None:
        since = self._since_said(turn)
        ticket = tickets.open_ticket(
            turn.session,
            turn.employee,
            summary=self._summary(turn),
            now=turn.now,
            since=since.facts.get("text", since.key),
            can_work=turn.slots["ticket_can_work"],
            urgency=self._urgency(turn),
            category=self._category(turn),
            conversation=turn.news_to,
        )
        urgency = tickets.urgency_word(ticket)
        turn.reply("tickets.filed", number=ticket.number, urgency=urgency, due=ticket.due_at.isoformat())
