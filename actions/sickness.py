"""Reporting sick, by Rasa's hand. What was typed is forgotten as soon as its days have been read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from actions.turn import Slots, Turn, answer
from backoffice import dates, inbox, sickness
from backoffice.outbox import Said


@dataclass(frozen=True)
class SickForm:
    """From when (today unless said), and until when: the only question."""

    name: str = "sick_form"
    slots: tuple[str, ...] = ("sick_first", "sick_until", "sick_step")
    own: frozenset[str] = frozenset({"sick_report"})

    def expects(self, turn: Turn) -> bool:
        """Its answers are heard as what they are."""
        return False

    def begin(self, turn: Turn) -> Slots | None:
        """The first message may name the days already."""
        found = self._days(turn)
        inbox.blank(turn.session, turn.context.turn)
        first, until = found or (turn.today, None)
        if until and until > turn.today:
            self._file(turn, first, until)
            return None
        turn.slots["sick_first"] = first.isoformat()
        self.ask(turn)
        return {"sick_first": first.isoformat(), "sick_step": "until"}

    def hear(self, turn: Turn) -> Slots | None:
        """Any answer files it: somebody who is ill is not asked twice."""
        pressed = turn.slots.get("sick_until")
        found = self._days(turn)
        inbox.blank(turn.session, turn.context.turn)
        if turn.intent == "deny":
            self.discard(turn)
            return None
        until = date.fromisoformat(pressed) if pressed and pressed != "unknown" else (found[1] if found else None)
        first = date.fromisoformat(turn.slots["sick_first"])
        self._file(turn, first, until if until and until >= first else None)
        return None

    def ask(self, turn: Turn) -> None:
        """Until when; never why."""
        tomorrow = date.fromordinal(turn.today.toordinal() + 1).isoformat()
        buttons = [
            answer(Said("sickness.today"), "inform", sick_until=turn.today.isoformat()),
            answer(Said("sickness.tomorrow"), "inform", sick_until=tomorrow),
            answer(Said("sickness.unknown"), "inform", sick_until="unknown"),
        ]
        turn.reply("sickness.ask_until", buttons=buttons)

    def discard(self, turn: Turn) -> None:
        """Nothing was reported."""
        turn.reply("sickness.discarded")

    def _days(self, turn: Turn) -> tuple[date, date] | None:
        try:
            found = dates.parse(turn.text, language=turn.language, sent_on=turn.today, calendar=lambda day: True)
        except ValueError:
            return None
        return (found[0].first, found[0].last) if found else None

    def _file(self, turn: Turn, first: date, until: date | None) -> None:
        sickness.report(turn.session, turn.employee, first=first, until=until, now=turn.now)
        if until:
            turn.reply("sickness.filed_until", first=first.isoformat(), until=until.isoformat())
        else:
            turn.reply("sickness.filed_open", first=first.isoformat())
