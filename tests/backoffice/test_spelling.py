"""Names as people misspell them, against the demo's stock and people."""

from __future__ import annotations

import pytest

from backoffice import absence, inventory, people, spelling
from backoffice.database import Database


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("wieviel ettiketten haben wir", ["ET-A6"]),
        ("haben wir noch klebband", ["KB-50", "KB-75"]),
        ("wie viele kartongs 30x20", ["KA-3020"]),
        ("tonner laserdrucker", ["TO-58"]),
        ("headest usb", ["HD-7"]),
        ("packng tape", ["KB-50", "KB-75"]),
        ("safty shoes", ["SS-42"]),
        ("euro palets", ["EP-1"]),
    ],
)
def test_a_misspelt_item_is_found(db: Database, text: str, items: list[str]) -> None:
    with db.transaction() as session:
        assert [item.sku for item in inventory.find_items(session, text)] == items


@pytest.mark.parametrize(
    "text", ["haben wir noch einhörner", "do we have any bananas", "wollen wir noch was bestellen", "wie viel ist da"]
)
def test_a_word_that_is_no_item_stays_none(db: Database, text: str) -> None:
    with db.transaction() as session:
        assert inventory.find_items(session, text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ist jasmn da", ["Jasmin Richter"]),
        ("is Danile Hartwg in today", ["Daniel Hartwig"]),
        ("hat Ewa frei", ["Ewa Nowak"]),
        ("ist Oksana da", []),  # not of Mara's team
        ("wie viele sind morgen da", []),
        ("how many are in tomorrow", []),
    ],
)
def test_a_colleague_is_recognised_within_the_team(db: Database, text: str, names: list[str]) -> None:
    with db.transaction() as session:
        team = absence.team_of(session, people.by_key(session, "mara.lindt"))
        assert [one.name for one in people.named_in(text, team)] == names


@pytest.mark.parametrize(("word", "right"), [("etiketen", "etikette"), ("wollen", None), ("rol", None)])
def test_the_nearest_known_word(word: str, right: str | None) -> None:
    assert spelling.meant(word, ["etikette", "rolle"]) == right
