"""The house keeps its promises to the reader: settings are documented, data is complete, files stay small."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from backoffice.settings import Settings
from nlu_data import check

ROOT = Path(__file__).parent.parent
SOURCES = [
    path
    for folder in ("actions", "backoffice", "bot", "connectors", "knowledge")
    for path in (ROOT / folder).rglob("*.py")
]


def test_every_setting_stands_in_the_example() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {line.lstrip("# ").partition("=")[0] for line in lines if "KONTOR_" in line and "=" in line}
    assert named == {f"KONTOR_{name.upper()}" for name in Settings.model_fields}


def test_the_sentences_are_whole() -> None:
    assert check.problems() == []


RULES = [rule for path in (ROOT / "bot" / "rules").glob("*.yml") for rule in yaml.safe_load(path.read_text())["rules"]]


def test_a_rule_has_one_action_and_then_listens() -> None:
    assert len(RULES) > 50
    assert [rule["rule"] for rule in RULES if sum("action" in step for step in rule["steps"]) != 1] == []


def test_the_pipeline_knows_which_intents_open_a_form() -> None:
    steps = [{name: value for step in rule["steps"] for name, value in step.items()} for rule in RULES]
    opening = {one["intent"] for one in steps if "intent" in one and "active_loop" in one}
    config = yaml.safe_load((ROOT / "bot" / "config.yml").read_text(encoding="utf-8"))
    assert set(config["pipeline"][0]["read_back"]) == opening


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_files_stay_small_enough_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 360


def test_both_languages_have_the_same_articles() -> None:
    folders = [ROOT / "knowledge" / "articles" / language for language in Settings(_env_file=None).languages]
    names = [sorted(path.name for path in folder.glob("*.md")) for folder in folders]
    assert names[0] == names[1]
    assert len(names[0]) >= 12
