"""What the bot hears in thousands of sentences, through the real pipeline in one process."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from backoffice.errors import Misconfigured
from connectors import files, processes
from connectors.masking import mask
from connectors.scoring import Answer

Line = dict[str, Any]


@dataclass(frozen=True)
class Heard:
    """One sentence as the pipeline understood it, under the contract's names."""

    intent: str
    confidence: float
    asks: bool
    """Two intents are so close that Kontor would ask which one was meant."""
    entities: list[dict[str, Any]]


@lru_cache(maxsize=1)
def _contract() -> dict[str, Any]:
    contract: dict[str, Any] = yaml.safe_load((processes.ROOT / "nlu_data" / "intents.yml").read_text(encoding="utf-8"))
    return contract


@lru_cache(maxsize=1)
def _read_back() -> frozenset[str]:
    """Intents that open a form, as the bot's configuration has them."""
    config = yaml.safe_load((processes.ROOT / "bot" / "config.yml").read_text(encoding="utf-8"))
    return frozenset(config["pipeline"][0]["read_back"])


def printed(intent: str) -> str:
    """The contract's name: technical intents mean something only inside of a form."""
    about: dict[str, str] = _contract()["technical"].get(intent, {})
    return about.get("prints_as", intent)


def known(intent: str, *, where: str = "") -> str:
    """The intent, if the contract has it. Raises Misconfigured."""
    contract = _contract()
    if intent not in contract["technical"] and not any(intent in intents for intents in contract["topics"].values()):
        raise Misconfigured(f"{where}there is no intent {intent}; see nlu_data/intents.yml")
    return intent


def hear(texts: Sequence[str]) -> list[Heard]:
    """What the bot hears in each text, masked as in a talk. Raises Misconfigured when the bot is not set up."""
    if not texts:
        return []
    processes.check_bot()
    asked = "".join(json.dumps({"id": number, "text": mask(text)}) + "\n" for number, text in enumerate(texts))
    command = [str(processes.BOT_PYTHON), "bot/server.py", "parse"]
    done = subprocess.run(command, cwd=processes.ROOT, input=asked, capture_output=True, text=True, check=True)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    if len(results) != len(texts):
        raise RuntimeError(f"{len(texts)} texts were asked and {len(results)} heard")
    return [Heard(printed(one["intent"]), one["confidence"], one["asks"], one["entities"]) for one in results]


def answers(lines: Sequence[Line]) -> list[Answer]:
    """Each line of an evaluation with what the bot hears in it."""
    return [
        Answer(
            text=line["text"],
            language=line["lang"],
            expect=printed(line["expect"]),
            heard=heard.intent,
            confidence=heard.confidence,
            also_ok=frozenset(map(printed, line.get("also_ok") or [])),
            asked=heard.asks,
            opens_form=heard.intent in _read_back(),
        )
        for line, heard in zip(lines, hear([line["text"] for line in lines]), strict=True)
    ]


def to_parse(file: Path) -> list[Line]:
    """Lines with `id` and `text`. Raises Misconfigured, naming file and line."""

    def whole(line: Line) -> bool:
        return "id" in line and isinstance(line.get("text"), str)

    return [line for _, line in _lines(file, whole, "an `id` and a `text`", "`id` and `text`")]


def to_evaluate(file: Path) -> list[Line]:
    """Lines with `text`, `lang`, `expect`, perhaps `also_ok`. Raises Misconfigured, naming file and line."""

    def whole(line: Line) -> bool:
        others = line.get("also_ok") or []
        return all(isinstance(line.get(name), str) for name in ("text", "lang", "expect")) and (
            isinstance(others, list) and all(isinstance(one, str) for one in others)
        )

    needed = "a `text`, a `lang`, an `expect`, and perhaps a list `also_ok`"
    lines = []
    for number, line in _lines(file, whole, needed, "`text`, `lang` and `expect`"):
        for intent in (line["expect"], *(line.get("also_ok") or [])):
            known(intent, where=f"{file}, line {number}: ")
        lines.append(line)
    return lines


def _lines(file: Path, whole: Callable[[Line], bool], needed: str, with_: str) -> Iterable[tuple[int, Line]]:
    for number, line in enumerate(files.read(file).split("\n"), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError:
            raise Misconfigured(f"{file}, line {number}: no JSON; write one object with {with_}") from None
        if not isinstance(found, dict) or not whole(found):
            raise Misconfigured(f"{file}, line {number}: give it {needed}")
        yield number, found


def table(found: dict[str, Any]) -> str:
    """The scores for a person to read: shares in percent, languages as columns, then intents, then confusions."""
    columns = {"all": found, **found["languages"]}
    names = [name for name in found if name not in ("languages", "confusions")]
    rows = [["", *columns]]
    rows += [[name, *(_shown(about[name]) for about in columns.values())] for name in names]
    languages = found["languages"]
    everything = sorted({intent for about in languages.values() for intent in about["intents"]})
    rows += [[""], ["recall of intents (sentences)", "", *languages]]
    for intent in everything:
        cells = [about["intents"].get(intent) for about in languages.values()]
        shown = [f"{_shown(cell['recall'])} ({cell['sentences']})" if cell else "" for cell in cells]
        rows.append([intent, "", *shown])
    text = "\n".join(f"{row[0]:<30}" + "".join(f"{cell:>14}" for cell in row[1:]) for row in rows)
    confused = [
        f"{one['count']:>4} {one['expect']} heard as {one['heard']}: {' | '.join(one['examples'])}"
        for one in found["confusions"]
    ]
    return "\n".join([text, "", *confused])


def _shown(share: float | int | None) -> str:
    if share is None:
        return "-"
    return str(share) if isinstance(share, int) else f"{100 * share:.1f} %"
