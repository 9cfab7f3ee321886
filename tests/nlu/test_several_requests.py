"""Several requests in one message, through the real pipeline: they are found, and one request stays one."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import subprocess
import sys
from dataclasses import asdict
from typing import Any

import pytest
import yaml

from connectors.parts import Piece, pieces_of
from connectors.processes import BOT_PYTHON, ROOT
from nlu_data import check

FOUND_AT_LEAST = 0.9  # measured when this was written: 39 of 40
WHOLE_AT_LEAST = 0.995  # of sentences with one request; measured: 0.999
SEVERAL = yaml.safe_load((ROOT / "tests" / "nlu" / "several_requests.yml").read_text(encoding="utf-8"))


def _bot_parts() -> Any:
    spec = importlib.util.spec_from_file_location("parts", ROOT / "bot" / "parts.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["parts"] = module  # dataclasses look for their own module
    spec.loader.exec_module(module)
    return module


parts = _bot_parts()


def _joined(pieces: list[Piece]) -> list[str]:
    """Every text that may be heard: each piece, and neighbours together."""
    texts = []
    for first in range(len(pieces)):
        text = ""
        for last in range(first, len(pieces)):
            text += (pieces[last].joint if last > first else "") + pieces[last].text
            texts.append(text)
    return texts


@pytest.fixture(scope="module")
def heard() -> dict[str, dict[str, Any]]:
    """Text -> what the bot heard in it, of all that may be heard in these tests."""
    one = [line.text for language in check.languages() for line in check.sentences(check.HERE / "held_out" / language)]
    many = [row["text"] for rows in SEVERAL.values() for row in rows]
    texts = list(dict.fromkeys(text for line in [*one, *many] for text in _joined(pieces_of(line))))
    lines = "\n".join(json.dumps({"id": number, "text": text}) for number, text in enumerate(texts))
    command = [str(BOT_PYTHON), "bot/server.py", "parse"]
    done = subprocess.run(command, cwd=ROOT, input=lines, capture_output=True, text=True, check=True)
    found = map(json.loads, done.stdout.splitlines())
    return {
        text: {"intent": {"name": "unsure" if row.get("asks") else row["intent"], "confidence": row["confidence"]}}
        for text, row in zip(texts, found)
    }


def requests_in(text: str, heard: dict[str, dict[str, Any]]) -> list[str]:
    async def hears(piece: str) -> dict[str, Any]:
        return heard[piece]

    pieces = [parts.Piece(**asdict(piece)) for piece in pieces_of(text)]
    return [request.intent for request in asyncio.run(parts.requests_in(pieces, hears))]


@pytest.mark.parametrize("language", check.languages())
def test_several_requests_are_found(heard: dict[str, dict[str, Any]], language: str) -> None:
    rows = SEVERAL[language]
    missed = [(row["text"], got) for row in rows if (got := requests_in(row["text"], heard)) != row["intents"]]
    assert len(missed) <= (1 - FOUND_AT_LEAST) * len(rows), missed


@pytest.mark.parametrize("language", check.languages())
def test_one_request_stays_one(heard: dict[str, dict[str, Any]], language: str) -> None:
    lines = list(check.sentences(check.HERE / "held_out" / language))
    cut = [(one.text, got) for one in lines if (got := requests_in(one.text, heard))]
    assert len(cut) <= (1 - WHOLE_AT_LEAST) * len(lines), cut


def whole(*ranking: str, name: str = "") -> dict[str, Any]:
    """What was heard in a whole message."""
    return {"intent": {"name": name or ranking[0]}, "intent_ranking": [{"name": one} for one in ranking]}


def requests(*intents: str) -> list[Any]:
    """Requests in that order."""
    piece = parts.Piece(0, 1, "x")
    return [parts.Request(piece, {"intent": {"name": one, "confidence": 0.9}}) for one in intents]


def test_an_open_form_names_what_it_does_not_hear() -> None:
    two = requests("leave_balance", "next_holiday")
    assert [
        parts.beside(two, whole("next_holiday")),
        parts.beside(two, whole("leave_balance", "next_holiday", name="unsure")),
        parts.beside(two, whole("inform")),
        parts.beside([], whole("next_holiday")),
    ] == [["leave_balance"], ["next_holiday"], [], []]


def test_where_only_one_is_done_it_is_what_all_of_it_sounds_like_else_the_first() -> None:
    two = requests("certificate_request", "leave_balance")
    heard = [parts.first_of(two, whole("leave_balance")), parts.first_of(two, whole("payday", name="unsure"))]
    assert [one["intent"]["name"] for one in heard] == ["leave_balance", "certificate_request"]


@pytest.mark.parametrize(
    ("intents", "meant"),
    [
        (["greet", "leave_balance", "thank"], "leave_balance"),
        (["greet", "thank"], None),
        (["leave_balance", "payday"], None),
        (["greet", "unsure"], None),
    ],
)
def test_small_talk_beside_a_request_does_not_blur_it(intents: list[str], meant: str | None) -> None:
    async def hears(piece: str) -> dict[str, Any]:
        return {"intent": {"name": piece, "confidence": 0.9}}

    pieces = [parts.Piece(0, 1, intent) for intent in intents]
    found = asyncio.run(parts.without_small_talk(pieces, hears))
    assert (found and found["intent"]["name"]) == meant
