"""Reads the times that diagrams give: ISO durations, dates, cycles; adds them to an instant. Knows no working days."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from engine.clock import ZONE, start_of
from engine.errors import ModelFault

_DURATION = re.compile(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?\Z"
)
_CYCLE = re.compile(r"R(\d*)/(?:([^/P][^/]*)/)?(P[^/]+)\Z")


class Cycle(NamedTuple):
    """times None: without end. start None: from when the timer was set."""

    times: int | None
    start: datetime | None
    every: str


def add_duration(at: datetime, text: str) -> datetime:
    """`at` plus an ISO 8601 duration; months and years by the calendar of Asia/Shanghai. Raises ModelFault."""
    match = _DURATION.match(text.strip())
    if match is None or text.strip().lstrip("-") in ("P", "PT"):
        raise ModelFault(f"“{text}”不是 ISO 8601 时长，如 P5D、PT30M。", duration=text)
    sign = -1 if match.group(1) else 1
    years, months, weeks, days, hours, minutes = (sign * int(match.group(n) or 0) for n in range(2, 8))
    seconds = sign * float(match.group(8) or 0)
    moved = _add_months(at.astimezone(ZONE), 12 * years + months) if years or months else at
    return moved.astimezone(UTC) + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def seconds_of(text: str) -> float:
    """Length of an ISO duration of days and less, in seconds."""
    start = datetime(2000, 1, 1, tzinfo=UTC)
    return (add_duration(start, text) - start).total_seconds()


def parse_instant(text: str) -> datetime:
    """An ISO date (its first instant in Asia/Shanghai) or date and time (Asia/Shanghai without an offset). Raises ModelFault."""
    cleaned = text.strip().split("@")[0]
    try:
        if len(cleaned) == 10:
            return start_of(date.fromisoformat(cleaned))
        found = datetime.fromisoformat(cleaned)
    except ValueError as error:
        raise ModelFault(f"“{text}”不是 ISO 8601 日期或时刻。", instant=text) from error
    return (found if found.tzinfo else found.replace(tzinfo=ZONE)).astimezone(UTC)


def parse_cycle(text: str) -> Cycle:
    """R3/PT10M, R/2026-01-01T09:00:00+08:00/P1D. Raises ModelFault."""
    match = _CYCLE.match(text.strip())
    if match is None:
        raise ModelFault(f"“{text}”不是 ISO 8601 周期，如 R3/PT10M。", cycle=text)
    times, start, every = match.groups()
    return Cycle(int(times) if times else None, parse_instant(start) if start else None, every)


def _add_months(at: datetime, months: int) -> datetime:
    total = at.year * 12 + at.month - 1 + months
    year, month = divmod(total, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))
