"""Finds devices that have fallen silent and those that are back. Raises no alert for a device that never sent anything.

Where a large part of all devices falls silent at once, the line is broken and not the devices: no alert is raised.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from engine import UserFault
from engine.database import writing
from handlers.site import registers, tables
from handlers.site.judging import raise_or_join
from handlers.site.records import dust_alert, dust_device, dust_reading

LOG = logging.getLogger("guangsha.site")
FEW = 20
MOST_ALERTS = 200


@dataclass(slots=True)
class Silence:
    """heard: devices that have ever sent; silent: of them now; opened: new alerts; outage: too many at once; back: recovered."""

    heard: int = 0
    silent: int = 0
    opened: int = 0
    outage: bool = False
    back: int = 0


def look(services: Any) -> Silence:
    """services: .engine, .database. Source: CD-18, sub-flow device_offline."""
    engine, found = services.engine, Silence()
    periods, now = tables.periods(engine), engine.now()
    with writing(services.database).begin() as connection:
        heard = last_heard(connection)
        found.back = _recover(connection, {row["device_no"]: row["last_read_at"] for row in heard})
        open_now = _open(connection)
    silent = [row for row in heard if is_silent(row["last_read_at"], periods[row["area"]], now)]
    found.heard, found.silent = len(heard), len(silent)
    percent = max(row["outage_percent"] for row in periods.values())
    found.outage = len(silent) >= FEW and len(silent) * 100 > len(heard) * percent
    if found.outage:
        LOG.warning("%s of %s devices are silent: taken for an outage of the line", len(silent), len(heard))
        return found
    for row in [row for row in silent if row["device_no"] not in open_now][:MOST_ALERTS]:
        found.opened += _raise(services, row)
    return found


def is_silent(last_read_at: datetime, rules: Any, now: datetime) -> bool:
    return last_read_at < now - timedelta(minutes=rules["offline_minutes"])


def last_heard(connection: Connection) -> list[dict[str, Any]]:
    """Every online device that has sent since it went online, with its last reading."""
    last = (
        select(func.max(dust_reading.c.measured_at))
        .where(dust_reading.c.device_no == dust_device.c.device_no)
        .scalar_subquery()
        .label("last_read_at")
    )
    query = select(dust_device.c.device_no, dust_device.c.area, last).where(dust_device.c.status == "online")
    return [dict(row) for row in connection.execute(query).mappings() if row["last_read_at"] is not None]


def _open(connection: Connection) -> set[str]:
    query = select(dust_alert.c.device_no).where(dust_alert.c.kind == "offline", dust_alert.c.closed_at.is_(None))
    return set(connection.execute(query).scalars())


def _recover(connection: Connection, heard: dict[str, datetime]) -> int:
    """Note on open offline alerts that the device sends again; the contractor still says why it was silent."""
    table, back = dust_alert, 0
    query = select(table.c.case_id, table.c.device_no, table.c.last_at).where(
        table.c.kind == "offline", table.c.closed_at.is_(None), table.c.recovered_at.is_(None)
    )
    for row in connection.execute(query).all():
        if (last := heard.get(row.device_no)) is not None and last > row.last_at:
            connection.execute(update(table).where(table.c.case_id == row.case_id).values(recovered_at=last))
            back += 1
    return back


def _raise(services: Any, row: dict[str, Any]) -> bool:
    what = {"device_no": row["device_no"], "level": "general", "last_read_at": row["last_read_at"].isoformat()}
    with services.database.connect() as connection:
        if registers.silence_answered(connection, row["device_no"], row["last_read_at"]):
            return False
    try:
        return raise_or_join(services, "offline", what, row["last_read_at"])
    except UserFault as fault:
        LOG.warning("the silence of %s was not raised: %s", row["device_no"], fault.message)
        return False
