"""Polish, Turkish and Russian, which nobody trained on: recognised, and the right wish is read back."""

from __future__ import annotations

import json
import subprocess
from collections import Counter

import pytest

from actions import foreign
from connectors.glossary import languages, with_gloss
from connectors.language import foreign_in, language_of
from connectors.masking import mask
from connectors.processes import BOT_PYTHON, ROOT
from nlu_data import check

OURS = ("de", "en")
UNDERSTOOD_AT_LEAST = 0.85  # measured when this was written: pl 0.900, tr 0.900, ru 0.953
OURS_AT_LEAST = 0.999  # German and English that is not taken for something else; measured: 0.9997 and 1
HELD_OUT = {language: list(check.sentences(check.HERE / "held_out" / language)) for language in sorted(languages())}


@pytest.fixture(scope="module")
def meant() -> dict[str, list[tuple[check.Sentence, str | None]]]:
    """Language -> its sentences, each with the wish that would be read back."""
    heard = {language: [foreign_in(one.text, languages=OURS) for one in HELD_OUT[language]] for language in HELD_OUT}
    texts = [
        with_gloss(mask(one.text), found)
        for language in HELD_OUT
        for one, found in zip(HELD_OUT[language], heard[language])
    ]
    lines = "\n".join(json.dumps({"id": number, "text": text}) for number, text in enumerate(texts))
    command = [str(BOT_PYTHON), "bot/server.py", "parse"]
    done = subprocess.run(command, cwd=ROOT, input=lines, capture_output=True, text=True, check=True)
    rankings = iter([json.loads(line)["ranking"] for line in done.stdout.splitlines()])
    found: dict[str, list[tuple[check.Sentence, str | None]]] = {language: [] for language in HELD_OUT}
    for language in HELD_OUT:
        for one, recognised in zip(HELD_OUT[language], heard[language]):
            wish = foreign.guess(tuple((intent, chance) for intent, chance in next(rankings)), language)
            found[language].append((one, wish if recognised else None))
    return found


def test_the_languages_of_the_glossary_are_known_to_the_actions() -> None:
    assert languages() == foreign.GLOSSED


@pytest.mark.parametrize("language", HELD_OUT)
def test_thirty_sentences_of_each_wish(language: str) -> None:
    assert Counter(one.intent for one in HELD_OUT[language]) == dict.fromkeys(foreign.UNDERSTOOD, 30)


@pytest.mark.parametrize("language", HELD_OUT)
def test_the_right_wish_is_read_back(meant: dict[str, list[tuple[check.Sentence, str | None]]], language: str) -> None:
    missed = Counter((one.intent, wish) for one, wish in meant[language] if wish != one.intent)
    right = 1 - sum(missed.values()) / len(meant[language])
    assert right >= UNDERSTOOD_AT_LEAST, (right, missed.most_common(12))


@pytest.mark.parametrize("language", OURS)
def test_german_and_english_are_not_taken_for_another_language(language: str) -> None:
    lines = [
        one
        for folder in (check.HERE, check.HERE / "held_out")
        for one in check.sentences(folder / language)
        if one.intent != "out_of_scope"  # some of that is in other languages
    ]
    taken = [(found, one.text) for one in lines if (found := foreign_in(one.text, languages=OURS))]
    assert len(taken) <= (1 - OURS_AT_LEAST) * len(lines), taken


@pytest.mark.parametrize("language", HELD_OUT)
def test_the_language_of_the_talk_stays(language: str) -> None:
    unheard = [one.text for one in HELD_OUT[language] if not foreign_in(one.text, languages=OURS)]
    flipped = [text for text in unheard if language_of(text, current="de", languages=OURS) != "de"]
    assert len(flipped) <= 0.01 * len(HELD_OUT[language]), flipped
