"""The round over the readings: means of 15 minutes against the tables, exceedances to alerts. Safe to repeat at any time.

A mean is stored before its alert is raised, and stays marked until it has one, so that a crash between loses none.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from engine import Actor, IllegalTransition, UserFault
from engine.database import writing
from handlers.site import registers, tables
from handlers.site.records import dust_device, dust_pending, dust_reading, dust_window
from handlers.site.rules import WINDOW, ZONE

LOG = logging.getLogger("guangsha.site")
MONITOR = Actor(user_id="system", name="扬尘在线监测", post="系统")
PROCESS = "dust_alert"
EXCEEDING = ("general", "serious")
MOST_ALERTS = 500
_FACTS = ("project_name", "contractor_name", "contractor_unit", "contact_mobile", "district", "area")


@dataclass(slots=True)
class Judged:
    """What one round came to: windows judged, alerts opened, exceedances joined to an open one."""

    windows: int = 0
    opened: int = 0
    joined: int = 0


def judge(services: Any) -> Judged:
    """services: .engine, .database. Source: CD-18, sub-flow dust_exceedance."""
    found, engine = Judged(), services.engine
    with services.database.connect() as connection:
        due = dust_pending.c.window_at <= engine.now() - WINDOW
        pending = list(connection.execute(select(dust_pending.c.window_at).where(due).order_by("window_at")).scalars())
    asked, periods = tables.Judge(engine), tables.periods(engine)
    for window_at in pending:
        with writing(services.database).begin() as connection:
            found.windows += _judge_window(connection, asked, periods, window_at)
    for exceeding in _without_alert(services):
        try:
            opened = raise_or_join(services, "exceedance", exceeding, exceeding["window_at"])
        except UserFault as fault:
            LOG.warning("the exceedance of %s was not raised: %s", exceeding["device_no"], fault.message)
            continue
        found.opened += opened
        found.joined += not opened
    return found


def _judge_window(connection: Connection, asked: tables.Judge, periods: Mapping[str, Any], window_at: datetime) -> int:
    """Means of all devices in one window; a late reading judges the window again."""
    if connection.execute(delete(dust_pending).where(dust_pending.c.window_at == window_at)).rowcount == 0:
        return 0  # another worker has it
    table, hour, new = dust_window, window_at.astimezone(ZONE).hour, []
    query = select(table.c.device_no, table.c.readings).where(table.c.window_at == window_at)
    known: dict[str, int] = {row.device_no: row.readings for row in connection.execute(query)}
    for row in connection.execute(_means(window_at)).mappings():
        if known.get(row["device_no"]) == row["readings"]:
            continue
        limit, mean = asked.limit(hour, row["area"]), round(float(row["mean"]), 1)
        enough = row["readings"] >= periods[row["area"]]["least_readings"]
        values = {"readings": row["readings"], "mean_ug_m3": mean, "most_ug_m3": row["most"], "limit_ug_m3": limit,
                  "level": asked.level(mean, limit) if enough else "insufficient"}  # fmt: skip
        place = {"window_at": window_at, "device_no": row["device_no"]}
        if row["device_no"] in known:
            own = (table.c.window_at == window_at, table.c.device_no == row["device_no"])
            connection.execute(update(table).where(*own).values(**values))
        else:
            new.append({**place, **values})
    if new:
        connection.execute(insert(table), new)
    return 1


def _means(window_at: datetime) -> Any:
    reading = dust_reading.c
    return (
        select(
            reading.device_no,
            dust_device.c.area,
            func.count().label("readings"),
            func.avg(reading.tsp_ug_m3).label("mean"),
            func.max(reading.tsp_ug_m3).label("most"),
        )
        .join(dust_device, dust_device.c.device_no == reading.device_no)
        .where(reading.measured_at >= window_at, reading.measured_at < window_at + WINDOW)
        .where(dust_device.c.status == "online")
        .group_by(reading.device_no, dust_device.c.area)
    )


def _without_alert(services: Any) -> Iterable[dict[str, Any]]:
    table = dust_window
    query = select(table).where(table.c.level.in_(EXCEEDING), table.c.case_no.is_(None))
    with services.database.connect() as connection:
        rows = connection.execute(query.order_by(table.c.window_at, table.c.device_no).limit(MOST_ALERTS)).mappings()
        return [dict(row) for row in rows]


def raise_or_join(services: Any, kind: str, what: Mapping[str, Any], at: datetime) -> bool:
    """True where an alert was opened, False where the occurrence went to the open one. what: device_no, level, means."""
    engine, number = services.engine, what["device_no"]
    occurred = {"level": what["level"], "mean_ug_m3": what.get("mean_ug_m3"), "limit_ug_m3": what.get("limit_ug_m3")}
    with writing(services.database).begin() as connection:
        device = registers.device(connection, number)
        known = registers.open_alert(connection, kind, number)
        graver = known is not None and registers.join(connection, known, {**occurred, "occurred_at": at})
        if known is not None:
            _mark(connection, kind, number, at, known["case_no"])
    if known is not None:
        if graver:
            _tell(engine, known["case_id"])
        return False
    assert device is not None
    form = {"kind": kind, "device_no": number, "occurred_at": at.isoformat(), **{name: device[name] for name in _FACTS}}
    form |= {
        name: value
        for name, value in {**occurred, "last_read_at": what.get("last_read_at")}.items()
        if value is not None
    }
    form = {name: value for name, value in form.items() if value is not None}
    key = f"dust:{kind}:{number}:{at.isoformat()}"
    receipt = engine.start_case(PROCESS, actor=MONITOR, form=form, channel="系统", idempotency_key=key)
    with writing(services.database).begin() as connection:
        _mark(connection, kind, number, at, receipt.case_no)
    return True


def _mark(connection: Connection, kind: str, number: str, at: datetime, case_no: str) -> None:
    if kind == "exceedance":
        own = (dust_window.c.window_at == at, dust_window.c.device_no == number)
        connection.execute(update(dust_window).where(*own).values(case_no=case_no))


def _tell(engine: Any, case_id: str) -> None:
    try:
        engine.remind(case_id, MONITOR, "同一设备已升为严重超标，请立即处置")
    except IllegalTransition:
        LOG.info("alert %s was closed meanwhile", case_id)
