"""All of Rasa's hands, as instances: an action is a name and a function of the turn that returns slots to set."""

from __future__ import annotations

from collections.abc import Callable

from actions import (
    approvals,
    articles,
    foreign,
    forms,
    inventory,
    leave,
    leave_form,
    payroll,
    sensitive,
    session,
    shifts,
    sickness,
    tickets,
)
from actions.turn import Slots, Turn

Act = Callable[[Turn], Slots | None]


def acts() -> dict[str, Act]:
    """Name in Rasa's domain -> what it does."""
    asides: dict[str, Act] = {
        **session.ACTS,
        **leave.ACTS,
        **payroll.ACTS,
        **tickets.ACTS,
        **inventory.ACTS,
        **shifts.ACTS,
        **approvals.ACTS,
        **articles.ACTS,
        **sensitive.ACTS,
    }
    asides = {intent: foreign.read_first(act) for intent, act in asides.items()}
    named: dict[str, Act] = {f"action_{intent}": act for intent, act in asides.items()}
    known: tuple[forms.Form, ...] = (
        leave_form.LeaveForm(),
        tickets.TicketForm(),
        sickness.SickForm(),
        session.OfferForm(),
    )
    openers = {form.opener: form.name for form in known if form.opener} | dict.fromkeys(session.OFFERED, "offer_form")
    slots_of = {form.name: form.slots for form in known}
    for form in known:
        named[f"validate_{form.name}"] = forms.Listening(form, asides, openers, slots_of)
    return named
