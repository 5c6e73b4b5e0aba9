"""Steps of dust monitoring in the flows: a device comes and goes, an alert is entered, escalated and closed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, update

from engine import HandlerContext, ServiceResult, service_task
from handlers.site import registers
from handlers.site.records import dust_alert
from handlers.site.registers import Row

_PLACE = ("device_no", "project_name", "contractor_name", "contractor_unit", "district")
_HOURS = re.compile(r"PT(\d+)H")
TRIAL = timedelta(hours=24)


def _connection(ctx: HandlerContext) -> Connection:
    assert ctx.connection is not None
    return ctx.connection


@service_task("site.connect")
def connect(ctx: HandlerContext) -> ServiceResult:
    """params: device (the connect form). Returns taken: another device in use has this number. Source: CD-18."""
    given = ctx.params["device"]
    kept = (*_PLACE, "maker", "contact_mobile", "area", "address")
    values = {name: given.get(name) for name in kept}
    values |= {"case_id": ctx.case.id, "status": "connected", "connected_at": ctx.now, "online_at": None}
    return ServiceResult({"taken": not registers.enter_device(_connection(ctx), values)})


@service_task("site.trial")
def trial(ctx: HandlerContext) -> ServiceResult:
    """params: device_no. What the device has sent in the last 24 hours: readings, mean_ug_m3, last_read_at."""
    number = str(ctx.params["device_no"])
    count, mean = registers.trial(_connection(ctx), number, ctx.now - TRIAL)
    last = registers.last_read_at(_connection(ctx), number)
    return ServiceResult({"readings": count, "mean_ug_m3": mean, "last_read_at": last.isoformat() if last else None})


@service_task("site.online")
def online(ctx: HandlerContext) -> ServiceResult:
    """params: device_no. From now on its readings are judged."""
    registers.set_status(_connection(ctx), str(ctx.params["device_no"]), "online", online_at=ctx.now)
    return ServiceResult({"status": "online", "online_at": ctx.now.isoformat()})


@service_task("site.refuse")
def refuse(ctx: HandlerContext) -> ServiceResult:
    """params: device_no. Its number is free again and its readings are refused."""
    registers.set_status(_connection(ctx), str(ctx.params["device_no"]), "refused")
    return ServiceResult({"status": "refused"})


@service_task("site.enter_alert")
def enter_alert(ctx: HandlerContext) -> ServiceResult:
    """params: alert (the raise form), handling (dust_handling). Returns joined and into, the case number it went to.

    An alert of the same kind that is open for the device takes the occurrence: there is one open alert each.
    """
    alert, connection = ctx.params["alert"], _connection(ctx)
    occurred = {**alert, "occurred_at": datetime.fromisoformat(alert["occurred_at"])}
    known = registers.open_alert(connection, alert["kind"], alert["device_no"])
    if known is not None:
        registers.join(connection, known, occurred)
        return ServiceResult({"joined": True, "into": known["case_no"]})
    hours = int(_HOURS.fullmatch(ctx.params["handling"]["handle_within"])[1])  # type: ignore[index]
    row: Row = {name: alert[name] for name in (*_PLACE, "kind", "level")}
    row |= {"case_id": ctx.case.id, "case_no": ctx.case.case_no, "raised_at": ctx.now, "last_at": occurred["occurred_at"],
            "open_key": registers.open_key(alert["kind"], alert["device_no"]), "occurrences": 0, "escalated": False,
            "most_ug_m3": None, "due_at": ctx.now + timedelta(hours=hours)}  # fmt: skip
    registers.insert_new(connection, dust_alert, [row])
    registers.join(connection, row, occurred)
    return ServiceResult({"joined": False, "into": ctx.case.case_no, "due_at": row["due_at"].isoformat()})


@service_task("site.escalate")
def escalate(ctx: HandlerContext) -> ServiceResult:
    """The handling time is over: the alert is marked, the supervisor gets it."""
    _change(_connection(ctx), ctx.case.id, {"escalated": True})
    return ServiceResult({"escalated_at": ctx.now.isoformat()})


@service_task("site.close_alert")
def close_alert(ctx: HandlerContext) -> ServiceResult:
    """params: alert, handle (outcome, measure). Returns occurrences, minutes and in_time of the whole alert.

    A sensor that was taken down at the end of works is retired with its offline alert.
    """
    connection, handle, alert = _connection(ctx), ctx.params["handle"], ctx.params["alert"]
    _change(connection, ctx.case.id, {"closed_at": ctx.now, "open_key": None, "result": handle["outcome"]})
    if alert["kind"] == "offline" and handle.get("measure") == "retired":
        registers.set_status(connection, alert["device_no"], "retired")
    row: Any = registers.alert_of(connection, ctx.case.id)
    minutes = int((ctx.now - row["raised_at"]).total_seconds() // 60)
    told = {name: row[name] for name in ("level", "occurrences", "most_ug_m3", "escalated")}
    return ServiceResult({"result": handle["outcome"], "minutes": minutes, "in_time": ctx.now <= row["due_at"], **told})


def _change(connection: Connection, case_id: str, values: Row) -> None:
    connection.execute(update(dust_alert).where(dust_alert.c.case_id == case_id).values(**values))
