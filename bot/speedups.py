"""What we change inside Rasa 3.6.21: turns that are atomic, and costs that every turn would pay for nothing."""

from __future__ import annotations

import functools
import gc
from typing import Any

import aiohttp
import dask
import dask.core
import rasa.shared.utils.common
from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected
from rasa.utils.endpoints import ClientResponseError, EndpointConfig


def install() -> None:
    """Put all of them in place; call before the agent is loaded."""
    MessageProcessor._run_action = _run_action
    RemoteAction._validate_action_result = lambda self, result: True  # our own action server; tests hold its shape
    dask.get = dask.core.get  # a graph of three steps, one after the other, needs no scheduler
    subclasses = rasa.shared.utils.common.all_subclasses
    rasa.shared.utils.common.all_subclasses = functools.lru_cache(maxsize=None)(subclasses)
    EndpointConfig.request = _request
    by_rules = RulePolicy._find_action_from_rules

    def by_intent(self: RulePolicy, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
        if use_text_for_last_user_input:  # our rules name intents, never texts: one search, not two
            return None, None, False
        return by_rules(self, tracker, domain, use_text_for_last_user_input)

    RulePolicy._find_action_from_rules = by_intent
    RulePolicy._get_possible_keys = _get_possible_keys
    MessageProcessor._predict_next_with_tracker = _predict
    Domain.is_empty = lambda self: False  # builds a whole empty domain to compare with, for every message


_predict_with_policies = MessageProcessor._predict_next_with_tracker


def _predict(self: MessageProcessor, tracker: Any) -> PolicyPrediction:
    """Rasa's own, but for what follows an action: our rules have one each (tests hold that), and then it listens."""
    has_acted = tracker.latest_action_name not in (None, ACTION_LISTEN_NAME)
    if has_acted and not tracker.followup_action and not tracker.is_active_loop_rejected:
        return PolicyPrediction.for_action_name(self.domain, ACTION_LISTEN_NAME)
    return _predict_with_policies(self, tracker)


_rules: dict[int, dict[str | None, set[str]]] = {}
_possible_keys = RulePolicy._get_possible_keys


def _get_possible_keys(self: RulePolicy, lookup: dict[str, str], states: list[Any]) -> set[str]:
    """Rasa's own, among the rules whose last step has this intent or none."""
    by_intent = _rules.get(id(lookup))
    if by_intent is None:
        by_intent = _rules[id(lookup)] = {}
        for key in lookup:
            by_intent.setdefault(_intent(self._rule_key_to_state(key)), set()).add(key)
    candidates = by_intent.get(_intent(states), set()) | by_intent.get(None, set())
    found: set[str] = _possible_keys(self, dict.fromkeys(candidates, ""), states)
    return found


def _intent(states: list[Any]) -> str | None:
    said = states[-1].get("user", {}).get("intent") if states else None
    return None if said is None else str(said)


def settle() -> None:
    """Call when everything is loaded: what lives as long as the process is not searched for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)  # a turn leaves some thousand objects: searched after many turns, not several times in one


async def close() -> None:
    """Let go of the connection to the action server."""
    if _session is not None:
        await _session.close()


async def _run_action(
    self: MessageProcessor, action: Action, tracker: Any, output_channel: Any, nlg: Any, prediction: Any
) -> bool:
    """Rasa's own, without its `except Exception`: a failing action fails the turn, and no state is saved."""
    try:
        attempt = tracker
        if prediction.events:
            attempt = tracker.copy()
            attempt.update_with_events(prediction.events, self.domain)
        events = await action.run(output_channel, nlg, attempt, self.domain)
    except ActionExecutionRejection:
        tracker.update(ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence))
        return self.should_predict_another_action(action.name())
    self._log_action_on_tracker(tracker, action, events, prediction)
    await self.execute_side_effects(events, tracker, output_channel)
    return self.should_predict_another_action(action.name())


KEPT_FOR_S = 4.0  # shorter than the action server keeps it (5 s): no call runs into a connection being closed
_session: aiohttp.ClientSession | None = None


async def _request(self: EndpointConfig, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
    """Rasa's own, over kept connections instead of a new one per call."""
    global _session
    if _session is None:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_FOR_S)
        _session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=10))
    kwargs.pop("compress", None)
    kwargs.pop("timeout", None)
    async with _session.request(method, self.url, headers=self.headers, **kwargs) as response:
        if response.status >= 400:
            raise ClientResponseError(response.status, response.reason, await response.content.read())
        return await response.json()
