"""What we change inside Rasa 3.6.21: turns that are atomic, and four costs that every turn would pay for nothing."""

from __future__ import annotations

import functools
from typing import Any

import aiohttp
import rasa.shared.utils.common
from jsonschema import Draft7Validator
from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import ActionExecutionRejected
from rasa.utils.endpoints import ClientResponseError, EndpointConfig


def install() -> None:
    """Put all of them in place; call before the agent is loaded."""
    MessageProcessor._run_action = _run_action
    validator = Draft7Validator(RemoteAction.action_response_format_spec())
    RemoteAction._validate_action_result = lambda self, result: validator.validate(result)
    subclasses = rasa.shared.utils.common.all_subclasses
    rasa.shared.utils.common.all_subclasses = functools.lru_cache(maxsize=None)(subclasses)
    EndpointConfig.request = _request


async def _run_action(
    self: MessageProcessor, action: Action, tracker: Any, output_channel: Any, nlg: Any, prediction: Any
) -> bool:
    """Rasa's own, without its `except Exception`: a failing action fails the turn, and no state is saved."""
    try:
        attempt = tracker.copy()
        attempt.update_with_events(prediction.events, self.domain)
        events = await action.run(output_channel, nlg, attempt, self.domain)
    except ActionExecutionRejection:
        tracker.update(ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence))
        return self.should_predict_another_action(action.name())
    self._log_action_on_tracker(tracker, action, events, prediction)
    await self.execute_side_effects(events, tracker, output_channel)
    return self.should_predict_another_action(action.name())


_session: aiohttp.ClientSession | None = None


async def _request(self: EndpointConfig, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
    """Rasa's own, over one kept connection instead of a new one per call."""
    global _session
    if _session is None:
        _session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
    kwargs.pop("compress", None)
    kwargs.pop("timeout", None)
    async with _session.request(method, self.url, headers=self.headers, **kwargs) as response:
        if response.status >= 400:
            raise ClientResponseError(response.status, response.reason, await response.content.read())
        return await response.json()
