from __future__ import annotations

import contextlib
import re
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.dates import ImpossibleDate, ReversedRange, edges_in, left_open, month_in, only_days, parse, spans
from backoffice.day_words import nearest_year

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
        ("bis zum Ende der Woche", True),
        ("Karfreitag bis Ostermontag", True),
        ("good", False),
        ("end", False),
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


SHORT = {"full": "", "morning": " am", "afternoon": " pm"}


def heard(text: str, language: str = "de", near: date | None = None) -> list[str]:
    """Every span that is meant: "7.12 pm", "30.11-2.12 am" (the last day's half), "7.12-" (nobody said until when)."""
    shown = []
    for span in spans(text, language=language, sent_on=MONDAY, calendar=lambda day: day.weekday() < 5, near=near):
        first, last = (
            f"{day.day}.{day.month}" + (f".{day.year}" if day.year > 2027 else "") for day in (span.first, span.last)
        )
        if span.first == span.last:
            shown.append(first + SHORT[span.first_part] + "-" * span.open_end)
        else:
            shown.append(f"{first}{SHORT[span.first_part]}-{last}{SHORT[span.last_part]}" + "-" * span.open_end)
    return shown


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("I need a half day off on 7 December in the morning", ["7.12 am"]),
        ("half a day on 7 December", ["7.12 pm"]),
        ("half a day on the morning of 7 December", ["7.12 am"]),
        ("am 7.12. einen halben Tag", ["7.12 pm"]),
        ("halber Tag am 7.12.", ["7.12 pm"]),
        ("am 7.12. einen halben Tag vormittags", ["7.12 am"]),
        ("7.12. nur vormittags", ["7.12 am"]),
        ("Freitagnachmittag frei", ["27.11 pm"]),
        ("heute Nachmittag", ["23.11 pm"]),
        ("this afternoon off please", ["23.11 pm"]),
        ("heute morgen", ["23.11 am"]),
        ("tomorrow morning", ["24.11 am"]),
        ("0,5 Tage am 7.12.", ["7.12 pm"]),
        ("1/2 Tag am 7.12.", ["7.12 pm"]),
        ("½ day on 7 Dec", ["7.12 pm"]),
        ("Urlaub 30.11. bis 2.12., am letzten Tag nur halb", ["30.11-2.12 am"]),
        ("Urlaub 30.11. bis 2.12., letzter Tag nur vormittags", ["30.11-2.12 am"]),
        ("30.11. bis 2.12., am ersten Tag nur nachmittags", ["30.11 pm-2.12"]),
        ("30 Nov to 2 Dec, last day only half", ["30.11-2.12 am"]),
        ("30 Nov to 2 Dec, only half of the last day", ["30.11-2.12 am"]),
        ("30.11. bis 2.12., am ersten Tag halb und am letzten Tag halb", ["30.11 pm-2.12 am"]),
        ("vom 30.11. mittags bis 2.12. mittags", ["30.11 pm-2.12 am"]),
        ("am 7.12. von 8 bis 12 Uhr", ["7.12 am"]),
        ("2,5 Tage ab 7.12.", ["7.12-9.12 am"]),
        ("anderthalb Tage ab 7.12.", ["7.12-8.12 am"]),
    ],
)
def test_halves_of_days(text: str, days: list[str]) -> None:
    assert heard(text) == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Urlaub Montag und Mittwoch nächste Woche", ["30.11", "2.12"]),
        ("nächste Woche Montag und Mittwoch", ["30.11", "2.12"]),
        ("I want to take off tomorrow and next tuesday", ["24.11", "1.12"]),
        ("am 1.12. und am 3.12.", ["1.12", "3.12"]),
        ("am 1. und 3. Dezember", ["1.12", "3.12"]),
        ("am 1. und 3.12.", ["1.12", "3.12"]),
        ("on 1 and 3 December", ["1.12", "3.12"]),
        ("December 1 and 3", ["1.12", "3.12"]),
        ("on the 1st and the 3rd", ["1.12", "3.12"]),
        ("1.12., 3.12. und 7.12.", ["1.12", "3.12", "7.12"]),
        ("vom 1. bis 3.12. und vom 7. bis 9.12.", ["1.12-3.12", "7.12-9.12"]),
        ("am 3.12. und am 1.12.", ["1.12", "3.12"]),
        ("am 1.12. vormittags und am 3.12. nachmittags", ["1.12 am", "3.12 pm"]),
        ("diese Woche Freitag und nächste Woche Mittwoch", ["27.11", "2.12"]),
        ("Freitag und nächste Woche Mittwoch", ["27.11", "2.12"]),
        ("Mittwoch und nächste Woche", ["25.11", "30.11-4.12"]),
        ("KW 51 und KW 53", ["14.12-18.12", "28.12-1.1"]),
        ("14.12. bis 18.12. außer Mittwoch", ["14.12-15.12", "17.12-18.12"]),
        ("7.12. oder 8.12.", ["7.12", "8.12"]),
        ("next week except Friday", ["30.11-3.12"]),
        ("14 to 18 December except 16 December", ["14.12-15.12", "17.12-18.12"]),
    ],
)
def test_days_named_one_by_one_stay_apart(text: str, days: list[str]) -> None:
    assert heard(text) == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("nächste Woche Mo und Di", ["30.11-1.12"]),
        ("am 1.12. und 2.12.", ["1.12-2.12"]),
        ("Freitag und Montag", ["27.11-30.11"]),
        ("heute und morgen", ["23.11-24.11"]),
        ("KW 51 und 52", ["14.12-25.12"]),
        ("morgen, also Dienstag", ["24.11"]),
        ("Mittwoch, 2.12.", ["2.12"]),
        ("am 2.12. (Mittwoch)", ["2.12"]),
        ("nächste Woche Mittwoch, 2.12.", ["2.12"]),
        ("zwischen dem 14. und dem 16.12.", ["14.12-16.12"]),
        ("between Monday and Wednesday", ["23.11-25.11"]),
    ],
)
def test_neighbouring_days_are_one_span(text: str, days: list[str]) -> None:
    assert heard(text) == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Days off between Christmas and New Year", ["27.12-31.12"]),
        ("between Christmas and New Year's", ["27.12-31.12"]),
        ("Urlaub zwischen Weihnachten und Neujahr", ["27.12-31.12"]),
        ("von Weihnachten bis Neujahr", ["24.12-1.1"]),
        ("vom 15. bis zum 17.", ["15.12-17.12"]),
        ("15. bis 17.", ["15.12-17.12"]),
        ("the 15th to the 17th", ["15.12-17.12"]),
        ("15th - 17th", ["15.12-17.12"]),
        ("vom 28. bis zum 3.", ["28.11-3.12"]),
        ("eine woche urlaub ab dem 7.12.", ["7.12-11.12"]),
        ("Urlaub ab 7.12. für zwei Wochen", ["7.12-18.12"]),
        ("100 tage urlaub ab 7.12.", ["7.12-23.4"]),
        ("a week off from 7 December", ["7.12-11.12"]),
        ("the week of 7 December", ["7.12-11.12"]),
        ("two weeks from Dec 7", ["7.12-18.12"]),
        ("eine Woche ab Mittwoch", ["25.11-1.12"]),
        ("3 tage ab 7. dezember", ["7.12-9.12"]),
        ("14 Tage ab 7.12.", ["7.12-24.12"]),
        ("3 Tage ab Freitag", ["27.11-1.12"]),
        ("nächste Woche 5 Tage", ["30.11-4.12"]),
        ("ab nächster Woche zwei Wochen", ["30.11-11.12"]),
        ("Uralub am 22.12.", ["22.12"]),
        ("next monday to wednesday off please", ["30.11-2.12"]),
        ("kommenden Donnerstag bis Samstag", ["26.11-28.11"]),
        ("Friday to Monday", ["27.11-30.11"]),
        ("Do bis Fr", ["26.11-27.11"]),
        ("leave from 12/7 to 12/9", ["7.12-9.12"]),
        ("leave from 7/12 to 9/12", ["7.12-9.12"]),
        ("1/12 to 15/12", ["1.12-15.12"]),
        ("12/7", ["7.12"]),
        ("12/7/2026", ["7.12"]),
        ("1/2", ["1.2"]),
        ("übernächste Woche Mi bis Fr", ["9.12-11.12"]),
        ("23.12. bis 2.1.", ["23.12-2.1"]),
        ("23.12 - 2.1", ["23.12-2.1"]),
        ("23.12.26 bis 2.1.27", ["23.12-2.1"]),
        ("23.12. bis 2.1.2027", ["23.12-2.1"]),
        ("14.12-16.12", ["14.12-16.12"]),
        ("ab morgen bis Freitag", ["24.11-27.11"]),
        ("nächste Woche bis Freitag", ["30.11-4.12"]),
        ("vom 23. bis 27. Dezember", ["23.12-27.12"]),
        ("23-27 Dec", ["23.12-27.12"]),
        ("24.12", ["24.12"]),
        ("1.1.27", ["1.1"]),
        ("next Fri", ["27.11"]),
        ("this Friday", ["27.11"]),
        ("in 3 Tagen", ["26.11"]),
        ("in two weeks", ["7.12-11.12"]),
        ("Mittwoch in zwei Wochen", ["9.12"]),
        ("Ende nächster Woche", []),
        ("Anfang Januar", []),
        ("Guten Morgen, ich brauche am 7.12. frei", ["7.12"]),
        ("Good morning, I need 7 December off", ["7.12"]),
        ("nicht am 7.12. sondern am 8.12.", ["8.12"]),
        ("the 8th instead of the 7th", ["8.12"]),
        ("7 Dec but not 8 Dec", ["7.12"]),
        ("ich brauche am 7.12. Urlaub, bin am 8.12. wieder da", ["7.12"]),
        ("I am away from 7 Dec to 11 Dec and back on 14 Dec", ["7.12-11.12"]),
        ("nächste Woche Montag bis übernächste Woche Mittwoch", ["30.11-9.12"]),
        ("ich habe noch 2.5 Tage übrig und will am 7.12. frei", ["7.12"]),
        ("am 7.12., nein, am 8.12.", ["8.12"]),
    ],
)
def test_spans_as_people_write_them(text: str, days: list[str]) -> None:
    english = {"to", "the", "off", "from", "and", "week", "weeks", "this", "next"} & set(text.split())
    assert heard(text, "en" if english else "de") == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Urlaub ab 7.12.", ["7.12-"]),
        ("leave from 7 December", ["7.12-"]),
        ("14.12. bis Mitte Januar", []),
        ("Anfang Januar bis 15.1.", []),
        ("3 Tage nächste Woche", []),
        ("jeden Freitag im Dezember", []),
        ("nach dem 7.12.", []),
        ("the day after Christmas", []),
        ("the last week of December", []),
        ("ab 7.12., bin am 14.12. wieder da", ["7.12-"]),
    ],
)
def test_an_end_or_a_beginning_that_is_not_said_is_not_guessed(text: str, days: list[str]) -> None:
    assert heard(text) == days


