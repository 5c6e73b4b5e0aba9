"""Tells whether a worker lives: workers beat, the health page asks. Starts and stops nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select, update

from web.heartbeat.records import worker_heartbeat

INTERVAL_S = 2.0
FORGOTTEN = timedelta(days=1)


def beat(database: Engine, worker: str, now: datetime) -> None:
    """Note that worker lives at now (aware UTC); forget workers that have been silent for a day."""
    with database.begin() as connection:
        row = update(worker_heartbeat).where(worker_heartbeat.c.worker == worker).values(beat_at=now)
        if connection.execute(row).rowcount == 0:
            connection.execute(insert(worker_heartbeat).values(worker=worker, beat_at=now))
        connection.execute(delete(worker_heartbeat).where(worker_heartbeat.c.beat_at < now - FORGOTTEN))


def last_beat(database: Engine) -> datetime | None:
    """The newest beat of any worker as aware UTC, or None if none ever lived."""
    with database.connect() as connection:
        newest = select(worker_heartbeat.c.beat_at).order_by(worker_heartbeat.c.beat_at.desc()).limit(1)
        return connection.execute(newest).scalar()
