"""The one clock: aware UTC instants and days in Asia/Shanghai. Nothing else in the engine asks for the time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """now() is an aware UTC instant; today() is the day in Asia/Shanghai."""

    def now(self) -> datetime: ...

    def today(self) -> date: ...


class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return day_of(self.now())


class FrozenClock:
    """A clock that moves only when told to: for tests, trial runs and replays."""

    def __init__(self, at: datetime) -> None:
        self._at = _aware(at)

    def now(self) -> datetime:
        return self._at

    def today(self) -> date:
        return day_of(self._at)

    def set(self, at: datetime) -> None:
        self._at = _aware(at)

    def advance(self, **parts: float) -> None:
        """Move on by timedelta parts: advance(days=3, hours=1)."""
        self._at += timedelta(**parts)


def day_of(instant: datetime) -> date:
    """The calendar day in Asia/Shanghai of an aware instant."""
    return _aware(instant).astimezone(ZONE).date()


def start_of(day: date) -> datetime:
    """The first instant of a day in Asia/Shanghai, in UTC."""
    return datetime.combine(day, time.min, ZONE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first instant after a day in Asia/Shanghai, in UTC: when a deadline on that day has passed."""
    return start_of(day + timedelta(days=1))


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(UTC)
