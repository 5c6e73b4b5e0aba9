"""One way to write a JSON value as text, so that equal values have equal hashes. Refuses values that are not JSON-able."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


def dumps(value: Any) -> str:
    """Sorted keys, no white space, UTF-8 as is; Decimal as a number, dates and instants as ISO text."""
    return orjson.dumps(value, default=_plain, option=_OPTIONS).decode()


def loads(text: str | bytes) -> Any:
    return orjson.loads(text)


def sha256(value: str | bytes) -> str:
    """Hex digest of text (as UTF-8) or bytes."""
    return hashlib.sha256(value.encode() if isinstance(value, str) else value).hexdigest()


def digest(value: Any) -> str:
    """Hex digest of the canonical text of a JSON value."""
    return sha256(dumps(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"not a JSON value: {type(value).__name__}")
