"""Numbers without gap or race, one series per rule, scope and year, inside the caller's transaction. Invents no format.

A rule is text with names in braces: "GZF{year}{district}{seq:6}". `seq` is the running number (with its width); every
other name is a value given by the caller, or year, month, day, yyyymmdd of the instant in Asia/Shanghai. The scope of
the series is the text without the running number, so each district counts for itself.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from engine.clock import ZONE
from engine.errors import ModelFault

_PLACE = re.compile(r"\{([a-z_]+)(?::(\d+))?\}")
_NEXT = text(
    "INSERT INTO number_sequence (rule, scope, year, value) VALUES (:rule, :scope, :year, 1)"
    " ON CONFLICT (rule, scope, year) DO UPDATE SET value = number_sequence.value + 1 RETURNING value"
)


def next_number(connection: Connection, rule: str, now: datetime, **values: Any) -> str:
    """The next number of the rule. Rolled back with the transaction, so none is ever missing.

    Raises ModelFault for a rule that names a value which is not given, or has no {seq}.
    """
    local = now.astimezone(ZONE)
    known = {"year": local.year, "month": f"{local:%m}", "day": f"{local:%d}", "yyyymmdd": f"{local:%Y%m%d}", **values}
    scope = _render(rule, known, None)
    row = connection.execute(_NEXT, {"rule": rule, "scope": scope, "year": local.year}).scalar_one()
    return _render(rule, known, int(row))


def sample_number(rule: str, now: datetime) -> str:
    """What a case number of this rule looks like; ModelFault when no case could get one."""
    local = now.astimezone(ZONE)
    known = {"year": local.year, "month": f"{local:%m}", "day": f"{local:%d}", "yyyymmdd": f"{local:%Y%m%d}"}
    return _render(rule, {**known, "district": "310101", "process_key": "process", "channel": "channel"}, 1)


def _render(rule: str, values: dict[str, Any], seq: int | None) -> str:
    if "{seq" not in rule:
        raise ModelFault(f"编号规则“{rule}”没有流水号 {{seq}}。", rule=rule)

    def place(match: re.Match[str]) -> str:
        name, width = match.group(1), int(match.group(2) or 0)
        if name == "seq":
            return "" if seq is None else str(seq).zfill(width or 6)
        if values.get(name) is None:
            raise ModelFault(f"编号规则“{rule}”用到了没有给出的值 {name}。", rule=rule, value=name)
        return str(values[name]).zfill(width)

    return _PLACE.sub(place, rule)
