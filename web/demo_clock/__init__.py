"""A clock that a demonstration may move forward, the same in every process; an installation in service never uses it.

Deadlines and public notices last days. Whoever tries the product, or drives it through two hundred cases, moves the
clock on to the next due time instead of waiting. It never moves back, so that the order of events stays true.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import OperationalError, ProgrammingError

from engine import day_of
from engine.database import writing
from engine.errors import ValidationFailed
from web.demo_clock.records import demo_clock

REFRESH_S = 0.2
ROW = 1


class DemoClock:
    """The machine's time plus an offset kept in the database; read again at most every REFRESH_S."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._offset = timedelta(0)
        self._read_at = float("-inf")

    def now(self) -> datetime:
        if time.monotonic() - self._read_at > REFRESH_S:
            self._offset = timedelta(seconds=offset_s(self._database))
            self._read_at = time.monotonic()
        return datetime.now(UTC) + self._offset

    def today(self) -> date:
        return day_of(self.now())

    def advance_to(self, instant: datetime) -> datetime:
        """Move on so that now() is at least instant (aware UTC); raises ValidationFailed for an instant before now()."""
        self._read_at = float("-inf")  # another process may have moved it in the last moments
        if (instant - self.now()).total_seconds() < 0:
            raise ValidationFailed("演示时钟只能向前，不能倒退。")
        self._write(int((instant - datetime.now(UTC)).total_seconds()) + 1)
        return self.now()

    def _write(self, seconds: int) -> None:
        """Set the offset; of two that move the clock at once the later time wins, they do not add up."""
        with writing(self._database).begin() as connection:
            moved = update(demo_clock).where(demo_clock.c.id == ROW, demo_clock.c.offset_s < seconds).values(offset_s=seconds)
            known = connection.execute(select(demo_clock.c.id).where(demo_clock.c.id == ROW)).first()
            connection.execute(moved if known else insert(demo_clock).values(id=ROW, offset_s=seconds))
        self._read_at = float("-inf")


def offset_s(database: Engine) -> int:
    """Seconds that the clock was moved on; 0 before the tables exist."""
    try:
        with database.connect() as connection:
            return connection.execute(select(demo_clock.c.offset_s).where(demo_clock.c.id == ROW)).scalar() or 0
    except (OperationalError, ProgrammingError):
        return 0
