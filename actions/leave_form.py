"""Asking for leave, by Rasa's hand: which days, which kind; read back; submitted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from actions.turn import Slots, Turn, answer
from backoffice import approvals, dates, leave, leave_cards, leave_kinds, workdays
from backoffice.errors import RuleBroken
from backoffice.leave_account import Days
from backoffice.outbox import CardSaid, Row, Said
from backoffice.wording import say

DAYS = ("leave_first", "leave_last", "leave_first_part", "leave_last_part")
FEW_WORDS = 4


@dataclass(frozen=True)
class LeaveForm:
    """Ask for days, read them back, submit. Steps: dates (none yet), short (too few are left), sure (read back)."""

    name: str = "leave_form"
    slots: tuple[str, ...] = ("leave_kind", *DAYS, "leave_step")
    opener: str = "leave_request"
    own: frozenset[str] = frozenset({"leave_request"})
    private: bool = False

    def questions(self, turn: Turn) -> tuple[str, ...]:
        """Only one."""
        return ("dates",)

    def expects(self, turn: Turn) -> bool:
        """Nothing that is not told in days or kinds."""
        return False

    def tells(self, turn: Turn) -> bool:
        """Nothing but days, or a kind of leave with days or in a few words ("unbezahlt bitte"); no question."""
        if dates.only_days(turn.text):
            return True
        if "?" in turn.text or leave_kinds.kind_in(turn.text) is None:
            return False
        return len(turn.text.split()) <= FEW_WORDS or self._names_days(turn)

    def begin(self, turn: Turn) -> Slots | None:
        """Dates and kind may be in the first message already. Agency staff ask their agency."""
        if turn.employee.agency:
            turn.send_to_agency()
            return None
        turn.slots.update(dict.fromkeys(self.slots))
        turn.slots["leave_kind"] = leave_kinds.kind_in(turn.text) or "vacation"
        return self._read(turn) or self._wait_for_dates(turn, "leave.ask_dates")

    def restart(self, turn: Turn) -> Slots | None:
        """As if nothing had been said of it; the message itself may name days."""
        return self.begin(turn)

    def reopen(self, turn: Turn, question: str) -> Slots:
        """The kind stays; the days stay as those that other days are named beside ("15. bis 17.")."""
        return self._wait_for_dates(turn, "leave.ask_dates")

    def hear(self, turn: Turn) -> Slots | None:
        """Days, a part of a day or a kind correct at any time; yes and no count once the days were read back."""
        step = turn.slots["leave_step"]
        turn.slots["leave_kind"] = turn.slots.get("leave_kind") or "vacation"
        if turn.intent == "correct" and not turn.text:
            return self._wait_for_dates(turn, "leave.ask_dates")
        if found := self._read(turn):
            return found
        if step == "sure" and turn.intent == "affirm":
            return self._submit(turn)
        if step != "dates" and turn.intent == "deny":
            self.discard(turn)
            return None
        if step != "dates":
            self.ask(turn)
            return {"leave_step": step}
        return self._wait_for_dates(turn, "leave.not_a_date")

    def ask(self, turn: Turn) -> None:
        """Read back when the days are known and there are enough, else ask for them."""
        step = turn.slots.get("leave_step")
        if step in ("sure", "short"):
            self._check(turn)
        else:
            turn.reply("leave.ask_dates")

    def draft(self, turn: Turn) -> CardSaid | None:
        """The days; what they cost is worked out when somebody goes on with them."""
        if not turn.slots.get("leave_first"):
            return None
        title = Said(f"leave.draft_title_{turn.slots['leave_kind']}")
        return CardSaid(title, tuple(leave_cards.when_rows(self._draft(turn))), Said("leave.draft_tag"), "wait")

    def discard(self, turn: Turn) -> None:
        """Nothing was submitted."""
        turn.reply("leave.discarded")

    def _wait_for_dates(self, turn: Turn, key: str) -> Slots:
        turn.reply(key)
        return {"leave_kind": turn.slots["leave_kind"], "leave_step": "dates"}

    def _read(self, turn: Turn) -> Slots | None:
        """What this message says about days and kind, checked; None when it says nothing about them."""
        kind = leave_kinds.kind_in(turn.text)
        if kind is None and not turn.text and turn.intent == "inform":
            kind = turn.slots["leave_kind"]  # the button under "too few days" has set it
        try:
            spans = self._spans(turn)
        except dates.ImpossibleDate as error:
            return self._refuse(turn, "leave.errors.ImpossibleDate", {"said": error.said})
        except dates.ReversedRange:
            return self._refuse(turn, "leave.errors.ReversedRange", {})
        turn.slots["leave_kind"] = kind or turn.slots["leave_kind"]
        if spans and spans[0].open_end:
            return self._ask_until(turn, spans[0].first)
        if not spans and turn.intent not in ("affirm", "deny") and self._left_open(turn):
            return self._refuse(turn, "leave.which_days", {})
        if days := self._new_days(turn, spans):
            turn.slots.update(_as_slots(days))
        elif kind is None or not turn.slots.get("leave_first"):
            return None
        elif turn.slots["leave_step"] == "dates" and turn.text:
            return self._wait_for_dates(turn, "leave.ask_dates")  # a kind alone, while the days are open
        if len(spans) > 1:
            first, *others = [_said(turn, span) for span in spans]
            turn.reply("leave.one_by_one", first=first, others=others)
        return self._check(turn)

    def _ask_until(self, turn: Turn, first: date) -> Slots:
        """It begins on that day, and nobody said when it ends: until then nothing can be submitted."""
        turn.slots.update(_as_slots(Days(first, first, "full", "full")))
        turn.reply("leave.ask_until", first=first.isoformat())
        return {**self._known(turn), "leave_step": "dates"}

    def _spans(self, turn: Turn) -> list[dates.Candidate]:
        near = self._draft(turn).first if turn.slots.get("leave_first") else None
        return dates.spans(turn.text, near=near, **self._sent(turn))

    def _names_days(self, turn: Turn) -> bool:
        try:
            return bool(self._spans(turn))
        except ValueError:
            return True  # the answer says what is wrong with them

    def _left_open(self, turn: Turn) -> bool:
        return dates.left_open(turn.text, **self._sent(turn))

    def _sent(self, turn: Turn) -> dict[str, Any]:
        return {
            "language": turn.language,
            "sent_on": turn.today,
            "calendar": lambda day: workdays.working_share(turn.employee, day) > 0,
        }

    def _new_days(self, turn: Turn, spans: list[dates.Candidate]) -> Days | None:
        """The first span that is said, or the draft with what is said of it."""
        draft = self._draft(turn) if turn.slots.get("leave_first") else None
        if not spans:
            return _with_halves(draft, turn.text) if draft else None
        best = spans[0]
        days = Days(best.first, best.last, best.first_part, best.last_part)
        if len(spans) > 1 or draft is None or best.first < best.last:
            return days
        if draft.first < draft.last:
            if best.first_part != "full" and best.first in (draft.first, draft.last):
                return _half_of(draft, best.first, turn.text)  # "am 23.12. nur vormittags", said of a longer leave
            return days
        if dates.part_in(turn.text) is None:  # "no wait, the 8th": as much of that day
            return replace(days, first_part=draft.first_part, last_part=draft.last_part)
        return days

    def _check(self, turn: Turn) -> Slots:
        draft = self._draft(turn)
        try:
            kind = turn.slots["leave_kind"]
            possible = leave.check_request(turn.session, turn.employee, draft, today=turn.today, kind=kind)
        except leave.NotEnoughLeave as error:
            buttons = [
                answer(Said("leave.change"), "correct", first=True, form=self.name),
                answer(Said("leave.as_unpaid"), "inform", form=self.name, leave_kind="unpaid"),
                answer(Said("leave.discard"), "cancel", form=self.name),
            ]
            turn.reply(f"leave.errors.{type(error).__name__}", buttons=buttons, **error.facts)
            return {**self._known(turn), "leave_step": "short"}
        except RuleBroken as error:
            facts = dict(error.facts)
            if "holiday" in facts:
                holiday = workdays.holiday_name(turn.employee, draft.first, language=turn.language)
                facts["holiday"] = holiday or say("leave.free_day", turn.language)
            return self._refuse(turn, f"leave.errors.{type(error).__name__}", facts)
        self._read_back(turn, possible)
        return {**self._known(turn), "leave_step": "sure"}

    def _refuse(self, turn: Turn, key: str, facts: dict[str, Any]) -> Slots:
        turn.reply(key, **facts)
        return {**dict.fromkeys(DAYS), "leave_kind": turn.slots["leave_kind"], "leave_step": "dates"}

    def _known(self, turn: Turn) -> Slots:
        return {name: turn.slots[name] for name in ("leave_kind", *DAYS)}

    def _draft(self, turn: Turn) -> Days:
        return Days(
            date.fromisoformat(turn.slots["leave_first"]),
            date.fromisoformat(turn.slots["leave_last"]),
            turn.slots["leave_first_part"],
            turn.slots["leave_last_part"],
        )

    def _read_back(self, turn: Turn, possible: leave.Possible) -> None:
        draft, kind = self._draft(turn), turn.slots["leave_kind"]
        rows = [
            *leave_cards.when_rows(draft),
            *leave_cards.cost_rows(kind, possible.costs),
            Row(Said("leave.label_goes_to"), self._goes_to(turn)),
        ]
        if kind == "vacation":
            rows += leave_cards.left_rows(possible.left, this_year=turn.today.year)
        else:
            rows.append(Row(Said(f"leave.label_note_{kind}"), Said(f"leave.note_{kind}")))
            rows.append(Row(Said("leave.label_vacation"), Said("leave.untouched")))
        card = CardSaid(Said(f"leave.draft_title_{kind}"), tuple(rows), Said("leave.draft_tag"), "wait")
        buttons = [
            answer(Said("leave.submit"), "affirm", first=True, form=self.name, **self._known(turn)),
            answer(Said("leave.change"), "correct", form=self.name),
            answer(Said("leave.discard"), "cancel", form=self.name),
        ]
        turn.reply("leave.read_back", card=card, buttons=buttons)

    def _deciders(self, turn: Turn) -> list[str]:
        return [one.name for one in approvals.deciders(turn.session, turn.employee, at=turn.now)]

    def _goes_to(self, turn: Turn) -> Said:
        names = self._deciders(turn)
        return Said("leave.goes_to", {"names": names}) if names else Said("leave.goes_to_nobody")

    def _submit(self, turn: Turn) -> Slots | None:
        draft, kind = self._draft(turn), turn.slots["leave_kind"]
        try:
            request = leave.request_leave(
                turn.session,
                turn.employee,
                first=draft.first,
                last=draft.last,
                first_part=draft.first_part,
                last_part=draft.last_part,
                kind=kind,
                now=turn.now,
                today=turn.today,
            )
        except RuleBroken:
            return self._check(turn)  # something changed since it was read back: say what, with what can be done
        deciders = self._deciders(turn)
        key = "leave.submitted_special" if kind == "special" else "leave.submitted"
        turn.reply(key if deciders else "leave.submitted_to_nobody", number=request.number, approver=deciders)
        return None


def _as_slots(days: Days) -> Slots:
    edges = (days.first.isoformat(), days.last.isoformat(), days.first_part, days.last_part)
    return dict(zip(DAYS, edges))


def _with_halves(days: Days, text: str) -> Days | None:
    """The days with only a half of an end day, or wholly again; None when the text says nothing of it."""
    first, last = dates.edges_in(text, single=days.first == days.last)
    if not first and not last:
        return None
    return replace(days, first_part=first or days.first_part, last_part=last or days.last_part)


def _half_of(days: Days, day: date, text: str) -> Days:
    """The longer leave with only a half of one of its end days; "half" leaves the days in one piece."""
    if day == days.first:
        return replace(days, first_part=dates.part_in(text) or days.first_part)
    _, last = dates.edges_in(text, single=False)
    return replace(days, last_part=last or days.last_part)


def _said(turn: Turn, span: dates.Candidate) -> str:
    """The span in words, for a list of several."""
    key = "leave.one_day" if span.first == span.last else "leave.period"
    return say(key, turn.language, {"first": span.first.isoformat(), "last": span.last.isoformat()})
