from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from backoffice import outbox, ticket_changes, tickets, triage
from backoffice.errors import NotFound
from backoffice.models import Ticket
from backoffice.outbox import Said
from tests.conftest import employee

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def keys(session: Session, who: str) -> list[str]:
    return [m.said["text"]["key"] for m in outbox.waiting(session, employee(session, who), now=NOW)]


def test_a_ticket_reaches_it_and_its_solution_the_requester(session: Session) -> None:
    mara, jonas = employee(session, "mara.lindt"), employee(session, "jonas.weber")
    ticket = tickets.open_ticket(session, mara, summary="my laptop won't start", now=NOW, can_work="no")
    assert (ticket.number, ticket.category, ticket.urgency) == ("IT-1003", "device", "high")
    assert keys(session, "jonas.weber") == ["tickets.opened"]
    tickets.take(session, ticket.id, by=jonas, now=NOW)
    tickets.solve(session, ticket.id, by=jonas, now=NOW, words="Akku getauscht.")
    assert keys(session, "mara.lindt") == ["tickets.was_taken", "tickets.was_solved_with"]


def test_only_the_first_takes_it(session: Session) -> None:
    jonas = employee(session, "jonas.weber")
    tickets.take(session, 1001, by=jonas, now=NOW)
    with pytest.raises(tickets.AlreadyTaken):
        tickets.take(session, 1001, by=jonas, now=NOW)


def test_staff_of_another_queue_is_refused(session: Session) -> None:
    with pytest.raises(NotFound):
        tickets.solve(session, 1001, by=employee(session, "petra.roth"), now=NOW)


def test_a_foreign_ticket_is_the_same_as_none(session: Session) -> None:
    mara = employee(session, "mara.lindt")
    for number in ("IT-1001", "IT-9999", "IT-99999999999999", ""):
        with pytest.raises(NotFound):
            tickets.find(session, number, by=mara)


def test_cards_of_payroll_show_no_name_and_no_text(session: Session) -> None:
    mara = employee(session, "mara.lindt")
    ticket = tickets.open_ticket(session, mara, summary="mein netto stimmt nicht", now=NOW, queue="payroll")
    shown = str(tickets.staff_card(ticket))
    assert "Mara" not in shown
    assert "netto" not in shown


@pytest.mark.parametrize(
    ("text", "category", "can_work"),
    [
        ("Outlook startet nicht", "mail", "no"),
        ("VPN bricht ab, kann aber noch arbeiten", "network", "yes"),
        ("Drucker 3. OG druckt Streifen", "printing", None),
        ("the heating is off", "building", None),
        ("mein Rechner ist langsam", "device", None),
        ("nothing works at table 14", "other", "no"),
    ],
)
def test_category_and_urgency_are_inferred(text: str, category: str, can_work: str | None) -> None:
    assert (triage.category_of(text), triage.can_work_from(text)) == (category, can_work)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("my laptop won't start", "the screen of my laptop is black", True),
        ("Drucker im 3. OG druckt nicht", "die Drucker gehen nicht", True),
        ("Mein Laptop startet nicht", "Monitor flackert", False),  # the same category, another trouble
        ("Outlook startet nicht", "Kalender fehlt im Handy", False),
        ("nothing works at table 14", "the scanner at table 14 is broken", False),
        ("Thinkpad wird heiß", "ThinkPad fährt nicht hoch", True),  # a device that she carries
    ],
)
def test_two_reports_are_one_trouble_when_they_share_a_word(
    session: Session, one: str, other: str, alike: bool
) -> None:
    mara = employee(session, "mara.lindt")
    ticket = tickets.open_ticket(session, mara, summary=one, now=NOW)
    assert tickets.similar_open(session, mara, other) == (ticket if alike else None)


def mine(session: Session, *, at: datetime = NOW, **about: str) -> Ticket:
    return tickets.open_ticket(
        session, employee(session, "mara.lindt"), summary="VPN bricht ab", now=at, quiet=True, **about
    )


def test_still_broken_opens_a_solved_ticket_again(session: Session) -> None:
    mara, ticket = employee(session, "mara.lindt"), mine(session)
    tickets.solve(session, ticket.id, by=employee(session, "jonas.weber"), now=NOW)
    later = NOW + timedelta(days=13)
    said = ticket_changes.hear(session, ticket, by=mara, text="IT-1003 geht immer noch nicht", now=later)
    assert (said.key, ticket.status) == ("tickets.you_reopened", "assigned")
    assert ticket.due_at > later
    assert keys(session, "jonas.weber") == ["tickets.was_reopened_with"]


