"""Leave, by Rasa's hand: what is left, how requests stand, withdrawing them, who is away."""

from __future__ import annotations

import re
from datetime import date, timedelta

from actions import days, followups
from actions.turn import Turn, answer, own_staff
from backoffice import (
    absence,
    dates,
    follow_words,
    inventory,
    leave,
    leave_account,
    leave_cards,
    people,
    workdays,
)
from backoffice.errors import NotFound
from backoffice.models import LeaveRequest, Site
from backoffice.outbox import ButtonSaid, CardSaid, Row, Said
from backoffice.wording import knows

NUMBER = re.compile(r"\bua[- ]?(\d{1,6})\b", re.IGNORECASE)
WHO = re.compile(r"\b(wer|who)\b", re.IGNORECASE)  # asks for everybody, whatever name stands beside it
LONGEST_LOOK_DAYS = 31
MOST_NAMED = 3


def _in_year(turn: Turn) -> date | None:
    """Today, or the nearest day of the year that is named; None, and said, when nothing is known of that year."""
    year = follow_words.year_in(turn.text, today=turn.today) or turn.today.year
    if year < turn.today.year and not leave_account.is_kept(turn.session, turn.employee, year):
        turn.reply("leave.not_kept", year=str(year))
        return None
    return max(date(year, 1, 1), min(turn.today, date(year, 12, 31)))


@own_staff
def leave_balance(turn: Turn) -> None:
    """How many days are left, with a button to the arithmetic."""
    if (on := _in_year(turn)) is None:
        return
    found = leave_account.balance(turn.session, turn.employee, on=on)
    key = "leave.balance_pending" if found.pending else "leave.balance"
    why = [answer(Said("leave.why"), "leave_explain")]
    turn.reply(key, buttons=why, left=found.left, year=str(found.year), pending=found.pending)
    lapses = leave_account.lapse_day(found.year)
    carried = leave_account.unused_carry(turn.session, turn.employee, year=found.year)
    if carried and turn.today <= lapses:
        turn.reply("leave.carried_first", carried=carried, until=lapses.isoformat())


@own_staff
def leave_used(turn: Turn) -> None:
    """How many days were taken this year, or in the one that is named."""
    if (on := _in_year(turn)) is None:
        return
    found = leave_account.balance(turn.session, turn.employee, on=on)
    key = "leave.used_then" if found.year < turn.today.year else "leave.used"
    turn.reply(key, year=str(found.year), taken=found.taken, planned=found.planned)


@own_staff
def leave_explain(turn: Turn) -> None:
    """The arithmetic, line by line. Days have lapsed only if the ledger says so."""
    if (on := _in_year(turn)) is None:
        return
    found = leave_account.balance(turn.session, turn.employee, on=on)
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
        spans = dates.parse(turn.text, language=turn.language, sent_on=turn.today, calendar=lambda day: True)
    except ValueError:
        spans = []
    spans = spans or days.month_of(turn)
    if spans:
        return leave.requests_of(
            turn.session, turn.employee, on=turn.today, first=spans[0].first, last=spans[0].last
        ), True
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
        who = [one.name for one in leave.in_charge(turn.session, begun, at=turn.now)]
        turn.reply("leave.errors.AlreadyBegan", number=begun.number, first=begun.first.isoformat(), name=who)
    elif requests:
        one = requests[0]
        turn.reply("leave.errors.AlreadyDecided", number=one.number, status=f"leave.status_{one.status}")
    else:
        turn.reply("leave.no_request_then" if named else "leave.no_requests")


def next_holiday(turn: Turn) -> None:
    """At the employee's own place of work, or at the site that is named; from today, or from the time that is named."""
    before = turn.before or {}
    named = inventory.site_in(turn.session, turn.text) or before.get("site")
    site = inventory.site_named(turn.session, named) if named else turn.employee.site
    after = _from_then(turn)
    day, name = workdays.holidays_at(site, after=after, language=turn.language, count=1)[0]
    turn.about = {"site": site.name} if named else {}
    turn.reply(
        f"leave.{_holiday_key(site, own=not named, now=after == turn.today)}",
        region=f"leave.region_{site.region}",
        site=site.name,
        name=name,
        day=day.isoformat(),
        after=after.isoformat(),
    )


