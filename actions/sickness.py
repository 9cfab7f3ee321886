"""Reporting sick, by Rasa's hand. What is typed while the form is open is forgotten with each answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from actions.turn import Slots, Turn, answer
from backoffice import dates, day_words, inbox, sickness
from backoffice.outbox import CardSaid, Row, Said

ONE_DAY = timedelta(days=1)


def _day_row(label: str, day: str) -> Row:
    return Row(Said(f"sickness.label_{label}"), Said("units.full_day", {"day": day}))


def _span(turn: Turn, *, near: date | None = None) -> dates.Candidate | None:
    """`near`: the first day, where it is known already."""
    try:
        found = dates.parse(turn.text, language=turn.language, sent_on=turn.today, calendar=lambda day: True, near=near)
    except ValueError:
        return None
    return found[0] if found else None


def mended(turn: Turn) -> bool:
    """Other days right after a report ("nein, doch bis Freitag") change it; False when it is nothing of the kind."""
    if not day_words.only_days(turn.text):
        return False
    filed = sickness.just_reported(turn.session, turn.employee, now=turn.now)
    found = _span(turn, near=filed.first) if filed else None
    if filed is None or found is None or found.open_end or found.last < filed.first:
        return False
    if found.first > (filed.until or filed.first) + ONE_DAY:
        return False  # other days altogether: they could be meant for anything
    if sickness.doubt(first=filed.first, until=found.last, today=turn.today):
        return False
    inbox.blank(turn.session, turn.context.turn)
    _file(turn, filed.first, found.last, filed.kind)
    return True


@dataclass(frozen=True)
class SickForm:
    """From when (today unless said), and until when: the only question, unless the days are unusual.

    `sick_step` is "until self", "until child", "sure self" or "sure child": what we wait for, and who is ill.
    """

    name: str = "sick_form"
    slots: tuple[str, ...] = ("sick_first", "sick_until", "sick_step")
    opener: str = "sick_report"
    own: frozenset[str] = frozenset({"sick_report", "ticket_update"})
    """ "Still no better" sounds like news of a ticket; there it would be read by others."""
    private: bool = True

    def questions(self, turn: Turn) -> tuple[str, ...]:
        """Only one."""
        return ("until",)

    def expects(self, turn: Turn) -> bool:
        """Nothing that is not told in days."""
        return False

    def tells(self, turn: Turn) -> bool:
        """Nothing but days ("bis morgen" is no goodbye)."""
        return day_words.only_days(turn.text)

    def begin(self, turn: Turn) -> Slots | None:
        """The first message may name the days already; or say that one is well again."""
        if sickness.says_well(turn.text, language=turn.language):
            self._well(turn)
            return None
        kind = sickness.kind_in(turn.text, language=turn.language)
        found = _span(turn)
        if found is None:
            return self._ask_until(turn, turn.today, kind)
        if found.open_end or found.last <= min(found.first, turn.today):
            return self._ask_until(turn, found.first, kind)
        return self._consider(turn, found.first, found.last, kind)

    def _well(self, turn: Turn) -> None:
        """An open report ends yesterday; one of today is for people."""
        filed = sickness.open_report(turn.session, turn.employee, on=turn.today)
        if filed is None:
            turn.reply("sickness.nothing_open")
        elif filed.first >= turn.today:
            turn.reply("sickness.well_today")
        else:
            _file(turn, filed.first, turn.today - ONE_DAY, filed.kind)

    def restart(self, turn: Turn) -> Slots | None:
        """As if nothing had been said of it."""
        return self.begin(turn)

    def reopen(self, turn: Turn, question: str) -> Slots:
        """The first day stays; it can be said again with the last one."""
        kind = turn.slots["sick_step"].partition(" ")[2]
        return self._ask_until(turn, date.fromisoformat(turn.slots["sick_first"]), kind or "self")

    def hear(self, turn: Turn) -> Slots | None:
        """Any answer files it: somebody who is ill is not asked twice. Unusual days are asked about once."""
        step, _, kind = turn.slots["sick_step"].partition(" ")
        kind = kind or "self"
        first = date.fromisoformat(turn.slots["sick_first"])
        child = kind == "self" and sickness.kind_in(turn.text, language=turn.language) == "child"
        found = _span(turn, near=first)
        if turn.intent == "deny" and not found and not child:
            self.discard(turn)
            return None
        if child:
            kind, turn.slots["sick_step"] = "child", f"{step} child"
        if step == "sure":
            return self._hear_sure(turn, first, found, kind)
        if found and (found.open_end or found.last < first):
            return self._ask_until(turn, found.first, kind)  # "seit gestern": the beginning, not the end
        pressed = turn.slots.get("sick_until")
        if pressed and pressed != "unknown":  # a button of before, and the first day has changed since: no end
            until = date.fromisoformat(pressed)
            return self._consider(turn, first, until if until >= first else None, kind)
        if found and found.first < found.last:
            first = found.first  # "vom 24. bis zum 26."; "bis Freitag" begins with the first day that is known
        return self._consider(turn, first, found.last if found else None, kind)

    def _hear_sure(self, turn: Turn, first: date, found: dates.Candidate | None, kind: str) -> Slots | None:
        known = turn.slots.get("sick_until")
        until = date.fromisoformat(known) if known else None
        if found and found.open_end:  # "nein, ab dem 10.": the end stays
            return self._consider(turn, found.first, until if until and until >= found.first else None, kind)
        if found:
            return self._consider(turn, found.first, found.last, kind)
        if turn.intent == "affirm":
            _file(turn, first, until, kind)
            return None
        if turn.intent == "correct":
            return self._ask_until(turn, turn.today, kind)
        self.ask(turn)
        return {"sick_step": f"sure {kind}"}

    def ask(self, turn: Turn) -> None:
        """Until when, or whether the unusual days are right; never why."""
        if turn.slots["sick_step"].startswith("sure"):
            self._ask_sure(turn)
            return
        first = date.fromisoformat(turn.slots["sick_first"])
        ends = [(turn.today, "today" if first == turn.today else "until_today"), (turn.today + ONE_DAY, "tomorrow")]
        if first > turn.today:
            ends = [(first, "only_then")]
        buttons = [
            answer(Said(f"sickness.{label}"), "inform", form=self.name, sick_until=end.isoformat())
            for end, label in ends
        ]
        buttons.append(answer(Said("sickness.unknown"), "inform", form=self.name, sick_until="unknown"))
        key = "sickness.ask_until" if first == turn.today else "sickness.ask_until_from"
        turn.reply(key, buttons=buttons, first=first.isoformat())

    def draft(self, turn: Turn) -> CardSaid | None:
        """The days alone."""
        until = turn.slots.get("sick_until")
        rows = [_day_row("from", turn.slots["sick_first"])]
        rows += [_day_row("until", until)] if until and until != "unknown" else []
        return CardSaid(Said("sickness.draft_title"), tuple(rows), Said("sickness.draft_tag"), "wait")

    def discard(self, turn: Turn) -> None:
        """Nothing was reported."""
        turn.reply("sickness.discarded")

    def _ask_until(self, turn: Turn, first: date, kind: str) -> Slots:
        slots: Slots = {"sick_first": first.isoformat(), "sick_until": None, "sick_step": f"until {kind}"}
        turn.slots.update(slots)
        self.ask(turn)
        return slots

    def _consider(self, turn: Turn, first: date, until: date | None, kind: str) -> Slots | None:
        if sickness.doubt(first=first, until=until, today=turn.today) is None:
            _file(turn, first, until, kind)
            return None
        slots: Slots = {
            "sick_first": first.isoformat(),
            "sick_until": until.isoformat() if until else None,
            "sick_step": f"sure {kind}",
        }
        turn.slots.update(slots)
        self.ask(turn)
        return slots

    def _ask_sure(self, turn: Turn) -> None:
        until = turn.slots.get("sick_until")
        first = date.fromisoformat(turn.slots["sick_first"])
        said = sickness.doubt(first=first, until=date.fromisoformat(until) if until else None, today=turn.today)
        buttons = [
            answer(Said("sickness.yes_report"), "affirm", first=True, form=self.name),
            answer(Said("sickness.other_days"), "correct", form=self.name),
            answer(Said("sickness.discard"), "cancel", form=self.name),
        ]
        if said:
            turn.reply(said.key, buttons=buttons, **said.facts)


def _file(turn: Turn, first: date, until: date | None, kind: str) -> None:
    done = sickness.report(turn.session, turn.employee, first=first, until=until, now=turn.now, kind=kind)
    filed = "filed_child" if (kind, done.news) == ("child", "new") else done.news
    key = f"sickness.{filed}_{sickness.how_it_ends(done.report)}"
    turn.reply(key, first=done.report.first.isoformat(), until=until.isoformat() if until else "")
    if turn.employee.agency:
        turn.reply("sickness.agency", agency=turn.employee.agency, contact=turn.employee.agency_contact)
    if done.given_back > 0:
        turn.reply("sickness.leave_back", days=done.given_back)
    elif done.given_back < 0:
        turn.reply("sickness.leave_again", days=-done.given_back)
    elif done.leave_waits:
        turn.reply("sickness.leave_waits")