def test_after_two_weeks_a_new_ticket_is_better(session: Session) -> None:
    mara, ticket = employee(session, "mara.lindt"), mine(session)
    tickets.solve(session, ticket.id, by=employee(session, "jonas.weber"), now=NOW)
    with pytest.raises(ticket_changes.TooLateToReopen):
        ticket_changes.hear(session, ticket, by=mara, text="geht nicht", now=NOW + timedelta(days=15))
    with pytest.raises(ticket_changes.TooLateToReopen):
        ticket_changes.reopen(session, ticket.id, by=mara, now=NOW + timedelta(days=15))
    assert ticket.status == "resolved"


def test_thanks_do_not_begin_the_two_weeks_anew(session: Session) -> None:
    mara, ticket = employee(session, "mara.lindt"), mine(session)
    tickets.solve(session, ticket.id, by=employee(session, "jonas.weber"), now=NOW)
    ticket_changes.hear(session, ticket, by=mara, text="danke dir", now=NOW + timedelta(days=10))
    with pytest.raises(ticket_changes.TooLateToReopen):
        ticket_changes.reopen(session, ticket.id, by=mara, now=NOW + timedelta(days=15))


def test_urgency_rises_once_and_says_so(session: Session) -> None:
    mara, ticket = employee(session, "mara.lindt"), mine(session)
    before = ticket.due_at
    text = "es ist dringend, ein Kunde wartet"
    said = [ticket_changes.hear(session, ticket, by=mara, text=text, now=NOW).key for _ in range(2)]
    assert said == ["tickets.you_raised", "tickets.raised_before"]
    assert (ticket.urgency, ticket.due_at < before) == ("high", True)
    assert keys(session, "jonas.weber") == ["tickets.was_raised", "tickets.was_answered"]


def test_not_urgent_raises_nothing(session: Session) -> None:
    mara, ticket = employee(session, "mara.lindt"), mine(session)
    assert ticket_changes.hear(session, ticket, by=mara, text="ist nicht dringend", now=NOW).key == "tickets.updated"
    assert ticket.urgency == "normal"


def test_reopened_and_pressing_in_one_sentence(session: Session) -> None:
    mara, ticket = employee(session, "mara.lindt"), mine(session)
    tickets.solve(session, ticket.id, by=employee(session, "jonas.weber"), now=NOW)
    said = ticket_changes.hear(session, ticket, by=mara, text="still not working, customer is waiting", now=NOW)
    assert (said.key, ticket.urgency) == ("tickets.you_reopened_raised", "high")


def test_the_requester_closes_and_staff_hears_it(session: Session) -> None:
    mara, ticket = employee(session, "mara.lindt"), mine(session)
    said = ticket_changes.hear(session, ticket, by=mara, text="hat sich erledigt", now=NOW)
    assert (said.key, ticket.status) == ("tickets.you_closed", "resolved")
    assert keys(session, "jonas.weber") == ["tickets.was_closed"]


def test_what_staff_adds_reaches_the_requester(session: Session) -> None:
    ticket = mine(session)
    ticket_changes.hear(session, ticket, by=employee(session, "jonas.weber"), text="Kabel ist bestellt", now=NOW)
    assert keys(session, "mara.lindt") == ["tickets.was_answered"]


@pytest.mark.parametrize(("key", "allowed"), [("mara.lindt", True), ("jonas.weber", True), ("eva.brandt", False)])
def test_only_requester_and_queue_find_a_ticket(session: Session, key: str, allowed: bool) -> None:
    ticket, by = mine(session), employee(session, key)
    if allowed:
        assert tickets.find(session, ticket.number, by=by) is ticket
    else:
        with pytest.raises(NotFound) as foreign:
            tickets.find(session, ticket.number, by=by)
        with pytest.raises(NotFound) as missing:
            tickets.find(session, "IT-9999", by=by)
        assert set(foreign.value.facts) == set(missing.value.facts)


