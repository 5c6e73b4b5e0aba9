"""Reads and writes the tables of dust monitoring inside a transaction of the caller. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from handlers.site.records import dust_alert, dust_device, dust_occurrence, dust_pending, dust_reading

Row = dict[str, Any]
CHUNK = 500
LIVE = ("connected", "online")


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows that are not there yet, many in one statement; returns how many were new."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    key, new = next(iter(table.primary_key)), 0
    for begin in range(0, len(rows), CHUNK):
        statement = dialect.insert(table).values(list(rows[begin : begin + CHUNK])).on_conflict_do_nothing()
        # Rows are counted by what comes back: an INSERT's rowcount is not told by every driver.
        new += len(connection.execute(statement.returning(key)).all())
    return new


def touch_windows(connection: Connection, windows: Sequence[datetime]) -> None:
    """Mark windows to be judged. The update holds the row until the readings commit, so that a judge waits for them."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(dust_pending).values([{"window_at": at} for at in sorted(windows)])
    same = {"window_at": statement.excluded.window_at}
    connection.execute(statement.on_conflict_do_update(index_elements=[dust_pending.c.window_at], set_=same))


def areas_of(connection: Connection, numbers: Iterable[str]) -> dict[str, str]:
    """Device number to area, for those devices that may send: connected (trial) or online."""
    wanted, found = sorted(set(numbers)), dict[str, str]()
    for begin in range(0, len(wanted), CHUNK):
        own = and_(dust_device.c.device_no.in_(wanted[begin : begin + CHUNK]), dust_device.c.status.in_(LIVE))
        for row in connection.execute(select(dust_device.c.device_no, dust_device.c.area).where(own)):
            found[row.device_no] = row.area
    return found


def device(connection: Connection, device_no: str) -> Row | None:
    found = connection.execute(select(dust_device).where(dust_device.c.device_no == device_no)).mappings().first()
    return dict(found) if found else None


def devices(connection: Connection, numbers: Sequence[str]) -> dict[str, Row]:
    query = select(dust_device).where(dust_device.c.device_no.in_(numbers))
    return {row["device_no"]: dict(row) for row in connection.execute(query).mappings()}


def enter_device(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Enter a device, or connect a number again that was refused or retired; False where the number is in use."""
    known = device(connection, values["device_no"])
    if known is None:
        return insert_new(connection, dust_device, [values]) == 1
    if known["status"] in LIVE:
        return False
    connection.execute(update(dust_device).where(dust_device.c.device_no == values["device_no"]).values(**values))
    return True


def set_status(connection: Connection, device_no: str, status: str, **more: Any) -> None:
    connection.execute(update(dust_device).where(dust_device.c.device_no == device_no).values(status=status, **more))


def last_read_at(connection: Connection, device_no: str) -> datetime | None:
    found: datetime | None = connection.execute(
        select(func.max(dust_reading.c.measured_at)).where(dust_reading.c.device_no == device_no)
    ).scalar()
    return found


def trial(connection: Connection, device_no: str, since: datetime) -> tuple[int, float | None]:
    """How many readings a device has sent since then and their mean."""
    own = (dust_reading.c.device_no == device_no, dust_reading.c.measured_at >= since)
    count, mean = connection.execute(select(func.count(), func.avg(dust_reading.c.tsp_ug_m3)).where(*own)).one()
    return int(count), None if mean is None else round(float(mean), 1)


def values_at(connection: Connection, keys: Sequence[tuple[datetime, str]]) -> dict[tuple[datetime, str], float]:
    """The readings that stand at these instants and devices."""
    table, found = dust_reading, {}
    for begin in range(0, len(keys), CHUNK):
        wanted = tuple_(table.c.measured_at, table.c.device_no).in_(keys[begin : begin + CHUNK])
        for row in connection.execute(select(table).where(wanted)):
            found[(row.measured_at, row.device_no)] = row.tsp_ug_m3
    return found


def open_alert(connection: Connection, kind: str, device_no: str) -> Row | None:
    query = select(dust_alert).where(dust_alert.c.open_key == open_key(kind, device_no))
    found = connection.execute(query).mappings().first()
    return dict(found) if found else None


def open_key(kind: str, device_no: str) -> str:
    return f"{kind}:{device_no}"


def alert_of(connection: Connection, case_id: str) -> Row | None:
    found = connection.execute(select(dust_alert).where(dust_alert.c.case_id == case_id)).mappings().first()
    return dict(found) if found else None


def join(connection: Connection, alert: Mapping[str, Any], occurred: Mapping[str, Any]) -> bool:
    """Add an occurrence to an open alert; True where it is graver than all before. A known occurrence changes nothing."""
    row = {name: occurred.get(name) for name in ("occurred_at", "level", "mean_ug_m3", "limit_ug_m3")}
    if not insert_new(connection, dust_occurrence, [{"case_id": alert["case_id"], **row}]):
        return False
    graver = alert["level"] == "general" and occurred["level"] == "serious"
    most = max(
        (value for value in (alert["most_ug_m3"], occurred.get("mean_ug_m3")) if value is not None), default=None
    )
    values: Row = {
        "occurrences": dust_alert.c.occurrences + 1,
        "last_at": max(alert["last_at"], occurred["occurred_at"]),
        "most_ug_m3": most,
    }
    values |= {"level": "serious"} if graver else {}
    connection.execute(update(dust_alert).where(dust_alert.c.case_id == alert["case_id"]).values(**values))
    return graver


def silence_answered(connection: Connection, device_no: str, last_read_at: datetime) -> bool:
    """Whether an alert about this very silence was closed already: the same silence is not raised again."""
    table = dust_alert.c
    own = (
        table.kind == "offline",
        table.device_no == device_no,
        table.last_at == last_read_at,
        table.closed_at.is_not(None),
    )
    return connection.execute(select(table.case_id).where(*own).limit(1)).first() is not None
