"""The house keeps its promises to the reader: settings are documented, data is complete, files stay small."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from backoffice.settings import Settings

ROOT = Path(__file__).parent.parent
CONTRACT = yaml.safe_load((ROOT / "nlu_data" / "intents.yml").read_text(encoding="utf-8"))
INTENTS = [intent for intents in CONTRACT["topics"].values() for intent in intents]
SOURCES = [
    path
    for folder in ("actions", "backoffice", "bot", "connectors", "knowledge")
    for path in (ROOT / folder).rglob("*.py")
]


def sentences(language: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "nlu_data" / language).glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
            found.setdefault(block["intent"], []).extend(lines)
    return found


def test_every_setting_stands_in_the_example() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {line.lstrip("# ").partition("=")[0] for line in lines if "KONTOR_" in line and "=" in line}
    assert named == {f"KONTOR_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("language", Settings(_env_file=None).languages)
def test_every_intent_has_sentences_in_every_language(language: str) -> None:
    known = sentences(language)
    wanted = {*INTENTS, *CONTRACT["technical"]} - {"nlu_fallback"}
    assert set(known) == wanted
    assert min(len(lines) for lines in known.values()) >= 4


@pytest.mark.parametrize("language", Settings(_env_file=None).languages)
def test_no_sentence_means_two_things(language: str) -> None:
    meant: dict[str, str] = {}
    for intent, lines in sentences(language).items():
        for line in lines:
            assert meant.setdefault(line.lower(), intent) == intent, line


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_files_stay_small_enough_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 360


def test_both_languages_have_the_same_articles() -> None:
    folders = [ROOT / "knowledge" / "articles" / language for language in Settings(_env_file=None).languages]
    names = [sorted(path.name for path in folder.glob("*.md")) for folder in folders]
    assert names[0] == names[1]
    assert len(names[0]) >= 12
