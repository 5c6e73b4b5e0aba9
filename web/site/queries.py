"""What the board, the lists and the statistics of dust monitoring read, each within the units of the reader. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, func, or_, select, true

from handlers.site.offline import is_silent
from handlers.site.records import dust_alert, dust_device, dust_occurrence, dust_reading, dust_refusal, dust_window
from handlers.site.rules import ZONE
from web.auth.people import Person
from web.services import rows

CITY = "SH"
PAGE = 50
Row = Mapping[str, Any]


def scope(table: Table, person: Person) -> ColumnElement[bool]:
    """Everything for the whole city, else what belongs to the units of the person."""
    if person.actor.org_unit == CITY:
        return true()
    return or_(
        table.c.contractor_unit.in_(sorted(person.actor.org_units)),
        and_(table.c.district == person.actor.district, person.actor.org_unit == f"SH-{person.actor.district}"),
    )


@dataclass(frozen=True)
class Chosen:
    """What an alert list is narrowed to; empty is everything. state: open, escalated, closed, in_time, late."""

    state: str = ""
    kind: str = ""
    level: str = ""
    district: str = ""
    contractor: str = ""
    device: str = ""
    first: date | None = None
    last: date | None = None

    def clauses(self) -> list[ColumnElement[bool]]:
        alert = dust_alert.c
        states = {
            "open": alert.closed_at.is_(None),
            "escalated": and_(alert.closed_at.is_(None), alert.escalated),
            "closed": alert.closed_at.is_not(None),
            "in_time": and_(alert.closed_at.is_not(None), alert.closed_at <= alert.due_at),
            "late": and_(alert.closed_at.is_not(None), alert.closed_at > alert.due_at),
            "mistaken": alert.result == "mistaken",
        }
        found = [states[self.state]] if self.state in states else []
        named = {"kind": self.kind, "level": self.level, "district": self.district, "contractor_name": self.contractor}
        found += [alert[name] == value for name, value in {**named, "device_no": self.device}.items() if value]
        found += [alert.raised_at >= begin(self.first)] if self.first else []
        return found + ([alert.raised_at < begin(self.last + timedelta(days=1))] if self.last else [])


def begin(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def alerts(person: Person, chosen: Chosen, page: int = 1, size: int = PAGE) -> tuple[list[Row], int]:
    """One page of alerts, open and grave first, and how many there are."""
    where = and_(scope(dust_alert, person), *chosen.clauses())
    total = int(rows(select(func.count().label("n")).select_from(dust_alert).where(where))[0]["n"])
    alert = dust_alert.c
    order = (alert.closed_at.is_not(None), alert.escalated.desc(), alert.level.desc(), alert.raised_at.desc())
    return list(rows(select(dust_alert).where(where).order_by(*order).limit(size).offset((page - 1) * size))), total


def devices(person: Person, periods: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """Every device with its last reading and state: online, silent, unheard, connected, refused, retired."""
    last = (
        select(func.max(dust_reading.c.measured_at))
        .where(dust_reading.c.device_no == dust_device.c.device_no)
        .scalar_subquery()
        .label("last_read_at")
    )
    found = rows(select(dust_device, last).where(scope(dust_device, person)).order_by(dust_device.c.device_no))
    return [{**row, "state": _state(row, periods, now)} for row in found]


def _state(row: Row, periods: Mapping[str, Any], now: datetime) -> str:
    if row["status"] != "online":
        return str(row["status"])
    if row["last_read_at"] is None:
        return "unheard"
    return "silent" if is_silent(row["last_read_at"], periods[row["area"]], now) else "online"


def course(person: Person, since: datetime) -> list[dict[str, Any]]:
    """Mean of all devices and number of exceedances for every quarter of an hour since then."""
    window = dust_window.c
    exceeding = func.sum(case((window.level.in_(("general", "serious")), 1), else_=0))
    query = select(window.window_at, func.avg(window.mean_ug_m3).label("mean"), exceeding.label("exceeding"))
    query = query.where(window.window_at >= since, window.level != "insufficient").group_by(window.window_at)
    if person.actor.org_unit != CITY:
        query = query.join(dust_device, dust_device.c.device_no == window.device_no).where(scope(dust_device, person))
    return [dict(row) for row in rows(query.order_by(window.window_at))]


def open_by(person: Person, column: str) -> list[Row]:
    """Open alerts by kind and one column, most first."""
    own, kind = dust_alert.c[column], dust_alert.c.kind
    query = select(own.label("name"), kind, func.count().label("n")).where(scope(dust_alert, person))
    return list(rows(query.where(dust_alert.c.closed_at.is_(None)).group_by(own, kind).order_by(own)))


def highest(person: Person, since: datetime, most: int = 10) -> list[Row]:
    """The devices with the highest means since then, in relation to their limits."""
    window = dust_window.c
    ratio = func.max(window.mean_ug_m3 / window.limit_ug_m3).label("ratio")
    query = (
        select(window.device_no, dust_device.c.project_name, dust_device.c.district, ratio, func.max(window.mean_ug_m3).label("mean"))
        .join(dust_device, dust_device.c.device_no == window.device_no)
        .where(window.window_at >= since, window.level != "insufficient", scope(dust_device, person))
        .group_by(window.device_no, dust_device.c.project_name, dust_device.c.district)
    )
    return list(rows(query.order_by(ratio.desc(), window.device_no).limit(most)))


def device_page(person: Person, device_no: str, since: datetime) -> tuple[Row | None, list[Row], list[Row]]:
    """One device with its windows since then and its alerts."""
    own = and_(dust_device.c.device_no == device_no, scope(dust_device, person))
    found = rows(select(dust_device).where(own))
    windows = select(dust_window).where(dust_window.c.device_no == device_no, dust_window.c.window_at >= since)
    alerts_ = select(dust_alert).where(dust_alert.c.device_no == device_no).order_by(dust_alert.c.raised_at.desc()).limit(PAGE)
    if not found:
        return None, [], []
    return found[0], list(rows(windows.order_by(dust_window.c.window_at))), list(rows(alerts_))


def alert(person: Person, case_no: str) -> Row | None:
    """One alert of the reader's units."""
    found = rows(select(dust_alert).where(dust_alert.c.case_no == case_no, scope(dust_alert, person)))
    return found[0] if found else None


