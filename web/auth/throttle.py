"""Counts failed logins and API calls in tables, so that several processes agree; slows only the one who guesses."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from web.auth.records import login_attempt, rate_window
from web.services import machine_now, rows, writing

LIMIT = 5
LOCK = timedelta(minutes=15)


def locked_until(key: str) -> datetime | None:
    """Until when logins for this user name are refused, or None."""
    found = rows(select(login_attempt.c.locked_until).where(login_attempt.c.key == key))
    if not found or not found[0]["locked_until"]:
        return None
    until = found[0]["locked_until"]
    return until if until > machine_now() else None


def failed(key: str) -> int:
    """Note one failure; at the fifth within the window the name is locked. Returns how many tries are left."""
    instant = machine_now()
    with writing() as connection:
        row = connection.execute(select(login_attempt).where(login_attempt.c.key == key)).mappings().first()
        fresh = row is not None and row["last_at"] > (instant - LOCK) and not _over(row, instant)
        failures = (row["failures"] if row is not None and fresh else 0) + 1
        values = {
            "failures": failures,
            "last_at": instant,
            "locked_until": (instant + LOCK) if failures >= LIMIT else None,
        }
        if row is None:
            connection.execute(insert(login_attempt).values(key=key, **values))
        else:
            connection.execute(update(login_attempt).where(login_attempt.c.key == key).values(**values))
    return max(0, LIMIT - failures)


def _over(row: object, instant: datetime) -> bool:
    until = row["locked_until"]  # type: ignore[index]
    return bool(until) and until <= instant


def succeeded(key: str) -> None:
    """Forget the failures of this name."""
    with writing() as connection:
        connection.execute(delete(login_attempt).where(login_attempt.c.key == key))


def allowed(key: str, per_minute: int) -> bool:
    """Count one call in this minute; False when the client has used up its share."""
    window = machine_now().strftime("%Y-%m-%dT%H:%M")
    here = (rate_window.c.key == key) & (rate_window.c.window == window)
    bump = update(rate_window).where(here).values(count=rate_window.c.count + 1)
    with writing() as connection:
        if connection.execute(bump).rowcount == 0:
            connection.execute(delete(rate_window).where(rate_window.c.key == key))
            try:
                with connection.begin_nested():
                    connection.execute(insert(rate_window).values(key=key, window=window, count=1))
            except IntegrityError:
                connection.execute(bump)
        count = connection.execute(select(rate_window.c.count).where(here)).scalar_one()
    return count <= per_minute
