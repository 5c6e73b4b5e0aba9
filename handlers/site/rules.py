"""Pure rules of dust monitoring: which row of a batch is a reading, in which window it falls. Reads no table and no clock."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
WINDOW = timedelta(minutes=15)
REASONS = {
    "not_an_object": "这一行不是 JSON 对象",
    "no_device": "没有设备编号",
    "unknown_device": "设备未登记或已停用",
    "unreadable_time": "测量时间无法识别，应为 ISO 8601，如 2026-03-02T09:30:00+08:00",
    "time_ahead": "测量时间晚于现在，请校准设备时钟",
    "time_past": "测量时间不是今天，且超过补传时限",
    "not_a_number": "读数不是数字",
    "negative": "读数为负",
    "too_high": "读数超出设备量程",
    "altered": "同一设备同一时间已有不同的读数，保留先到的",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One good row. row_no counts from 1."""

    row_no: int
    device_no: str
    measured_at: datetime
    tsp_ug_m3: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that is not taken, with the reason's code."""

    row_no: int
    reason: str
    raw: Any


def window_of(instant: datetime) -> datetime:
    """The start of the 15 minutes in which an instant falls; quarters are the same in every time zone we serve."""
    return instant.replace(minute=instant.minute // 15 * 15, second=0, microsecond=0)


def judge_row(row_no: int, raw: Any, periods: Mapping[str, Mapping[str, Any]], now: datetime) -> Reading | Refusal:
    """A row of a batch as a reading, or why not. periods: by device number the row of table dust_periods of its area."""
    if not isinstance(raw, Mapping):
        return Refusal(row_no, "not_an_object", raw)
    device_no = raw.get("device_no")
    if not isinstance(device_no, str) or not device_no.strip():
        return Refusal(row_no, "no_device", raw)
    rules = periods.get(device_no)
    if rules is None:
        return Refusal(row_no, "unknown_device", raw)
    measured_at = instant(raw.get("measured_at"))
    reason = "unreadable_time" if measured_at is None else _time(measured_at, rules, now)
    reason = reason or _value(raw.get("tsp_ug_m3"), rules)
    if reason or measured_at is None:
        return Refusal(row_no, reason, raw)
    return Reading(row_no, device_no, measured_at, float(raw["tsp_ug_m3"]))


def instant(text: Any) -> datetime | None:
    """An aware instant; a time without zone is Shanghai's. None where it is not ISO 8601."""
    if not isinstance(text, str) or len(text) < 16:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=ZONE)).astimezone(ZONE)
    except (ValueError, OverflowError):
        return None


def _time(measured_at: datetime, rules: Mapping[str, Any], now: datetime) -> str:
    if measured_at > now + timedelta(minutes=rules["ahead_minutes"]):
        return "time_ahead"
    today = measured_at.date() == now.astimezone(ZONE).date()
    return "" if today or measured_at >= now - timedelta(minutes=rules["late_minutes"]) else "time_past"


def _value(value: Any, rules: Mapping[str, Any]) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return "not_a_number"
    if value < 0:
        return "negative"
    return "too_high" if value > rules["most_ug_m3"] else ""
