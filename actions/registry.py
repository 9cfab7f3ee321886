"""All of Rasa's hands, as instances: an action is a name and a function of the turn that returns slots to set."""

from __future__ import annotations

from collections.abc import Callable

from actions import (
    approvals,
    articles,
    followups,
    foreign,
    forms,
    inventory,
    leave,
    leave_form,
    offer_form,
    payroll,
    sensitive,
    session,
    shifts,
    sickness,
    ticket_form,
    tickets,
    unsure,
)
from actions.form import Form
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
        **unsure.ACTS,
    }
    asides.update({intent: session.only_own(asides[intent]) for intent in session.FIGURES})
    asides = {intent: followups.remembering(intent, asides) for intent in asides}
    asides = {intent: foreign.read_first(act) for intent, act in asides.items()}
    named: dict[str, Act] = {f"action_{intent}": act for intent, act in asides.items()}
    known: tuple[Form, ...] = (
        leave_form.LeaveForm(),
        ticket_form.TicketForm(),
        sickness.SickForm(),
        offer_form.OfferForm(),
        approvals.RejectForm(),
    )
    openers = {form.opener: form.name for form in known if form.opener} | dict.fromkeys(
        offer_form.OFFERED, "offer_form"
    )
    slots_of = {form.name: form.slots for form in known}
    for form in known:
        named[f"validate_{form.name}"] = forms.Listening(form, asides, openers, slots_of)
    return named
