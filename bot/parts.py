"""Several requests in one message: which of its pieces are requests of their own, and in which order they are answered.

The connector proposes the pieces (`connectors/parts.py`); here each is heard. They count only if every one of them is
clear by itself and they want different things; else the message is what it is as a whole.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

Heard = dict[str, Any]
Hears = Callable[[str], Awaitable[Heard]]

SURE = 0.6  # tests/nlu/test_several_requests.py holds what it does to sentences with one request
BEYOND_DOUBT = 0.9  # then one sensitive piece says what the whole message is
NO_REQUEST = {
    *("greet", "goodbye", "thank", "affirm", "deny", "cancel", "feedback", "bot_challenge", "help", "switch_language"),
    *("inform", "correct", "go_back", "start_over", "out_of_scope", "nlu_fallback", "unsure"),
}
"""What may stand beside a request and is none."""
SMALL_TALK = NO_REQUEST - {"nlu_fallback", "unsure", "out_of_scope"}
NOT_CLEAR = {"nlu_fallback", "unsure"}
SENSITIVE = {
    *("sick_report", "report_accident", "confidential_report", "security_incident", "privacy_request"),
    *("payroll_change_bank", "tax_document", "declare_parental_leave", "declare_part_time", "declare_resignation"),
}
"""What is forgotten, kept word for word, or urgent: beside it nothing else is done."""
DECLARED = {"declare_parental_leave", "declare_part_time", "declare_resignation"}
"""What has legal effect is heard in the whole message or not at all."""
ONE_MATTER = (
    {"ticket_create", "ticket_update", "ticket_status", "password_reset", "account_unlock", "access_request"}
    | {"software_request", "hardware_request", "outage_check", "my_assets"},
    {"payslip", "pay_explain", "pay_discrepancy", "salary_amount", "time_account"},
    {"leave_balance", "leave_used", "leave_explain"},
    {"expense_submit", "expense_status"},
    {"inventory_status", "order_status"},
    {"policy_question", "benefits_insurance", "who_is_responsible", "talk_to_human", "certificate_request"},
)
"""Within one of these, a second sentence mostly tells more about the first."""
OFFER = "offer_form"


@dataclass(frozen=True)
class Piece:
    """One piece of a message: where it stands in what was typed, its text as Rasa may see it, what stands before it."""

    start: int
    end: int
    text: str
    joint: str = ""


@dataclass(frozen=True)
class Request:
    """Pieces that are one request, and what was heard in them."""

    piece: Piece
    heard: Heard

    @property
    def intent(self) -> str:
        """What it asks for."""
        return str(self.heard["intent"]["name"])

    @property
    def is_clear(self) -> bool:
        """Whether it is a request by itself, heard beyond doubt."""
        return self.intent not in NO_REQUEST and float(self.heard["intent"]["confidence"]) >= SURE


def is_listening(state: dict[str, Any]) -> bool:
    """Whether an open form has a question and hears a message as a whole; an offer only waits for a yes."""
    form = state.get("form")
    return form is not None and not (form == OFFER and state.get("slots", {}).get("offer_step") == "sure")


async def requests_in(pieces: list[Piece], hears: Hears) -> list[Request]:
    """The requests in the order in which they were said; empty when the message is one, or is not clear enough."""
    found: list[Request] = []
    for piece in pieces:
        new = Request(piece, await hears(piece.text))
        if not found:
            found.append(new)
        elif not new.is_clear or not found[-1].is_clear or _one_matter(found[-1].intent, new.intent):
            if len(found) == 1 and piece is pieces[-1]:
                return []  # all of it is one: heard as a whole
            found[-1] = await _joined(found[-1], new, hears)
        else:
            found.append(new)
    intents = {one.intent for one in found}
    return found if 1 < len(found) == len(intents) and all(one.is_clear for one in found) else []


def _one_matter(one: str, other: str) -> bool:
    return one == other or any({one, other} <= matter for matter in ONE_MATTER)


async def _joined(one: Request, other: Request, hears: Hears) -> Request:
    """Both as one request; small talk beside a clear request adds nothing to it."""
    text = one.piece.text + other.piece.joint + other.piece.text
    piece = replace(one.piece, end=other.piece.end, text=text)
    if one.is_clear and other.intent in SMALL_TALK:
        return Request(piece, one.heard)
    return Request(piece, await hears(text))


async def without_small_talk(pieces: list[Piece], hears: Hears) -> Heard | None:
    """What is heard in the one piece that is a request, where all others are small talk; None where that is not so."""
    heard = [Request(piece, await hears(piece.text)) for piece in pieces]
    requests = [one for one in heard if one.intent not in SMALL_TALK]
    return requests[0].heard if len(requests) == 1 and requests[0].is_clear else None


def safest(requests: list[Request], whole: Heard) -> Heard | None:
    """What to hear in the whole message where it or a request in it is sensitive: only that; None where none is."""
    sensitive = [one for one in requests if one.intent in SENSITIVE]
    sounds_so = whole["intent"]["name"] in SENSITIVE
    if requests and sounds_so and (sensitive or float(whole["intent"]["confidence"]) >= SURE):
        return whole
    if not sensitive:
        return None
    for one in sensitive:
        if one.intent not in DECLARED and float(one.heard["intent"]["confidence"]) >= BEYOND_DOUBT:
            return {**whole, "intent": one.heard["intent"], "entities": []}
    return whole


def beside(requests: list[Request], whole: Heard) -> list[str]:
    """What an open form will not hear: the intents beside the request that the whole message is heard as."""
    name = whole["intent"]["name"]
    if name == "unsure":
        name = whole["intent_ranking"][0]["name"]  # so an open form hears it
    intents = [one.intent for one in requests]
    return [intent for intent in intents if intent != name] if name in intents else []


def first_of(requests: list[Request], whole: Heard) -> Heard:
    """What to hear in the whole message where only one request is to be done: what it sounds like, else the first."""
    meant = next((one for one in requests if one.intent == whole["intent"]["name"]), requests[0])
    return {**whole, "intent": meant.heard["intent"], "entities": []}


def openers(rules: Path) -> dict[str, str]:
    """Intent -> the form that it opens, as the rules say it."""
    from rasa.shared.utils.io import read_yaml_file

    found: dict[str, str] = {}
    for path in sorted(rules.glob("*.yml")):
        for rule in read_yaml_file(path)["rules"]:
            steps = {key: value for step in rule["steps"] for key, value in step.items()}
            if steps.get("intent") and steps.get("active_loop"):
                found[steps["intent"]] = steps["active_loop"]
    return found


def in_order(requests: list[Request], forms: dict[str, str]) -> list[tuple[Request, bool]]:
    """Answers first, then what is only put aside (True), last the one form that stays open: the first that was said.

    An offer to pass something on asks less than a form: it comes before, and its buttons go on working.
    """
    answers = [one for one in requests if one.intent not in forms]
    asking = [one for one in requests if one.intent in forms]
    real = [one for one in asking if forms[one.intent] != OFFER]
    last = real[:1] or asking[-1:]
    aside = [one for one in asking if one not in last]
    return [(one, False) for one in answers] + [(one, True) for one in aside] + [(one, False) for one in last]
