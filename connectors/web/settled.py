"""What has become of what the buttons of older messages would do: in another chat, on the desk, on another device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice import leave_cards, tickets
from backoffice.models import LeaveRequest, Pressable, Ticket
from backoffice.outbox import Said
from backoffice.wording import say
from connectors.messages import Reply

Subject = LeaveRequest | Ticket


def as_it_stands(session: Session, replies: Sequence[Reply], *, pressed: set[str]) -> list[Reply]:
    """The replies without buttons that do nothing any more; a card whose buttons go says how its subject stands now."""
    shown = [button.nonce for reply in replies for button in reply.buttons]
    rows = session.scalars(select(Pressable).where(Pressable.nonce.in_(shown)))
    deeds = {row.nonce: deed for row in rows if (deed := _deed(row))}
    subjects = {subject: session.get(*subject) for subject in {subject for _, subject in deeds.values()}}
    known = {nonce: (verb, subjects[subject]) for nonce, (verb, subject) in deeds.items()}
    return [_settled(reply, known, used=any(button.nonce in pressed for button in reply.buttons)) for reply in replies]


def _deed(row: Pressable) -> tuple[str, tuple[type[Subject], int]] | None:
    """The verb and what it is done to; to reject begins with a question and is done all the same."""
    meaning = row.meaning if row.kind == "deed" else row.meaning["slots"]
    if "ticket" in meaning:
        return meaning["verb"], (Ticket, meaning["ticket"])
    request = meaning.get("request") or meaning.get("reject_request")
    return (meaning.get("verb", "leave.reject"), (LeaveRequest, request)) if request else None


def _settled(reply: Reply, known: dict[str, tuple[str, Any]], *, used: bool) -> Reply:
    left = tuple(
        button for button in reply.buttons if not used and (button.nonce not in known or _does(*known[button.nonce]))
    )
    gone = [known[button.nonce][1] for button in reply.buttons if button not in left and button.nonce in known]
    if reply.card and gone and gone[0]:
        state, tone = _standing(gone[0])
        tag = say(state.key, reply.language, state.facts)
        return replace(reply, buttons=left, card=replace(reply.card, tag=tag, tone=tone))
    return replace(reply, buttons=left)


def _does(verb: str, subject: Subject | None) -> bool:
    """Whether pressing it would change anything."""
    if isinstance(subject, LeaveRequest):
        return subject.status in (("pending", "approved") if verb == "leave.cancel" else ("pending",))
    if subject is None:
        return False
    if verb == "tickets.take" and subject.assignee_id:
        return False
    return (subject.status == "resolved") == (verb == "tickets.reopen")


def _standing(subject: Subject) -> tuple[Said, str]:
    if isinstance(subject, LeaveRequest):
        return leave_cards.standing(subject)
    private = subject.queue in tickets.PRIVATE_QUEUES
    return tickets.status_said(subject, private=private), tickets.status_tone(subject)
