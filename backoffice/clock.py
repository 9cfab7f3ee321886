"""The only place that asks what time it is. Times are UTC; dates are those of a person's own zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = "Europe/Berlin"
"""Where neither a person nor KONTOR_ZONE says otherwise."""


@dataclass(frozen=True)
class Clock:
    """`today` moves the demo to its day; the time of day stays the real one. `ahead` moves a test further on."""

    today: date | None = None
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """The present moment in UTC."""
        real = datetime.now(UTC)
        return self.ahead + (real if self.today is None else datetime.combine(self.today, real.time(), UTC))

    def today_in(self, zone: str) -> date:
        """The calendar day in a zone such as Europe/Berlin."""
        return self.today or self.now().astimezone(ZoneInfo(zone)).date()

    def day_of(self, moment: datetime, zone: str) -> date:
        """The calendar day of a moment in a zone: "tomorrow" counts from when it was said."""
        return self.today or moment.astimezone(ZoneInfo(zone)).date()

    def in_(self, **duration: float) -> datetime:
        """A moment from now, e.g. `in_(minutes=10)`."""
        return self.now() + timedelta(**duration)
