from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backoffice import tickets, workdays
from backoffice.models import Site

BERLIN = Site(key="berlin", name="Berlin", country="DE", region="BE", zone="Europe/Berlin")
LEIPZIG = Site(key="leipzig", name="Leipzig", country="DE", region="SN", zone="Europe/Berlin")
LISBON = Site(key="lisbon", name="Lisbon", country="DE", region="BE", zone="Europe/Lisbon")


def local(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("opened", "hours", "answered"),
    [
        ("2026-11-23 09:00", 2, "2026-11-23 11:00"),
        ("2026-11-23 16:00", 2, "2026-11-24 09:00"),  # over the evening
        ("2026-11-23 06:00", 2, "2026-11-23 10:00"),  # before the office opens
        ("2026-11-27 16:30", 8, "2026-11-30 15:30"),  # over the weekend
        ("2026-11-28 12:00", 8, "2026-11-30 16:00"),  # on Saturday
        ("2026-12-24 12:00", 8, "2026-12-28 11:00"),  # over Christmas and a weekend
        ("2026-10-24 23:00", 8, "2026-10-26 16:00"),  # over the night of the clock change
        ("2027-03-27 23:00", 2, "2027-03-30 10:00"),  # the other one, and Easter Monday
    ],
)
def test_service_hours_leave_out_evenings_weekends_and_holidays(opened: str, hours: int, answered: str) -> None:
    found = workdays.after_service_hours(local(opened), timedelta(hours=hours), site=BERLIN)
    assert found == local(answered)
    assert found.tzinfo == UTC


def test_a_holiday_of_the_place_of_work_counts_there_only() -> None:
    eve_of_repentance_day, two_hours = local("2026-11-17 16:00"), timedelta(hours=2)
    assert workdays.after_service_hours(eve_of_repentance_day, two_hours, site=LEIPZIG) == local("2026-11-19 09:00")
    assert workdays.after_service_hours(eve_of_repentance_day, two_hours, site=BERLIN) == local("2026-11-18 09:00")


def test_service_hours_are_those_of_the_sites_zone() -> None:
    opened = local("2026-11-23 08:00")  # 7:00 in Lisbon
    assert workdays.after_service_hours(opened, timedelta(hours=1), site=LISBON) == local("2026-11-23 10:00")


def test_urgent_is_one_real_hour_also_when_the_clock_changes() -> None:
    opened = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 2:30 in summer time; an hour later it is 2:30 again
    assert tickets.due(opened, "urgent", site=BERLIN) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(("urgency", "hour"), [("high", 10), ("normal", 16)])
def test_the_others_wait_for_the_morning(urgency: str, hour: int) -> None:
    assert tickets.due(local("2026-11-23 22:00"), urgency, site=BERLIN) == local(f"2026-11-24 {hour}:00")


def test_holidays_are_those_of_the_country() -> None:
    vienna = Site(key="vienna", name="Wien", country="AT", region="9", zone="Europe/Vienna")
    national_day, unity_day = datetime(2026, 10, 26).date(), datetime(2026, 10, 3).date()
    assert [workdays.holiday_at(vienna, day) for day in (national_day, unity_day)] == ["Nationalfeiertag", None]
    assert [workdays.holiday_at(BERLIN, day) for day in (national_day, unity_day)] == [
        None, "Tag der Deutschen Einheit"
    ]  # fmt: skip
