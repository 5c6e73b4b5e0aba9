"""Answer: what an outside system said, typed and as received, with its hash. Decides nothing about the case."""

from __future__ import annotations

import dataclasses
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """value: typed response; raw: bytes as received; sha256: hex digest of raw; received_at: aware UTC;
    request_id: the id sent with the attempt that was answered; as_of: the day the data stand for;
    system and department: who said it. Raw may hold personal data: store it, do not log it."""

    value: T
    raw: bytes
    sha256: str
    received_at: datetime
    request_id: str
    as_of: date
    system: str
    department: str

    def facts(self) -> dict[str, Any]:
        """The value as JSON types for the case file: decimals become numbers, days ISO text, shares "1/2"."""
        facts = jsonable(self.value)
        return facts if isinstance(facts, dict) else {"value": facts}


def jsonable(value: Any) -> Any:
    """Dataclasses, enums, decimals, fractions, days, instants and bytes as JSON types; anything else unchanged."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, frozenset)):
        return [jsonable(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return b64encode(value).decode("ascii") if isinstance(value, bytes) else value