def _holiday_key(site: Site, *, own: bool, now: bool) -> str:
    """The region is named where there is a word for it, else the site."""
    has_word = site.country == "DE" and knows(f"leave.region_{site.region}")
    if own and now:
        return "next_holiday" if has_word else "next_holiday_at"
    return f"next_holiday{'' if has_word else '_in'}{'' if now else '_then'}"


def _from_then(turn: Turn) -> date:
    """The first of the days, the month or the year that the text names, unless that is past; else today."""
    if month := days.month_of(turn):
        return max(turn.today, month[0].first)
    if year := follow_words.year_in(turn.text, today=turn.today):
        return max(turn.today, date(year, 1, 1))
    try:
        named = dates.parse(turn.text, language=turn.language, sent_on=turn.today, calendar=lambda day: True)
    except ValueError:
        named = []
    return max(turn.today, named[0].first) if named else turn.today


def who_is_out(turn: Turn) -> None:
    """Who of the team is away today or on the named days, never why; whether one of them is, where a name is named."""
    asked = _days_asked(turn)
    if asked is None:
        return
    first, last = asked
    begin, end = first.isoformat(), last.isoformat()
    turn.about = {"first": begin, "last": end}
    gone = absence.away(turn.session, turn.employee, first=first, last=last)
    if "person" in (turn.before or {}):
        _whether_out(turn, _meant_before(turn), gone, first, last)
    elif (named := _colleagues(turn)) and len(named) <= MOST_NAMED:
        _whether_out(turn, named, gone, first, last)
    elif first == last == turn.today:
        turn.reply("leave.who_is_out" if gone else "leave.nobody_out", names=gone.get(first, []))
    elif first == last:
        turn.reply("leave.who_is_out_day" if gone else "leave.nobody_out_day", first=begin, names=gone.get(first, []))
    elif not gone:
        turn.reply("leave.nobody_out_days", first=begin, last=end)
    else:
        turn.reply("leave.who_is_out_days", card=_by_day(gone), first=begin, last=end)


def _days_asked(turn: Turn) -> tuple[date, date] | None:
    """What is named, else what was asked about before, else an open request's days, else today; None, and said why,
    when the named ones cannot be meant.
    """
    named = days.asked_about(turn)
    if named is None:
        return None
    if named:
        first, last = named[0].first, named[0].last
    elif before := followups.days_before(turn):
        return before
    elif begins := turn.slots.get("leave_first"):  # "is anybody else away then?", asked about an open request
        first, last = date.fromisoformat(begins), date.fromisoformat(turn.slots["leave_last"])
    else:
        first = last = turn.today
    return first, min(last, first + timedelta(days=LONGEST_LOOK_DAYS - 1))


def _by_day(gone: dict[date, list[str]]) -> CardSaid:
    rows = (
        Row(Said("shifts.day", {"day": day.isoformat()}), Said("leave.names", {"names": names}))
        for day, names in gone.items()
    )
    return CardSaid(Said("leave.away_title"), tuple(rows))


def _colleagues(turn: Turn) -> list[str]:
    """The colleagues of the team whom a question is about, also misspelt, by their full names."""
    if WHO.search(turn.text):
        return []
    return [one.name for one in people.named_in(turn.text, absence.team_of(turn.session, turn.employee))]


def _meant_before(turn: Turn) -> list[str]:
    """Whoever is not of the team is nobody's business, whether there is such a person or not."""
    meant = (turn.before or {})["person"].split(",")
    return [one.name for one in absence.team_of(turn.session, turn.employee) if str(one.id) in meant]


def _whether_out(turn: Turn, team: list[str], gone: dict[date, list[str]], first: date, last: date) -> None:
    if not team:
        turn.reply("leave.not_your_team")
    for name in team:
        on = {day: [name] for day, names in gone.items() if name in names}
        key = f"leave.one_{'out' if on else 'in'}_{'day' if first == last else 'days'}"
        card = _by_day(on) if on and first < last else None
        turn.reply(key, card=card, name=name, first=first.isoformat(), last=last.isoformat())


ACTS = {
    "leave_balance": leave_balance,
    "leave_used": leave_used,
    "leave_explain": leave_explain,
    "leave_status": leave_status,
    "leave_cancel": leave_cancel,
    "next_holiday": next_holiday,
    "who_is_out": who_is_out,
}
