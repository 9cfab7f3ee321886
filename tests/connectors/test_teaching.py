"""`kontor nlu review`: from what was not understood to what the bot learns."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from backoffice import unclear
from backoffice.errors import Misconfigured
from backoffice.models import UnclearSentence
from backoffice.settings import Settings
from connectors import teaching
from tests.connectors.conftest import Echo

BEAMERS = [f"der Beamer in Raum {number} ist weg" for number in (1, 2, 3, 4, 5)]


@pytest.fixture
def agreed(echo: Echo) -> Settings:
    """A house with a works agreement where five people missed a projector."""
    with echo.database.transaction() as session:
        for text in BEAMERS:
            unclear.note(session, text, language="de", ranking=["hardware_request"], today=date(2026, 11, 25))
    return echo.settings.model_copy(update={"works_agreement_id": "BV 2026/7"})


def review(settings: Settings, echo: Echo, **choices: str | None) -> list[str]:
    asked = {"accept": None, "drop": None, "means": None} | choices
    return teaching.review(settings, echo.database, as_json=True, **asked)


def test_without_an_agreement_there_is_nothing_to_review(echo: Echo) -> None:
    with pytest.raises(Misconfigured) as refused:
        review(echo.settings, echo)
    assert "KONTOR_WORKS_AGREEMENT_ID" in refused.value.fix


def test_what_is_accepted_is_learned_after_ours_and_kept_no_longer(agreed: Settings, echo: Echo) -> None:
    group = json.loads(review(agreed, echo)[0])
    assert (group["guess"], sorted(group["sentences"])) == ("hardware_request", BEAMERS)
    said = review(agreed, echo, accept=group["id"], means="inventory_status")
    file = agreed.data_dir / "nlu_data" / "de" / "learned.yml"
    assert said == [f"5 sentences are inventory_status in {file}: `kontor train` learns them"]
    block = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"][0]
    assert (block["intent"], sorted(block["examples"].splitlines())) == (
        "inventory_status",
        [f"- {text}" for text in BEAMERS],
    )
    with echo.database.transaction() as session:
        assert session.query(UnclearSentence).count() == 0


def test_an_intent_that_is_none_teaches_nothing(agreed: Settings, echo: Echo) -> None:
    group = json.loads(review(agreed, echo)[0])
    with pytest.raises(Misconfigured):
        review(agreed, echo, accept=group["id"], means="beamer")
    assert len(review(agreed, echo)) == 1


def test_more_sentences_join_those_of_before(tmp_path: Path) -> None:
    for sentences in (["Kran frei?", "Kran  frei?"], ["Kran frei?", "ist der Kran da"]):
        file = teaching.teach(tmp_path, "de", "inventory_status", sentences)
    assert yaml.safe_load(file.read_text(encoding="utf-8")) == {
        "version": "3.1",
        "nlu": [{"intent": "inventory_status", "examples": "- Kran frei?\n- ist der Kran da\n"}],
    }
