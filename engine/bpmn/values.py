"""Turns FEEL values into the small JSON values that a token may keep, and evaluated times into what a timer stores."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from engine.bpmn.model import Timer
from engine.errors import ModelFault


def plain(value: Any) -> Any:
    """JSON types stay; anything else goes through engine.feel.to_json."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    from engine.feel import to_json

    return to_json(value)


def due_value(value: Any, timer: Timer) -> str | int:
    """An int for working days, ISO 8601 text for the rest. Raises ModelFault for null or a wrong type."""
    found = plain(value)
    if timer.kind == "working_days":
        try:
            return int(found)
        except (TypeError, ValueError) as error:
            raise ModelFault(f"定时器的工作日数不是数字：{found!r}。", expression=timer.working_days) from error
    if isinstance(found, (str, int)) and not isinstance(found, bool) and found != "":
        return str(found)
    raise ModelFault(f"定时器的时间表达式得到 {found!r}，需要日期时间或时长。", expression=timer.expression)