@pytest.mark.parametrize("text", ["ich will urlaub vom 10.12 bis 5.12", "10.12. bis 5.12.", "from 10 Dec to 5 Dec"])
def test_an_end_that_would_be_a_year_later_is_before_the_beginning(text: str) -> None:
    with pytest.raises(ReversedRange):
        heard(text)


GERMAN = re.findall(
    r"\S+",
    """ersten zweiten dritten vierten fünften sechsten siebten achten neunten zehnten elften zwölften dreizehnten
vierzehnten fünfzehnten sechzehnten siebzehnten achtzehnten neunzehnten zwanzigsten einundzwanzigsten
zweiundzwanzigsten dreiundzwanzigsten vierundzwanzigsten fünfundzwanzigsten sechsundzwanzigsten siebenundzwanzigsten
achtundzwanzigsten neunundzwanzigsten dreißigsten einunddreißigsten""",
)
ENGLISH = re.findall(
    r"\S+",
    """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth
twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first""",
)


@pytest.mark.parametrize("day", range(1, 32))
def test_days_that_are_spelt_out(day: int) -> None:
    german, english = GERMAN[day - 1], ENGLISH[day - 1]
    for text in (
        f"am {german} Dezember",
        f"am {german} zwölften",
        f"am {german.replace('ü', 'u').replace('ß', 'ss')} Dezember",
        f"{english} of December",
        f"on the {english.replace('-', ' ')} of December",
        f"December {day}{['th', 'st', 'nd', 'rd'][day % 10 if day % 10 < 4 and day // 10 != 1 else 0]}",
    ):
        assert heard(text) == [f"{day}.12"], text


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("dritter zwölfter", ["3.12"]),
        ("am fünften", ["5.12"]),
        ("vom fünften bis siebten Dezember", ["5.12-7.12"]),
        ("fifth to seventh of December", ["5.12-7.12"]),
        ("vom fünften bis zum siebten", ["5.12-7.12"]),
        ("am zweiten Bildschirm flackert es", []),
        ("the second monitor", []),
    ],
)
def test_ordinals_in_words(text: str, days: list[str]) -> None:
    assert heard(text) == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("no wait, the 8th", ["8.12"]),
        ("bis 18.12.", ["7.12-18.12"]),
        ("bis zum 3.", ["7.12-3.1"]),
        ("bis Freitag", ["7.12-11.12"]),
        ("Dienstag bis Donnerstag", ["8.12-10.12"]),
        ("vom 15. bis zum 17.", ["15.12-17.12"]),
        ("eine Woche", ["7.12-11.12"]),
        ("nur 2 Tage", ["7.12-8.12"]),
        ("einen halben Tag", []),
        ("eine Woche länger", []),
        ("einen Tag später", []),
        ("bis Ende der Woche", ["7.12-11.12"]),
        ("bis Monatsende", ["7.12-31.12"]),
    ],
)
def test_what_is_left_out_is_near_the_day_that_was_talked_about(text: str, days: list[str]) -> None:
    assert heard(text, near=date(2026, 12, 7)) == days


