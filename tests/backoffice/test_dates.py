from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.dates import ImpossibleDate, ReversedRange, parse
from backoffice.day_words import month_in, nearest_year, only_days

MONDAY = date(2026, 11, 23)


def read(text: str, language: str = "de") -> tuple[str, str] | None:
    found = parse(text, language=language, sent_on=MONDAY, calendar=lambda day: day.weekday() < 5)
    return (str(found[0].first), str(found[0].last)) if found else None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Ich brauche nächste Woche Mittwoch frei", "2026-12-02", "2026-12-02"),
        ("naechste woche mi", "2026-12-02", "2026-12-02"),
        ("Mittwoch nächster Woche", "2026-12-02", "2026-12-02"),
        ("urlaub vom 23.12. bis 3.1.", "2026-12-23", "2027-01-03"),
        ("23.-27.12.", "2026-12-23", "2026-12-27"),
        ("23. bis 27. Dezember", "2026-12-23", "2026-12-27"),
        ("Mittwoch, 2. Dezember", "2026-12-02", "2026-12-02"),
        ("nein, doch der 24.", "2026-11-24", "2026-11-24"),
        ("morgen", "2026-11-24", "2026-11-24"),
        ("bis Freitag", "2026-11-23", "2026-11-27"),
        ("ab Montag für 3 Tage", "2026-11-23", "2026-11-25"),
        ("KW 51", "2026-12-14", "2026-12-18"),
        ("zwischen den Jahren", "2026-12-27", "2026-12-31"),
        ("übernächste Woche", "2026-12-07", "2026-12-11"),
        ("nächste woche mi bis fr", "2026-12-02", "2026-12-04"),
        ("Montag bis Freitag nächster Woche", "2026-11-30", "2026-12-04"),
        ("i need 3 days off starting tuesday", "2026-11-24", "2026-11-26"),
        ("2026-12-24", "2026-12-24", "2026-12-24"),
        ("Dec 23 to 27", "2026-12-23", "2026-12-27"),
        ("normal leave, 14 to 18 December", "2026-12-14", "2026-12-18"),
        ("14th to 18th of december 2026", "2026-12-14", "2026-12-18"),
        ("from Dec 23 to Jan 2", "2026-12-23", "2027-01-02"),
        ("make it Thursday 3 December", "2026-12-03", "2026-12-03"),
        ("next Friday", "2026-11-27", "2026-11-27"),
        ("letzten Freitag", "2026-11-20", "2026-11-20"),
        ("last Monday", "2026-11-16", "2026-11-16"),
        ("war letzte Woche Mittwoch krank", "2026-11-18", "2026-11-18"),
        ("seit letztem freitag", "2026-11-20", "2026-11-20"),
        ("last week", "2026-11-16", "2026-11-20"),
        ("the 24th", "2026-11-24", "2026-11-24"),
        ("12/24/2026", "2026-12-24", "2026-12-24"),
    ],
)
def test_days_that_are_meant(text: str, first: str, last: str) -> None:
    assert read(text) == (first, last)


@pytest.mark.parametrize("text", ["", "IT-1042 geht nicht", "Windows 11", "2 Scanner", "hallo", "um 8:30", "UA-0317"])
def test_texts_without_a_day(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("text", ["31. Februar", "31.02.", "am 31.04.2026", "KW 60", "1.1.1999"])
def test_days_that_do_not_exist(text: str) -> None:
    with pytest.raises(ImpossibleDate):
        read(text)


def test_an_end_before_the_beginning() -> None:
    with pytest.raises(ReversedRange):
        read("2.12.2026 bis 27.11.2026")


def test_a_bare_weekday_is_near_the_day_that_was_talked_about() -> None:
    wednesday = date(2026, 12, 2)
    found = parse("doch nur donnerstag", language="de", sent_on=MONDAY, calendar=lambda day: True, near=wednesday)
    assert found[0].first == date(2026, 12, 3)


def test_parts_of_a_day() -> None:
    found = parse("halber Tag am Freitag", language="de", sent_on=MONDAY, calendar=lambda day: True)
    assert (found[0].first_part, found[0].last_part) == ("afternoon", "afternoon")


@given(st.dates(date(2026, 11, 23), date(2027, 9, 1)))
def test_every_day_is_read_back_as_it_was_written(day: date) -> None:
    assert read(f"{day.day}.{day.month}.{day.year}") == (str(day), str(day))
    assert read(f"{day.day}.{day.month}.") == (str(day), str(day))
    assert read(day.isoformat(), "en") == (str(day), str(day))


@given(st.text(max_size=200))
@settings(deadline=None)
def test_no_text_breaks_it(text: str) -> None:
    with contextlib.suppress(ImpossibleDate, ReversedRange):
        read(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("nein, doch der 24.", "2026-12-24"),
        ("no, make it the 24th", "2026-12-24"),
        ("dann am 22.", "2026-12-22"),
        ("am Montag", "2026-12-21"),
        ("der 31. November", None),
    ],
)
def test_the_24th_is_that_of_the_month_that_was_talked_about(text: str, day: str | None) -> None:
    near = date(2026, 12, 23)
    try:
        found = parse(text, language="de", sent_on=MONDAY, calendar=lambda day: True, near=near)
    except ImpossibleDate:
        assert day is None
    else:
        assert str(found[0].first) == day


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("Abrechnung 06/2026", (6, 2026)),
        ("Lohnabrechnung für 9/2025 bitte", (9, 2025)),
        ("payslip 2026-03", (3, 2026)),
        ("Abrechnung vom Januar 2024", (1, 2024)),
        ("my payslip for August", (8, None)),
        ("last month's payslip", (10, 2026)),
        ("die vom letzten Monat", (10, 2026)),
        ("diesen Monat", (11, 2026)),
        ("may I have my payslip", None),
        ("meine Abrechnung", None),
    ],
)
def test_the_month_that_is_meant(text: str, month: tuple[int, int | None] | None) -> None:
    assert month_in(text, today=MONDAY) == month


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("bis morgen", True),
        ("nein, vom 2. bis 4. Januar bitte", True),
        ("from 2 January to 4 January 2027", True),
        ("31.2.", True),
        ("no, the whole day", True),
        ("bitte nur", False),
        ("bin am 24.12. krank", False),
        ("wer fehlt am Montag", False),
        ("tschüss bis morgen", False),
        ("", False),
    ],
)
def test_a_text_that_says_nothing_but_days(text: str, days: bool) -> None:
    assert only_days(text) == days


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("nur bis Mittwoch", "2026-12-14", "2026-12-16"),
        ("only until the 16th", "2026-12-14", "2026-12-16"),
        ("bis 16.", "2026-12-14", "2026-12-16"),
        ("only the 15th and 16th", "2026-12-15", "2026-12-16"),
        ("normal leave, 21 to 23 December", "2026-12-21", "2026-12-23"),
        ("vom 1.12. bis 3.12.", "2026-12-01", "2026-12-03"),
    ],
)
def test_days_that_correct_a_longer_draft(text: str, first: str, last: str) -> None:
    near = date(2026, 12, 14)
    found = parse(text, language="de", sent_on=MONDAY, calendar=lambda day: True, near=near)
    assert (str(found[0].first), str(found[0].last)) == (first, last)


@pytest.mark.parametrize(("month", "year"), [(10, 2026), (5, 2026), (11, 2026), (12, 2026), (1, 2027), (4, 2027)])
def test_a_month_alone_is_the_nearest(month: int, year: int) -> None:
    assert nearest_year(month, today=MONDAY) == year
