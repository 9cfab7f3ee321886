"""Leave, by Rasa's hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.turn import Slots, Turn, answer, own_staff
from backoffice import dates, leave, people
from backoffice.errors import RuleBroken
from backoffice.outbox import ButtonSaid, CardSaid, Row, Said

REGIONS = {"BE": "Berlin", "SN": "Sachsen", "HH": "Hamburg"}


@own_staff
def leave_balance(turn: Turn) -> None:
    """How many days are left, with a button to the arithmetic."""
    found = leave.balance(turn.session, turn.employee, on=turn.today)
    key = "leave.balance_pending" if found.pending else "leave.balance"
    why = [answer(Said("leave.why"), "leave_explain")]
    turn.reply(key, buttons=why, left=found.left, year=str(found.year), pending=found.pending)


@own_staff
def leave_used(turn: Turn) -> None:
    """How many days were taken this year."""
    found = leave.balance(turn.session, turn.employee, on=turn.today)
    turn.reply("leave.used", year=str(found.year), taken=found.taken, planned=found.planned)


@own_staff
def leave_explain(turn: Turn) -> None:
    """The arithmetic, line by line."""
    found = leave.balance(turn.session, turn.employee, on=turn.today)
    rows = [
        _row("granted", "number", found.granted),
        *([_row("carried", "plus", found.carried)] if found.carried else []),
        _row("taken", "minus", found.taken),
        *([_row("planned", "minus", found.planned)] if found.planned else []),
        _row("left", "number", found.left, is_sum=True),
    ]
    if found.pending:
        rows.append(_row("pending", "number", found.pending))
    title = Said("leave.explain_title", {"year": str(found.year)})
    turn.reply("leave.explained", card=CardSaid(title, tuple(rows)))


def _row(name: str, unit: str, hundredths: int, *, is_sum: bool = False) -> Row:
    return Row(Said(f"leave.row_{name}"), Said(f"units.{unit}", {"days": hundredths}), is_sum)


def leave_status(turn: Turn) -> None:
    """Own requests, with how they stand."""
    requests = leave.requests_of(turn.session, turn.employee, on=turn.today)
    if not requests:
        turn.reply("leave.no_requests")
        return
    rows = tuple(Row(Said("units.verbatim", {"text": one.number}), _standing(one)) for one in requests)
    turn.reply("leave.your_requests", card=CardSaid(Said("leave.draft_title"), rows))


def _standing(request: Any) -> Said:
    status = f"leave.status_{request.status}"
    return Said(
        "leave.status_row", {"first": request.first.isoformat(), "last": request.last.isoformat(), "status": status}
    )


def leave_cancel(turn: Turn) -> None:
    """Which of the own requests to withdraw; pressing does it."""
    requests = [
        one
        for one in leave.requests_of(turn.session, turn.employee, on=turn.today)
        if one.status in ("pending", "approved") and one.first >= turn.today
    ]
    if not requests:
        turn.reply("leave.no_requests")
        return
    buttons = [
        ButtonSaid(
            Said("leave.cancel_button", {"number": one.number, "first": one.first.isoformat()}),
            "deed",
            {"verb": "leave.cancel", "request": one.id},
        )
        for one in requests[:5]
    ]
    turn.reply("leave.cancel_which", buttons=buttons)


def next_holiday(turn: Turn) -> None:
    """At the employee's own place of work."""
    day, name = leave.next_holidays(turn.employee, after=turn.today, language=turn.language, count=1)[0]
    region = REGIONS.get(turn.employee.site.region, turn.employee.site.region)
    turn.reply("leave.next_holiday", region=region, name=name, day=day.isoformat())


def who_is_out(turn: Turn) -> None:
    """Colleagues with the same manager who are away today, never why."""
    names = leave.away(turn.session, turn.employee, on=turn.today)
    if names:
        turn.reply("leave.who_is_out", names=names)
    else:
        turn.reply("leave.nobody_out")


ACTS = {
    "leave_balance": leave_balance,
    "leave_used": leave_used,
    "leave_explain": leave_explain,
    "leave_status": leave_status,
    "leave_cancel": leave_cancel,
    "next_holiday": next_holiday,
    "who_is_out": who_is_out,
}


