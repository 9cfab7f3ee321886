"""The library on the seed articles, with the encoder that the product uses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from knowledge.library import Library, default_embedding
from knowledge.passages import Article, quote, split

ARTICLES = Path(__file__).parents[2] / "knowledge" / "articles"
ALL = range(1000)


def read(number: int, path: Path) -> Article:
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    about = yaml.safe_load(front)
    return Article(number, 1, path.parent.name, about["title"], body, about["valid_from"], tuple(about["tags"]))


SEED = [read(number, path) for number, path in enumerate(sorted(ARTICLES.glob("*/*.md")), 1)]


@pytest.fixture(scope="module")
def library() -> Library:
    filled = Library(default_embedding())
    filled.put(SEED)
    return filled


@pytest.mark.parametrize(
    ("language", "question", "title"),
    [
        ("de", "wie viele tage homeoffice sind erlaubt", "Mobiles Arbeiten"),
        ("de", "darf ich aus dem ausland arbeiten", "Arbeiten aus dem Ausland"),
        ("de", "wie viel sonderurlaub gibts bei umzug", "Sonderurlaub"),
        ("de", "wie lange ist die kündigungsfrist", "Probezeit und Kündigung"),
        ("de", "gibt es weihnachtsgeld", "Gehaltstermine und Weihnachtsgeld"),
        ("de", "Bekomme ich frei, wenn ich heirate?", "Sonderurlaub"),
        ("de", "Wo ist der Sammelplatz bei Feuer", "Feueralarm und Sammelplatz"),
        ("de", "Provision", "Gehaltstermine und Weihnachtsgeld"),
        ("de", "krieg ich VWL", "Mitarbeiterrabatt und Zusatzleistungen"),
        ("de", "wie hoch ist das kilometergeld", "Reisekosten"),
        ("en", "mileage", "Travel expenses"),
        ("en", "Do I get time off when I get married?", "Special leave"),
        ("en", "can I work from Spain for two weeks", "Working from abroad"),
        ("en", "when do I need a doctor's note", "Reporting sick"),
        ("en", "how do I get toner", "Printing and toner"),
    ],
)
def test_questions_in_everyday_words_find_their_article(
    library: Library, language: str, question: str, title: str
) -> None:
    found = library.ask(question, language=language, within=ALL)
    assert found is not None
    assert found.title == title


@pytest.mark.parametrize(
    ("language", "question"),
    [("de", "darf ich meinen hund mitbringen"), ("de", "kann ich ein sabbatical machen"), ("en", "where can I park")],
)
def test_what_nobody_wrote_about_is_not_answered(library: Library, language: str, question: str) -> None:
    assert library.ask(question, language=language, within=ALL) is None


def test_only_what_one_may_read_is_searched(library: Library) -> None:
    mobile = next(article for article in SEED if article.title == "Mobiles Arbeiten")
    others = {article.id for article in SEED} - {mobile.id}
    found = library.ask("wie viele tage homeoffice sind erlaubt", language="de", within=others)
    assert found is None or found.title != "Mobiles Arbeiten"


def test_only_changed_articles_are_missing() -> None:
    library = Library(None)
    library.put(SEED[:2])
    assert library.missing({SEED[0].id: 1, SEED[1].id: 2, SEED[2].id: 1}) == [SEED[1].id, SEED[2].id]
    assert library.missing({SEED[1].id: 1}) == []


def test_without_an_encoder_letters_still_find() -> None:
    library = Library(None)
    library.put(SEED)
    found = library.ask("Mitarbeiterrabatt", language="de", within=ALL)
    assert found is not None
    assert found.title == "Mitarbeiterrabatt und Zusatzleistungen"


def test_a_long_passage_is_quoted_in_whole_sentences() -> None:
    long = replace(SEED[0], body="## Lang\n" + "Das ist ein Satz mit etwas Text. " * 40)
    quoted = quote(split(long)[0])
    assert len(quoted) <= 421
    assert quoted.endswith(".")
