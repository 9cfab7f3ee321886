"""Leave, by Rasa's hand: what is left, how requests stand, withdrawing them, who is away."""

from __future__ import annotations

import re
from datetime import date, timedelta

from actions.turn import Turn, answer, own_staff
from backoffice import absence, dates, day_words, leave, leave_account, leave_cards, people, workdays
from backoffice.errors import NotFound
from backoffice.models import LeaveRequest
from backoffice.outbox import ButtonSaid, CardSaid, Row, Said
from backoffice.wording import say

NUMBER = re.compile(r"\bua[- ]?(\d{1,6})\b", re.IGNORECASE)
WHO = re.compile(r"\b(wer|who)\b", re.IGNORECASE)  # asks for everybody, whatever name stands beside it
LONGEST_LOOK_DAYS = 14
MOST_NAMED = 3


@own_staff
def leave_balance(turn: Turn) -> None:
    """How many days are left, with a button to the arithmetic."""
    found = leave_account.balance(turn.session, turn.employee, on=turn.today)
    key = "leave.balance_pending" if found.pending else "leave.balance"
    why = [answer(Said("leave.why"), "leave_explain")]
    turn.reply(key, buttons=why, left=found.left, year=str(found.year), pending=found.pending)
    lapses = leave_account.lapse_day(found.year)
    carried = leave_account.unused_carry(turn.session, turn.employee, year=found.year)
    if carried and turn.today <= lapses:
        turn.reply("leave.carried_first", carried=carried, until=lapses.isoformat())


@own_staff
def leave_used(turn: Turn) -> None:
    """How many days were taken this year."""
    found = leave_account.balance(turn.session, turn.employee, on=turn.today)
    turn.reply("leave.used", year=str(found.year), taken=found.taken, planned=found.planned)