@dataclass(frozen=True)
class LeaveForm:
    """Ask for days, read them back, submit."""

    name: str = "leave_form"
    slots: tuple[str, ...] = ("leave_first", "leave_last", "leave_first_part", "leave_last_part", "leave_step")
    opener: str = "leave_request"
    own: frozenset[str] = frozenset({"leave_request"})

    def listens_freely(self, step: str) -> bool:
        """Days can be read or not; nothing else is taken."""
        return False

    def begin(self, turn: Turn) -> Slots | None:
        """Dates may be in the first message already. Agency staff ask their agency."""
        if turn.employee.agency:
            turn.reply("payroll.agency", agency=turn.employee.agency, contact=turn.employee.agency_contact)
            return None
        turn.slots.update(dict.fromkeys(self.slots))
        return self._read_dates(turn) or self._wait_for_dates(turn, "leave.ask_dates")

    def hear(self, turn: Turn) -> Slots | None:
        """A date at any time corrects; yes and no count once the dates were read back."""
        sure = turn.slots["leave_step"] == "sure"
        if turn.intent == "correct" and not turn.text:
            return self._wait_for_dates(turn, "leave.ask_dates")
        if found := self._read_dates(turn):
            return found
        if sure and turn.intent == "affirm":
            return self._submit(turn)
        if turn.intent == "deny" and sure:
            self.discard(turn)
            return None
        if sure:
            self.ask(turn)
            return {"leave_step": "sure"}
        return self._wait_for_dates(turn, "leave.not_a_date")

    def ask(self, turn: Turn) -> None:
        """Read back when the dates are known, else ask for them."""
        if turn.slots.get("leave_step") == "sure":
            self._read_back(turn)
        else:
            turn.reply("leave.ask_dates")

    def discard(self, turn: Turn) -> None:
        """Nothing was submitted."""
        turn.reply("leave.discarded")

    def _wait_for_dates(self, turn: Turn, key: str) -> Slots:
        turn.reply(key)
        return {"leave_step": "dates"}

    def _read_dates(self, turn: Turn) -> Slots | None:
        try:
            candidates = dates.parse(
                turn.text,
                language=turn.language,
                sent_on=turn.today,
                calendar=lambda day: leave.working_share(turn.employee, day) > 0,
                near=date.fromisoformat(turn.slots["leave_first"]) if turn.slots.get("leave_first") else None,
            )
        except dates.ImpossibleDate as error:
            return self._refuse(turn, "leave.errors.ImpossibleDate", {"said": error.said})
        except dates.ReversedRange:
            return self._refuse(turn, "leave.errors.ReversedRange", {})
        if not candidates:
            return None
        best = candidates[0]
        slots: Slots = {
            "leave_first": best.first.isoformat(),
            "leave_last": best.last.isoformat(),
            "leave_first_part": best.first_part,
            "leave_last_part": best.last_part,
        }
        turn.slots.update(slots)
        try:
            leave.check_request(turn.session, turn.employee, today=turn.today, **self._days(turn))
        except RuleBroken as error:
            key = f"leave.errors.{type(error).__name__}"
            facts = dict(error.facts)
            if not facts.get("holiday", "-"):
                facts["holiday"] = {"de": "frei", "en": "day off"}[turn.language]
            return self._refuse(turn, key, facts)
        turn.slots["leave_step"] = "sure"
        self._read_back(turn)
        return {**slots, "leave_step": "sure"}

    def _refuse(self, turn: Turn, key: str, facts: dict[str, Any]) -> Slots:
        turn.reply(key, **facts)
        return {**dict.fromkeys(self.slots), "leave_step": "dates"}

    def _days(self, turn: Turn) -> dict[str, Any]:
        return {
            "first": date.fromisoformat(turn.slots["leave_first"]),
            "last": date.fromisoformat(turn.slots["leave_last"]),
            "first_part": turn.slots["leave_first_part"],
            "last_part": turn.slots["leave_last_part"],
        }

    def _read_back(self, turn: Turn) -> None:
        days = self._days(turn)
        costs = leave.cost(turn.employee, **days)
        left = leave.balance(turn.session, turn.employee, on=turn.today).askable - costs
        period = {"first": days["first"].isoformat(), "last": days["last"].isoformat()}
        when = Said("leave.one_day" if days["first"] == days["last"] else "leave.period", period)
        rows = (
            Row(Said("leave.label_when"), when),
            Row(Said("leave.label_days"), Said("units.some_days", {"days": costs})),
            Row(Said("leave.label_goes_to"), Said("units.verbatim", {"text": self._approver(turn)})),
            Row(Said("leave.label_then_left"), Said("units.some_days", {"days": left}), sum=True),
        )
        card = CardSaid(Said("leave.draft_title"), rows, Said("leave.draft_tag"), "wait")
        buttons = [
            answer(Said("leave.submit"), "affirm", first=True),
            answer(Said("leave.change"), "correct"),
            answer(Said("leave.discard"), "cancel"),
        ]
        turn.reply("leave.read_back", card=card, buttons=buttons)

    def _approver(self, turn: Turn) -> str:
        manager_id = turn.employee.manager_id
        return people.by_id(turn.session, manager_id).name if manager_id else "–"

    def _submit(self, turn: Turn) -> Slots | None:
        try:
            request = leave.request_leave(
                turn.session, turn.employee, now=turn.now, today=turn.today, **self._days(turn)
            )
        except RuleBroken as error:
            return self._refuse(turn, f"leave.errors.{type(error).__name__}", error.facts)
        turn.reply("leave.submitted", number=request.number, approver=self._approver(turn))
        return None