def occurrences(case_no: str) -> list[Row]:
    """Every occurrence that one alert gathered."""
    query = select(dust_occurrence).join(dust_alert, dust_alert.c.case_id == dust_occurrence.c.case_id)
    return list(rows(query.where(dust_alert.c.case_no == case_no).order_by(dust_occurrence.c.occurred_at)))


def refusals(most: int = 200) -> list[Row]:
    """The latest refused rows."""
    table = dust_refusal
    return list(rows(select(table).order_by(table.c.received_at.desc(), table.c.batch_id, table.c.row_no).limit(most)))


@dataclass
class Tally:
    """The alerts of one district or contractor; minutes is the mean time to close."""

    name: str
    total: int = 0
    exceedance: int = 0
    offline: int = 0
    open: int = 0
    in_time: int = 0
    late: int = 0
    mistaken: int = 0
    minutes: int | None = None

    def add(self, row: Row) -> None:
        self.total += 1
        self.exceedance += row["kind"] == "exceedance"
        self.offline += row["kind"] == "offline"
        self.mistaken += row["result"] == "mistaken"
        closed = row["closed_at"]
        self.open += closed is None
        self.in_time += closed is not None and closed <= row["due_at"]
        self.late += closed is not None and closed > row["due_at"]


def tallies(person: Person, chosen: Chosen, by: str) -> list[Tally]:
    """by: district or contractor_name. The last one is the sum of all, named «»."""
    where = and_(scope(dust_alert, person), *chosen.clauses())
    found: dict[str, Tally] = {}
    spent: dict[str, list[float]] = {}
    columns = ("kind", "result", "closed_at", "due_at", "raised_at")
    query = select(dust_alert.c[by].label("name"), *[dust_alert.c[name] for name in columns])
    for row in rows(query.where(where)):
        for name in (row["name"], ""):
            found.setdefault(name, Tally(name)).add(row)
            if row["closed_at"] is not None:
                spent.setdefault(name, []).append((row["closed_at"] - row["raised_at"]).total_seconds() / 60)
    for name, minutes in spent.items():
        found[name].minutes = round(sum(minutes) / len(minutes))
    return sorted(found.values(), key=lambda tally: (tally.name == "", -tally.total, tally.name))


def hours_of(quarters: Sequence[Row]) -> list[dict[str, Any]]:
    """Quarters of an hour as hours of Shanghai: mean of the means, sum of the exceedances."""
    found: dict[datetime, list[Row]] = {}
    for quarter in quarters:
        found.setdefault(quarter["window_at"].astimezone(ZONE).replace(minute=0), []).append(quarter)
    return [
        {"hour": hour, "mean": round(sum(q["mean"] for q in own) / len(own), 1), "exceeding": sum(int(q["exceeding"] or 0) for q in own)}
        for hour, own in sorted(found.items())
    ]