@own_staff
def leave_explain(turn: Turn) -> None:
    """The arithmetic, line by line. Days have lapsed only if the ledger says so."""
    found = leave_account.balance(turn.session, turn.employee, on=turn.today)
    rows = [
        _row("granted", "number", found.granted),
        *([_row("carried", "plus", found.carried)] if found.carried else []),
        *([_row("expired", "minus", found.expired)] if found.expired else []),
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


def _named(turn: Turn) -> tuple[list[LeaveRequest], bool]:
    """Own requests that a number, days or a month in the text mean, else all; and whether something was named.

    Raises NotFound for a number that is not the person's.
    """
    if number := NUMBER.search(turn.text):
        return [leave.find(turn.session, number[1], by=turn.employee)], True
    try:
        days = dates.parse(turn.text, language=turn.language, sent_on=turn.today, calendar=lambda day: True)
    except ValueError:
        days = []
    if days:
        return leave.requests_of(
            turn.session, turn.employee, on=turn.today, first=days[0].first, last=days[0].last
        ), True
    if named := day_words.month_in(turn.text, today=turn.today):
        month, year = named
        first = date(year or turn.today.year + (month < turn.today.month), month, 1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return leave.requests_of(turn.session, turn.employee, on=turn.today, first=first, last=last), True
    return leave.requests_of(turn.session, turn.employee, on=turn.today), False


def leave_status(turn: Turn) -> None:
    """The named request as a card, or all that are open or ahead."""
    try:
        requests, named = _named(turn)
    except NotFound:
        turn.reply("session.errors.NotFound")
        return
    if not requests:
        turn.reply("leave.no_request_then" if named else "leave.no_requests")
    elif named and len(requests) == 1:
        turn.reply("leave.your_request", card=leave_cards.card(requests[0]))
    else:
        rows = tuple(Row(Said("units.verbatim", {"text": one.number}), _standing(one)) for one in requests)
        turn.reply("leave.your_requests", card=CardSaid(Said("leave.draft_title"), rows))


def _standing(request: LeaveRequest) -> Said:
    status = f"leave.status_{request.status}"
    key = "leave.status_row_day" if request.first == request.last else "leave.status_row"
    return Said(key, {"first": request.first.isoformat(), "last": request.last.isoformat(), "status": status})


def leave_cancel(turn: Turn) -> None:
    """Which of the own requests to withdraw; pressing does it. What has begun is for people."""
    try:
        requests, named = _named(turn)
    except NotFound:
        turn.reply("session.errors.NotFound")
        return
    live = [one for one in requests if one.status in ("pending", "approved") and one.last >= turn.today]
    free = [one for one in live if not leave.has_begun(one, today=turn.today)]
    if not free:
        _cannot_withdraw(turn, live or requests, named)
    elif len(free) == 1 and (named or len(live) == 1):
        turn.reply("leave.cancel_this", card=leave_cards.card(free[0]), buttons=[_withdraw(free[0])])
    else:
        turn.reply("leave.cancel_which", buttons=[_withdraw(one) for one in free[:5]])


def _withdraw(request: LeaveRequest) -> ButtonSaid:
    label = Said("leave.cancel_button", {"number": request.number, "first": request.first.isoformat()})
    return ButtonSaid(label, "deed", {"verb": "leave.cancel", "request": request.id})


def _cannot_withdraw(turn: Turn, requests: list[LeaveRequest], named: bool) -> None:
    begun = next((one for one in requests if leave.has_begun(one, today=turn.today)), None)
    if begun:
        approver = people.by_id(turn.session, begun.approver_id).name if begun.approver_id else "–"
        turn.reply("leave.errors.AlreadyBegan", number=begun.number, first=begun.first.isoformat(), name=approver)
    elif requests:
        one = requests[0]
        turn.reply("leave.errors.AlreadyDecided", number=one.number, status=f"leave.status_{one.status}")
    else:
        turn.reply("leave.no_request_then" if named else "leave.no_requests")


def next_holiday(turn: Turn) -> None:
    """At the employee's own place of work."""
    day, name = workdays.next_holidays(turn.employee, after=turn.today, language=turn.language, count=1)[0]
    region = f"leave.region_{turn.employee.site.region}"
    turn.reply("leave.next_holiday", region=region, name=name, day=day.isoformat())


def who_is_out(turn: Turn) -> None:
    """Who of the team is away today or on the named days, never why."""
    first = last = turn.today
    try:
        named = dates.parse(turn.text, language=turn.language, sent_on=turn.today, calendar=lambda day: True)
    except dates.ImpossibleDate as error:
        turn.reply("leave.errors.ImpossibleDate", said=error.said)
        return
    except dates.ReversedRange:
        turn.reply("leave.errors.ReversedRange")
        return
    if named:
        first, last = named[0].first, named[0].last
    elif begins := turn.slots.get("leave_first"):  # "is anybody else away then?", asked about an open request
        first, last = date.fromisoformat(begins), date.fromisoformat(turn.slots["leave_last"])
    last = min(last, first + timedelta(days=LONGEST_LOOK_DAYS - 1))
    gone = absence.away(turn.session, turn.employee, first=first, last=last)
    if (
        asked := []
        if WHO.search(turn.text)
        else people.named_in(turn.text, absence.team_of(turn.session, turn.employee))
    ):
        for one in asked[:MOST_NAMED]:
            _who_is_where(turn, one.name, gone, first=first, last=last)
        return
    begin, end = first.isoformat(), last.isoformat()
    if first == last == turn.today:
        turn.reply("leave.who_is_out" if gone else "leave.nobody_out", names=gone.get(first, []))
    elif first == last:
        turn.reply("leave.who_is_out_day" if gone else "leave.nobody_out_day", first=begin, names=gone.get(first, []))
    elif not gone:
        turn.reply("leave.nobody_out_days", first=begin, last=end)
    else:
        rows = tuple(
            Row(Said("shifts.day", {"day": day.isoformat()}), Said("leave.names", {"names": names}))
            for day, names in gone.items()
        )
        turn.reply("leave.who_is_out_days", card=CardSaid(Said("leave.away_title"), rows), first=begin, last=end)


def _who_is_where(turn: Turn, name: str, gone: dict[date, list[str]], *, first: date, last: date) -> None:
    """Of one colleague that was named: on which of the days she or he is away, by the full name."""
    days = [day for day, names in gone.items() if name in names]
    if first == last:
        turn.reply("leave.named_out" if days else "leave.named_not_out", name=name, day=first.isoformat())
    elif days:
        said = [say("shifts.day", turn.language, {"day": day.isoformat()}) for day in days]
        turn.reply("leave.named_out_days", name=name, days=said)
    else:
        turn.reply("leave.named_not_out_days", name=name, first=first.isoformat(), last=last.isoformat())


ACTS = {
    "leave_balance": leave_balance,
    "leave_used": leave_used,
    "leave_explain": leave_explain,
    "leave_status": leave_status,
    "leave_cancel": leave_cancel,
    "next_holiday": next_holiday,
    "who_is_out": who_is_out,
}
