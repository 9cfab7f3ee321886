"""What waits for a decision."""

from __future__ import annotations

from actions.turn import Turn
from backoffice import leave


def approval_inbox(turn: Turn) -> None:
    """One card per request, with its buttons."""
    requests = leave.to_decide(turn.session, turn.employee)
    if not requests:
        turn.reply("leave.nothing_to_decide")
        return
    turn.reply("leave.to_decide")
    for request in requests:
        left = leave.balance(turn.session, request.employee, on=turn.today).askable
        turn.reply(
            "leave.asks_you",
            card=leave.card(request, left=left),
            buttons=leave.decision_buttons(request),
            name=request.employee.name,
        )


ACTS = {"approval_inbox": approval_inbox}