@pytest.mark.parametrize(("key", "allowed"), [("mara.lindt", True), ("jonas.weber", False), ("eva.brandt", False)])
def test_only_the_requester_reopens_with_the_button(session: Session, key: str, allowed: bool) -> None:
    ticket = mine(session)
    tickets.solve(session, ticket.id, by=employee(session, "jonas.weber"), now=NOW)
    if allowed:
        ticket_changes.reopen(session, ticket.id, by=employee(session, key), now=NOW)
    else:
        with pytest.raises(NotFound):
            ticket_changes.reopen(session, ticket.id, by=employee(session, key), now=NOW)
    assert ticket.status == ("assigned" if allowed else "resolved")


def test_without_a_number_the_only_ticket_is_meant(session: Session) -> None:
    mara = employee(session, "mara.lindt")
    assert ticket_changes.meant(session, mara, now=NOW) is tickets.find(session, "989", by=mara)  # solved of late
    first = mine(session)
    assert ticket_changes.meant(session, mara, now=NOW) is first
    mine(session)
    assert ticket_changes.meant(session, mara, now=NOW) is None


@pytest.mark.parametrize(
    ("text", "solved", "broken", "pressing"),
    [
        ("das hat sich erledigt", True, False, False),
        ("läuft wieder, danke", True, False, False),
        ("it works again", True, False, False),
        ("geht jetzt auch nicht", False, False, False),
        ("läuft wieder nicht", False, True, False),
        ("ist noch nicht gelöst", False, True, False),
        ("it still doesn't work", False, True, False),
        ("es eilt, ein Kunde wartet", False, False, True),
        ("not urgent", False, False, False),
    ],
)
def test_what_is_wished_is_in_the_words(text: str, solved: bool, broken: bool, pressing: bool) -> None:
    heard = (triage.says_solved(text), triage.says_still_broken(text), triage.says_pressing(text))
    assert heard == (solved, broken, pressing)


def test_a_question_does_not_open_a_solved_ticket_again(session: Session) -> None:
    ticket, jonas = mine(session), employee(session, "jonas.weber")
    tickets.solve(session, ticket.id, by=jonas, now=NOW)
    with pytest.raises(tickets.AlreadySolved):
        tickets.ask(session, ticket.id, by=jonas, question="Noch da?", now=NOW)
    assert ticket.status == "resolved"


def test_staff_read_whom_a_ticket_waits_for(session: Session) -> None:
    mara, jonas, petra = (employee(session, key) for key in ("mara.lindt", "jonas.weber", "petra.roth"))
    ticket = mine(session)
    tickets.ask(session, ticket.id, by=jonas, question="Welcher Raum?", now=NOW)
    assert tickets.staff_card(ticket).tag == Said("web.waits_for", {"name": "Mara"})
    hers = tickets.open_ticket(session, mara, summary="Frage zum Vertrag", now=NOW, queue="hr")
    tickets.ask(session, hers.id, by=petra, question="Welcher?", now=NOW)
    assert tickets.staff_card(hers).tag == Said("tickets.status_asked")


@pytest.mark.parametrize("status", ["new", "assigned", "waiting"])
def test_an_answer_reaches_the_requester_and_changes_nothing_else(session: Session, status: str) -> None:
    jonas, ticket = employee(session, "jonas.weber"), mine(session)
    if status == "assigned":
        tickets.take(session, ticket.id, by=jonas, now=NOW)
    if status == "waiting":
        tickets.ask(session, ticket.id, by=jonas, question="Welcher Raum?", now=NOW)
    before = (ticket.status, ticket.assignee_id, ticket.changed_at)
    later = NOW + timedelta(hours=1)
    ticket_changes.answer(session, ticket.id, by=jonas, words="Der Toner ist bestellt.", now=later)
    assert (ticket.status, ticket.assignee_id, ticket.changed_at) == before == (status, *before[1:])
    assert keys(session, "mara.lindt")[-1] == "tickets.was_answered"
    last = tickets.history(session, ticket)[-1]
    assert (last.kind, last.author_id, last.text) == ("answered", jonas.id, "Der Toner ist bestellt.")


def test_after_an_answer_nothing_is_awaited_from_the_requester(session: Session) -> None:
    jonas, ticket = employee(session, "jonas.weber"), mine(session)
    ticket_changes.answer(session, ticket.id, by=jonas, words="Der Toner ist bestellt.", now=NOW)
    assert ticket_changes.awaiting(session, ticket.requester, now=NOW) is None
    tickets.ask(session, ticket.id, by=jonas, question="Welcher Raum?", now=NOW)
    assert ticket_changes.awaiting(session, ticket.requester, now=NOW) is ticket


