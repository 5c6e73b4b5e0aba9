"""Between FEEL and the outside: JSON values and Python's datetime in, JSON and text out.

Refuses nothing: what it does not know becomes its FEEL text (out) or null (in).
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping
from decimal import Decimal

from .dates import Date, DateTime, Time
from .durations import NS, DaysTime, YearsMonths
from .numbers import CONTEXT, plain
from .values import Function, Range, Value, weigh

_AS_IS = frozenset((type(None), bool, str, Date, Time, DateTime, DaysTime, YearsMonths, Range))


def to_feel(value: object) -> Value:
    """A FEEL value from JSON (int, float and Decimal become numbers) or from Python's own date, time and duration."""
    kind = type(value)
    if kind in _AS_IS:
        return value
    if kind is Decimal:
        return value if value.is_finite() else None  # type: ignore[attr-defined]
    if kind is int:
        return CONTEXT.create_decimal(value) if value.bit_length() < 20_000 else None  # type: ignore[attr-defined, arg-type]
    if kind is float:
        return CONTEXT.create_decimal(repr(value)) if math.isfinite(value) else None  # type: ignore[arg-type]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_feel(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_feel(item) for key, item in value.items()}
    if isinstance(value, Function):
        return value
    return _other(value)


def _other(value: object) -> Value:
    if isinstance(value, datetime.datetime):
        offset = value.utcoffset()
        ns = ((value.hour * 60 + value.minute) * 60 + value.second) * NS + value.microsecond * 1000
        return DateTime(
            Date(value.year, value.month, value.day), ns, None if offset is None else int(offset.total_seconds())
        )
    if isinstance(value, datetime.date):
        return Date(value.year, value.month, value.day)
    if isinstance(value, datetime.time):
        offset = value.utcoffset()
        ns = ((value.hour * 60 + value.minute) * 60 + value.second) * NS + value.microsecond * 1000
        return Time(ns, None if offset is None else int(offset.total_seconds()))
    if isinstance(value, datetime.timedelta):
        return DaysTime((value.days * 86400 + value.seconds) * NS + value.microseconds * 1000)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return to_feel(int(value))
    return None


def adopt(value: object) -> Value:
    """Like to_feel, but returns lists and contexts that are FEEL already as they are."""
    if type(value) is list:
        items = [adopt(item) for item in value]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    if type(value) is dict:
        entries = {key: adopt(item) for key, item in value.items()}
        return value if all(entries[key] is value[key] for key in value) else entries
    return to_feel(value)


def to_json(value: Value) -> object:
    """Numbers: int if whole, else float if the float spells the same number, else Decimal; the rest as text."""
    weigh(value)
    return _to_json(value)


def _to_json(value: Value) -> object:
    kind = type(value)
    if kind is Decimal:
        return _number(value)  # type: ignore[arg-type]
    if kind is list:
        return [_to_json(item) for item in value]  # type: ignore[attr-defined]
    if kind is dict:
        return {key: _to_json(item) for key, item in value.items()}  # type: ignore[attr-defined]
    if value is None or kind is bool or kind is str:
        return value
    return text_of(value)


def _number(number: Decimal) -> int | float | Decimal:
    if number == number.to_integral_value() and abs(number) < Decimal("1e34"):
        return int(number)
    as_float = float(number)
    return as_float if Decimal(repr(as_float)) == number else number


def text_of(value: Value) -> str:
    """What the FEEL function string() answers."""
    if type(value) is str:
        return value
    weigh(value)
    return _quoted(value, outer=True)


def _quoted(value: Value, outer: bool = False) -> str:
    kind = type(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is Decimal:
        return plain(value)  # type: ignore[arg-type]
    if kind is str:
        return json.dumps(value, ensure_ascii=False)
    if kind is list:
        return "[" + ", ".join(map(_quoted, value)) + "]"  # type: ignore[call-overload]
    if kind is dict:
        return "{" + ", ".join(f"{_key(k)}: {_quoted(v)}" for k, v in value.items()) + "}"  # type: ignore[attr-defined]
    if isinstance(value, Range):
        return _range_text(value)
    if isinstance(value, Function):
        return f"function({', '.join(value.params)})"
    return str(value) if outer else f'@"{value}"'


def _key(key: str) -> str:
    return key if key.replace("_", "a").isalnum() and not key[:1].isdigit() else json.dumps(key, ensure_ascii=False)


def _range_text(value: Range) -> str:
    if value.op:
        return f"{value.op} {_quoted(value.high if value.op[0] == '<' else value.low)}"
    ends = f"{_quoted(value.low)}..{_quoted(value.high)}"
    return f"{'[' if value.low_closed else '('}{ends}{']' if value.high_closed else ')'}"
