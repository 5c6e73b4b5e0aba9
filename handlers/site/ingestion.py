"""Takes a batch of readings: each row judged, good ones stored once in one transaction, refused ones kept as they came.

Never changes a stored reading and never loses a row: what is not stored is in dust_refusal with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine as Database

from engine.database import writing
from handlers.site import registers
from handlers.site.records import dust_reading, dust_refusal
from handlers.site.rules import REASONS, Reading, Refusal, judge_row, window_of

MOST_ROWS = 5000
_LONGEST = 2000
Periods = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch. errors: row, device_no, measured_at, value, reason, message."""

    batch: str
    received: int
    stored: int
    repeated: int
    refused: int
    errors: tuple[dict[str, Any], ...]

    def as_answer(self) -> dict[str, Any]:
        return {**asdict(self), "errors": list(self.errors)}


def take(database: Database, rows: Sequence[Any], periods: Periods, now: datetime) -> Taken:
    """Store what can be stored. periods: row of table dust_periods by area. Safe to repeat. Source: CD-18.

    The whole batch commits before this returns, so an answered batch survives any restart.
    """
    batch = batch_of(rows)
    with writing(database).begin() as connection:
        areas = registers.areas_of(connection, [number for row in rows if (number := _number(row))])
        rules = {number: periods[area] for number, area in areas.items()}
        judged = [judge_row(n, row, rules, now) for n, row in enumerate(rows, start=1)]
        readings = [one for one in judged if isinstance(one, Reading)]
        refusals = [one for one in judged if isinstance(one, Refusal)]
        stored, altered = _store(connection, readings, rows, now)
        refusals = sorted([*refusals, *altered], key=lambda one: one.row_no)
        _keep(connection, batch, refusals, now)
    repeated = len(readings) - stored - len(altered)
    return Taken(batch, len(rows), stored, repeated, len(refusals), tuple(told(one) for one in refusals))


def batch_of(rows: Sequence[Any]) -> str:
    """The same rows are the same batch, however often they are sent."""
    return sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()[
        :32
    ]


def told(refusal: Refusal) -> dict[str, Any]:
    """One line of the error sheet."""
    raw = refusal.raw if isinstance(refusal.raw, Mapping) else {}
    return {
        "row": refusal.row_no,
        "device_no": raw.get("device_no"),
        "measured_at": raw.get("measured_at"),
        "value": _short(raw.get("tsp_ug_m3")) if raw else _short(refusal.raw),
        "reason": refusal.reason,
        "message": REASONS[refusal.reason],
    }


def _number(row: Any) -> str:
    number = row.get("device_no") if isinstance(row, Mapping) else None
    return number if isinstance(number, str) else ""


def _short(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)[:80]


def _store(
    connection: Connection, readings: Sequence[Reading], rows: Sequence[Any], now: datetime
) -> tuple[int, list[Refusal]]:
    """Insert the readings; those that stand already with another value are refused as altered."""
    if not readings:
        return 0, []
    first: dict[tuple[datetime, str], Reading] = {}
    for one in readings:
        first.setdefault(key_of(one), one)
    values = [
        {"measured_at": at, "device_no": number, "tsp_ug_m3": one.tsp_ug_m3, "received_at": now}
        for (at, number), one in sorted(
            first.items(), key=lambda item: item[0]
        )  # in one order, so that two gateways never lock crosswise
    ]
    stored = registers.insert_new(connection, dust_reading, values)
    registers.touch_windows(connection, list({window_of(at) for at, _device in first}))
    if stored == len(readings):
        return stored, []
    standing = registers.values_at(connection, list(first))
    different = [one for one in readings if standing[key_of(one)] != one.tsp_ug_m3]
    return stored, [Refusal(one.row_no, "altered", rows[one.row_no - 1]) for one in different]


def key_of(reading: Reading) -> tuple[datetime, str]:
    return reading.measured_at.astimezone(UTC), reading.device_no


def _keep(connection: Connection, batch: str, refusals: Sequence[Refusal], now: datetime) -> None:
    kept = [
        {
            "batch_id": batch,
            "row_no": one.row_no,
            "reason": one.reason,
            "message": REASONS[one.reason],
            "raw": json.dumps(one.raw, ensure_ascii=False)
            .encode("utf-8", "replace")
            .decode()[:_LONGEST]
            .replace("\x00", ""),
            "received_at": now,
        }
        for one in refusals
    ]
    if kept:
        registers.insert_new(connection, dust_refusal, kept)