def test_only_who_serves_the_queue_answers_and_only_while_it_is_open(session: Session) -> None:
    ticket = mine(session)
    with pytest.raises(NotFound):
        ticket_changes.answer(session, ticket.id, by=employee(session, "petra.roth"), words="Ja.", now=NOW)
    tickets.solve(session, ticket.id, by=employee(session, "jonas.weber"), now=NOW)
    with pytest.raises(tickets.AlreadySolved):
        ticket_changes.answer(session, ticket.id, by=employee(session, "jonas.weber"), words="Ja.", now=NOW)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("IT-1003: jetzt geht auch der Kalender nicht", "jetzt geht auch der Kalender nicht"),
        ("it 1003, the calendar fails too", "the calendar fails too"),
        ("#1003 – auch der Kalender", "auch der Kalender"),
        ("Ticket IT-1003\nauch der Kalender", "auch der Kalender"),
        ("IT-1003 is urgent", "IT-1003 is urgent"),
        ("IT-1001: das war es nicht", "IT-1001: das war es nicht"),
        ("IT-1003:", "IT-1003:"),
    ],
)
def test_the_number_is_not_said_twice(session: Session, typed: str, told: str) -> None:
    ticket = mine(session)
    ticket_changes.hear(session, ticket, by=ticket.requester, text=typed, now=NOW)
    heard = outbox.waiting(session, employee(session, "jonas.weber"), now=NOW)[-1]
    assert heard.said["text"]["facts"]["text"] == told


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Auszahlung auf DE89 3704 0044 0532 0130 00 fehlt", "Auszahlung auf [IBAN] fehlt"),
        ("iban de89370400440532013000, bitte prüfen", "iban [IBAN], bitte prüfen"),
        ("DE89-3704-0044-0532-0130-00 geht nicht", "[IBAN] geht nicht"),
        ("Karte 4111 1111 1111 1111 wird abgelehnt", "Karte [Kartennummer] wird abgelehnt"),
        ("Meine Steuer-ID 65 929 970 489 ist falsch", "Meine Steuer-ID [Steuernummer] ist falsch"),
        ("Steuernummer ist 12345678901", "Steuernummer ist [Steuernummer]"),
        ("Steuernummer 181/815/08155", "Steuernummer [Steuernummer]"),
        ("ruf 0341 5550110 oder +49 170 1234567 an", "ruf 0341 5550110 oder +49 170 1234567 an"),
        ("schreib an mara@nordstern.example", "schreib an mara@nordstern.example"),
        ("Handy mit IMEI 356938035643809 startet nicht", "Handy mit IMEI 356938035643809 startet nicht"),
        ("Gerät L-2847, Seriennummer 5CD1234XYZ", "Gerät L-2847, Seriennummer 5CD1234XYZ"),
    ],
)
def test_no_ticket_and_nothing_about_it_holds_such_a_number(session: Session, typed: str, kept: str) -> None:
    mara, jonas = employee(session, "mara.lindt"), employee(session, "jonas.weber")
    ticket = tickets.open_ticket(session, mara, summary=typed, now=NOW, since=typed)
    ticket_changes.hear(session, ticket, by=mara, text=typed, now=NOW)
    ticket_changes.answer(session, ticket.id, by=jonas, words=typed, now=NOW)
    tickets.ask(session, ticket.id, by=jonas, question=typed, now=NOW)
    tickets.solve(session, ticket.id, by=jonas, now=NOW, words=typed)
    story = [event.text for event in tickets.history(session, ticket) if event.text]
    assert [ticket.summary, ticket.since, *story] == [kept] * 6
    told = [str(m.said) for who in (mara, jonas) for m in outbox.waiting(session, who, now=NOW)]
    assert [typed in one for one in told] == [typed == kept] * len(told)


def test_whoever_wrote_it_in_english_reads_the_mark_in_english(session: Session) -> None:
    ali = employee(session, "ali.yildiz")
    ali.language = "en"
    ticket = tickets.open_ticket(session, ali, summary="card 4111 1111 1111 1111 is refused", now=NOW)
    assert ticket.summary == "card [card number] is refused"