@pytest.mark.parametrize(
    ("text", "single", "edges"),
    [
        ("nur halb", True, ("afternoon", "afternoon")),
        ("nur einen halben Tag", True, ("afternoon", "afternoon")),
        ("am letzten Tag nur halb", False, (None, "morning")),
        ("first day only in the afternoon", False, ("afternoon", None)),
        ("doch ganztags", False, ("full", "full")),
        ("hallo", False, (None, None)),
    ],
)
def test_halves_that_are_said_afterwards(text: str, single: bool, edges: tuple[str | None, str | None]) -> None:
    assert edges_in(text, single=single) == edges


@pytest.mark.parametrize(
    "text",
    [
        *("1. ", "am 1. und ", "12/7 ", "Montag und ", "bis ", " ", "1-", "halb am letzten Tag ", "KW 51 ", "7dec "),
        *("Mo 1. bis ", "1, Mo 2, ", "Weihnachten ", "Donnerstg ", "7.12. ", "zum ", ">", "ersten ", "Tag nach "),
    ],
)
def test_a_very_long_text_is_read_at_once(text: str) -> None:
    began = time.perf_counter()
    with contextlib.suppress(ImpossibleDate, ReversedRange):
        heard(text * (20_000 // len(text)))
    assert time.perf_counter() - began < 1


def test_a_misspelt_weekday_is_not_the_whole_week() -> None:
    assert heard("Ich brauche nächste Woche Mitwoch frei") == ["2.12"]


def slips(name: str) -> set[str]:
    """The name with a letter left out, doubled, swapped with the next, or wrong."""
    found = {name[:at] + name[at + 1 :] for at in range(len(name))}
    found |= {name[:at] + name[at] + name[at:] for at in range(len(name))}
    found |= {name[:at] + name[at + 1] + name[at] + name[at + 2 :] for at in range(len(name) - 1)}
    return found | {name[:at] + "x" + name[at + 1 :] for at in range(len(name))}


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Montag", "30.11"),
        ("Dienstag", "1.12"),
        ("Mittwoch", "2.12"),
        ("Donnerstag", "3.12"),
        ("Freitag", "4.12"),
        ("Samstag", "5.12"),
        ("Sonntag", "6.12"),
        ("Monday", "30.11"),
        ("Tuesday", "1.12"),
        ("Wednesday", "2.12"),
        ("Thursday", "3.12"),
        ("Friday", "4.12"),
        ("Saturday", "5.12"),
        ("Sunday", "6.12"),
    ],
)
def test_a_slip_in_a_weekday_is_that_day_or_none(name: str, day: str) -> None:
    week = "nächste Woche" if name.endswith("g") or name == "Mittwoch" else "next week"
    answers = {wrong: heard(f"{week} {wrong}") for wrong in slips(name)}
    assert {wrong: answer for wrong, answer in answers.items() if answer not in ([day], [])} == {}
    assert sum(answer == [day] for answer in answers.values()) / len(answers) > 0.8


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Januar", "7.1"),
        ("Februar", "7.2"),
        ("September", "7.9"),
        ("Oktober", "7.10"),
        ("November", "7.11"),
        ("Dezember", "7.12"),
        ("January", "7.1"),
        ("February", "7.2"),
        ("October", "7.10"),
        ("December", "7.12"),
    ],
)
def test_a_slip_in_a_month_is_that_month_or_none(name: str, day: str) -> None:
    answers = {wrong: heard(f"am 7. {wrong}") for wrong in slips(name)}
    assert {wrong: answer for wrong, answer in answers.items() if answer not in ([day], [])} == {}


