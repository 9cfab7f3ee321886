"""The platforms' published specifications: what a call may say. They are read where they lie, not copied."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

SPECS = Path(os.environ.get("KONTOR_TEST_SPECS") or Path(__file__).parents[3] / "shared" / "specs")
ABSENT = f"no specifications in {SPECS}: set KONTOR_TEST_SPECS to check calls against them"
ADDED_BY_THE_LIBRARY = {"team_id"}  # Bolt puts it into every call; Slack ignores what it does not know
MOST = re.compile(r"maximum (?:length|number|of)[^.]*?\b(\d[\d,]*)\b", re.IGNORECASE)


def available() -> bool:
    """Whether calls are checked in this run."""
    return (SPECS / "slack").is_dir() and (SPECS / "telegram").is_dir()


@cache
def load(name: str) -> Any:
    """One file of the specifications."""
    return json.loads((SPECS / name).read_text(encoding="utf-8"))


class Schema:
    """A file of JSON Schema definitions."""

    def __init__(self, name: str, *, limits: bool = False) -> None:
        self._definitions: dict[str, Any] = load(name)["definitions"]
        if limits:
            self._definitions = {**self._definitions, "AnyBlock": {"$ref": "#/definitions/KnownBlock"}}
            self._definitions = _with_limits(self._definitions)
        self._validators: dict[str, Draft7Validator] = {}

    def problems(self, definition: str, value: Any) -> list[str]:
        """What the definition says against the value."""
        if definition not in self._definitions:
            return [f"there is no {definition}"]
        if definition not in self._validators:
            schema = {**self._definitions[definition], "definitions": self._definitions}
            self._validators[definition] = Draft7Validator(schema)
        error = best_match(self._validators[definition].iter_errors(value))
        return [f"{definition}{error.json_path.removeprefix('$')}: {error.message[:300]}"] if error else []


def _with_limits(node: Any) -> Any:
    """The limits stand in the comments of the types: `Maximum length … is 3000 characters`."""
    if isinstance(node, list):
        return [_with_limits(one) for one in node]
    if not isinstance(node, dict):
        return node
    node = {key: _with_limits(value) for key, value in node.items()}
    said = node.get("description")
    found = MOST.search(said.replace("\n", " ")) if isinstance(said, str) else None
    if found:
        most = int(found[1].replace(",", ""))
        if node.get("type") == "string":
            node["maxLength"] = most
        elif node.get("type") == "array":
            node["maxItems"] = most
        elif "$ref" in node:  # a text object
            return {"allOf": [{"$ref": node["$ref"]}, {"properties": {"text": {"maxLength": most}}}]}
    return node


@cache
def _slack(name: str, limits: bool = False) -> Schema:
    return Schema(f"slack/{name}.schema.json", limits=limits)


def slack_call(method: str, arguments: Mapping[str, Any]) -> list[str]:
    """What Slack would say against a call of the Web API."""
    if not available():
        return []
    index, methods = load("slack/slack-web-api.method-index.json"), load("slack/slack-api-ref.methods.2026-08-20.json")
    if method not in index or method not in methods:
        return [f"there is no method {method}"]
    sent = {key: value for key, value in arguments.items() if key not in ADDED_BY_THE_LIBRARY}
    found = [f"{method} does not know {key}" for key in sent if key not in methods[method]["args"]]
    found += [f"{method} lacks {key}" for key in methods[method].get("required", []) if key not in sent]
    return found + _slack("slack-web-api.request", limits=True).problems(index[method]["args"], sent)


def slack_answer(method: str, body: Mapping[str, Any]) -> list[str]:
    """Whether Slack would answer like that."""
    if not available():
        return []
    index = load("slack/slack-web-api.method-index.json")
    return _slack("slack-web-api.response").problems(index[method]["resp"], body)


def slack_scopes(methods: set[str]) -> set[str]:
    """The bot scopes that these methods need."""
    known = load("slack/slack-api-ref.methods.2026-08-20.json")
    return {scope for method in methods for scope in known[method].get("scope", {}).get("bot", [])}


def slack_event(body: Mapping[str, Any]) -> list[str]:
    """Whether Slack would send that."""
    if not available():
        return []
    inbound = _slack("slack-inbound.bolt-5.1.0-types-3.2.0")
    if body["type"] == "block_actions":
        return inbound.problems("BlockAction", body)
    return inbound.problems("SlackEvent", body["event"])


@cache
def _telegram() -> Schema:
    return Schema("telegram/gramio-types.botapi-10.3.schema.json")


def telegram_call(method: str, parameters: Mapping[str, Any]) -> list[str]:
    """What Telegram would say against a call of the Bot API."""
    if not available():
        return []
    methods = load("telegram/PaulSonOfLars.api.botapi-10.1.json")["methods"]
    if method not in methods:
        return [f"there is no method {method}"]
    fields = {field["name"]: field for field in methods[method].get("fields", [])}
    found = [f"{method} does not know {name}" for name in parameters if name not in fields]
    found += [
        f"{method} lacks {name}" for name, field in fields.items() if field["required"] and name not in parameters
    ]
    if fields:
        found += _telegram().problems(f"{method[0].upper()}{method[1:]}Params", dict(parameters))
    return found


def telegram_update(body: Mapping[str, Any]) -> list[str]:
    """Whether Telegram would send that."""
    return _telegram().problems("TelegramUpdate", dict(body)) if available() else []


def slack_manifest(content: Mapping[str, Any]) -> list[str]:
    """What Slack would say against an app's manifest."""
    error = best_match(Draft7Validator(load("slack/manifest.schema.2.0.0.json")).iter_errors(content))
    return [f"{error.json_path}: {error.message[:300]}"] if error else []
