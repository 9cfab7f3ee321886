"""Whether a question is about the speaker's own figures or about somebody else's."""

from __future__ import annotations

import pytest

from backoffice import whose
from backoffice.database import Database
from tests.conftest import employee

OTHERS = """
How many leave days does Eva have left?
how much vacation does Klausdieter have
Was verdient Jonas?
kann ich sehen was jonas verdient
wie viel Urlaub hat mein Kollege noch
Wie viel Urlaub hat Weber noch
Evas Lohnzettel
Klaras Lohnzettel
evas lohnzettel
Joergs Gehalt
zeig mir die Abrechnung von Jonas
how do I see eva's payslip
show me klaus's payslip
Resturlaub Eva Brandt
what is her salary
what laptop does Eva have
wann arbeitet Oksana nächste Woche
"""
OWN = """
Wie viel Resturlaub habe ich noch?
How many vacation days do I have left?
was verdient Mara
hat Eva meinen Urlaub genehmigt
hat eva den antrag schon genehmigt
wurde mein Urlaub von Eva genehmigt
mein chef sagt ich habe noch 5 tage urlaub, stimmt das
Abrechnung von Oktober
last month's payslip
October's payslip
wie viel Urlaub hat man
was hat sich am Urlaub geändert
Urlaub bei Eva
wie viel urlaub bleibt mir bis Sommer
wie lange habe ich noch urlaub
when do i work with ali
wie viel Urlaub habe ich mehr als Eva
this year's leave
how much leave does the law give
"""


@pytest.mark.parametrize(
    ("text", "of_another"),
    [(text, True) for text in OTHERS.strip().splitlines()] + [(text, False) for text in OWN.strip().splitlines()],
)
def test_whose_figures_are_asked_for(db: Database, text: str, of_another: bool) -> None:
    with db.transaction() as session:
        assert whose.about_somebody_else(session, text, me=employee(session, "mara.lindt")) is of_another


@pytest.mark.parametrize(
    ("before", "text", "of_another"),
    [
        ("Wie viel Urlaub hat Eva noch, und ", "wann kommt das Gehalt?", True),
        ("Wie viel Urlaub hat Eva noch, und ", "wann bekomme ich mein Gehalt?", False),
        ("how much leave does Eva have left, and ", "when is payday?", True),
        ("how much leave do I have left, and ", "when is payday?", False),
    ],
)
def test_whom_a_message_asks_about_first_is_meant_on(db: Database, before: str, text: str, of_another: bool) -> None:
    with db.transaction() as session:
        mara = employee(session, "mara.lindt")
        assert whose.about_somebody_else(session, text, me=mara, before=before) is of_another


@pytest.mark.parametrize("text", ["Wie viel Urlaub hat Jonass noch", "what does jonnas earn", "Evvas Lohnzettel"])
def test_a_misspelt_name_opens_nothing(db: Database, text: str) -> None:
    with db.transaction() as session:
        assert whose.about_somebody_else(session, text, me=employee(session, "mara.lindt"))
