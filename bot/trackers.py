"""Rasa keeps nothing: a conversation's state comes with each request and goes back with the answer."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    REQUESTED_SLOT,
    SESSION_START_METADATA_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

State = dict[str, Any]

carried: ContextVar[State] = ContextVar("carried")
"""The state of the conversation of this request; `save` replaces its content."""


class CarriedTrackerStore(TrackerStore):
    """Reads and writes the context variable that `channel.py` sets for each request."""

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker as the last turn left it: slots and open form, and nothing of what was said."""
        return DialogueStateTracker.from_events(sender_id, _events(carried.get({})), self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Put the state after this turn where `channel.py` finds it."""
        state = carried.get()
        state.clear()
        state["slots"] = {
            name: slot.value
            for name, slot in tracker.slots.items()
            if slot.value is not None and name != SESSION_START_METADATA_SLOT
        }
        if tracker.active_loop_name:
            state["form"] = tracker.active_loop_name
        else:
            state["slots"].pop(REQUESTED_SLOT, None)

    async def keys(self) -> Iterable[str]:
        """No conversation lives here."""
        return []


def _events(state: State) -> list[Event]:
    events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    events += [SlotSet(name, value) for name, value in state.get("slots", {}).items()]
    if form := state.get("form"):
        events += [ActionExecuted(form), ActiveLoop(form)]
    return [*events, ActionExecuted(ACTION_LISTEN_NAME)]
