"""What waits for a decision."""

from __future__ import annotations

from actions.turn import Turn
from backoffice import leave, leave_cards, tickets
from backoffice.outbox import LinkSaid, Said


def approval_inbox(turn: Turn) -> None:
    """One card per request, with its buttons."""
    requests = leave.to_decide(turn.session, turn.employee, at=turn.now)
    served = tickets.of_queues(turn.session, turn.employee, at=turn.now)
    if served:
        turn.reply("tickets.in_queues", link=LinkSaid(Said("tickets.desk"), "/desk"), count=len(served))
    if not requests:
        if not served:
            turn.reply("leave.nothing_to_decide")
        return
    turn.reply("leave.to_decide")
    for request in requests:
        turn.reply(
            f"leave.asks_you_{request.kind}",
            card=leave_cards.card(request, left=leave_cards.left_by_year(turn.session, request)),
            buttons=leave_cards.decision_buttons(request),
            name=request.employee.name,
        )


ACTS = {"approval_inbox": approval_inbox}