@pytest.mark.parametrize(
    "text", ["Dienstrad", "mein Dienst am Freitag", "die Montage", "Donnerstage", "dienstlich", "fertig"]
)
def test_other_words_are_no_slips_of_weekdays(text: str) -> None:
    assert heard(text) == (["27.11"] if "Freitag" in text else [])


@pytest.mark.parametrize("said", ["Dienstag, 7.12.", "Mittwoch, 3. Dezember", "7.12. (Dienstag)"])
def test_a_date_with_another_weekday_is_in_no_calendar(said: str) -> None:
    with pytest.raises(ImpossibleDate):
        heard(said)


def test_what_is_open_between_day_and_month_is_asked_in_english_only() -> None:
    assert heard("3/12", "en") == []
    assert heard("3/12", "de") == ["3.12"]
    assert heard("12/24", "en") == ["24.12"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("irgendwann nächste Woche", True),
        ("drei Tage nächste Woche", True),
        ("bis Weihnachten", True),
        ("7.12.", False),
        ("31.2.", False),
        ("mein Drucker geht nicht", False),
    ],
)
def test_it_is_known_whether_days_were_named_but_left_open(text: str, left: bool) -> None:
    assert left_open(text, language="de", sent_on=MONDAY, calendar=lambda day: True) == left
