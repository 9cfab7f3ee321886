"""Which days and hours are worked: public holidays by place of work, the personal week, and service hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from backoffice.models import Employee, Site

HALF_DAYS = {(12, 24), (12, 31)}  # half a working day by company agreement
SERVICE_HOURS = (time(8), time(17))  # Monday to Friday at the place of work
LONGEST_PAUSE_DAYS = 60


@lru_cache(maxsize=64)
def _holidays(country: str, region: str, year: int, language: str) -> dict[date, str]:
    return dict(holidays.country_holidays(country, subdiv=region or None, years=year, language=language))


def holiday_at(site: Site, day: date, *, language: str = "de") -> str | None:
    """The public holiday at a place of work, or None."""
    code = {"en": "en_US"}.get(language, language)
    return _holidays(site.country, site.region, day.year, code).get(day)


def holiday_name(employee: Employee, day: date, *, language: str = "de") -> str | None:
    """The public holiday at the employee's place of work, or None."""
    return holiday_at(employee.site, day, language=language)


def next_holidays(employee: Employee, *, after: date, language: str, count: int = 3) -> list[tuple[date, str]]:
    """The coming public holidays at the employee's place of work."""
    return holidays_at(employee.site, after=after, language=language, count=count)


def holidays_at(site: Site, *, after: date, language: str, count: int = 3) -> list[tuple[date, str]]:
    """The coming public holidays at a place of work, `after` included."""
    found: list[tuple[date, str]] = []
    day = after
    while len(found) < count:
        name = holiday_at(site, day, language=language)
        if name:
            found.append((day, name))
        day += timedelta(days=1)
    return found


def working_share(employee: Employee, day: date) -> int:
    """How much of a working day this is for the person, in hundredths: personal week, holidays, half days."""
    if holiday_name(employee, day):
        return 0
    share = employee.week[day.weekday()]
    return min(share, 50) if (day.month, day.day) in HALF_DAYS else share


def days_of(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def after_service_hours(start: datetime, within: timedelta, *, site: Site) -> datetime:
    """When so much service time has passed: Monday to Friday, 8 to 17 at the site, public holidays left out. UTC."""
    zone = ZoneInfo(site.zone)
    left, day = within, start.astimezone(zone).date()
    for _ in range(LONGEST_PAUSE_DAYS):
        opens, closes = (datetime.combine(day, hour, zone).astimezone(UTC) for hour in SERVICE_HOURS)
        begin = max(opens, start.astimezone(UTC))
        if day.weekday() < 5 and not holiday_at(site, day) and begin < closes:
            if left <= closes - begin:  # subtracted in UTC: an hour is an hour, also in the night of the clock change
                return begin + left
            left -= closes - begin
        day += timedelta(days=1)
    raise ValueError(f"no service hours within {LONGEST_PAUSE_DAYS} days after {start}")
