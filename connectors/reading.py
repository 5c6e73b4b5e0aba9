"""Reading: typed access to the fields of an answer. Every missing or mistyped field is a ContractBroken, never a
default: an absent list is not "no house"."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, NoReturn, TypeVar

from engine.errors import ContractBroken

_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_SHARE = re.compile(r"[0-9]{1,6}/[0-9]{1,6}")
E = TypeVar("E", bound=Enum)
T = TypeVar("T")


class Reading:
    """One JSON object of an answer; origin (system, request_id, raw_sha256) travels into every error."""

    __slots__ = ("_fields", "_path", "origin")

    def __init__(self, fields: Any, origin: Mapping[str, Any], path: str = "data") -> None:
        self.origin = dict(origin)
        self._path = path
        if not isinstance(fields, dict):
            self.fail("", "object")
        self._fields: dict[str, Any] = fields

    def fail(self, key: str, expected: str) -> NoReturn:
        """Raise ContractBroken with the path; the value itself is not repeated (it may be personal data)."""
        path = f"{self._path}.{key}" if key else self._path
        raise ContractBroken("外部系统返回的数据与接口文档不符", **self.origin, reason="schema", path=path,
                             expected=expected)

    def _typed(self, key: str, kind: type[T], expected: str) -> T:
        value = self._fields.get(key)
        if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
            self.fail(key, expected)
        return value

    def _parsed(self, key: str, parse: Callable[[str], T], expected: str) -> T:
        text = self.text(key)
        try:
            return parse(text)
        except (ValueError, ZeroDivisionError) as error:
            raise ContractBroken("外部系统返回的数据与接口文档不符", **self.origin, reason="schema",
                                 path=f"{self._path}.{key}", expected=expected) from error

    def has(self, key: str) -> bool:
        """True unless the field is present with null; an absent field breaks the contract."""
        if key not in self._fields:
            self.fail(key, "present")
        return self._fields[key] is not None

    def optional(self, key: str, read: Callable[[str], T]) -> T | None:
        """None for an explicit null, else read(key): `data.optional("diedOn", data.day)`."""
        return read(key) if self.has(key) else None

    def text(self, key: str) -> str:
        return self._typed(key, str, "text")

    def whole(self, key: str) -> int:
        """A whole number of zero or more."""
        value = self._typed(key, int, "whole number")
        return value if value >= 0 else self.fail(key, "whole number of zero or more")

    def flag(self, key: str) -> bool:
        return self._typed(key, bool, "true or false")

    def decimal(self, key: str) -> Decimal:
        """A decimal of zero or more, sent as text ("45.00"); no exponents, signs or blanks."""
        text = self.text(key)
        return Decimal(text) if _DECIMAL.fullmatch(text) else self.fail(key, "decimal as text")

    def share(self, key: str) -> Fraction:
        """An owner's share "1/2": more than 0, at most 1."""
        if not _SHARE.fullmatch(self.text(key)):
            self.fail(key, "share as n/m")
        value = self._parsed(key, Fraction, "share as n/m")
        return value if 0 < value <= 1 else self.fail(key, "share in (0, 1]")

    def day(self, key: str) -> date:
        return self._parsed(key, date.fromisoformat, "day as YYYY-MM-DD")

    def instant(self, key: str) -> datetime:
        """An instant with its offset."""
        value = self._parsed(key, datetime.fromisoformat, "instant with offset")
        return value if value.tzinfo else self.fail(key, "instant with offset")

    def content(self, key: str) -> bytes:
        """Base64 text as bytes."""
        return self._parsed(key, lambda text: b64decode(text, validate=True), "base64 text")

    def choice(self, key: str, choices: type[E]) -> E:
        return self._parsed(key, choices, "one of " + "|".join(str(item.value) for item in choices))

    def mapping(self, key: str) -> dict[str, Any]:
        """A free object that is passed on as it is."""
        return self._typed(key, dict, "object")

    def part(self, key: str) -> Reading:
        return Reading(self._typed(key, dict, "object"), self.origin, f"{self._path}.{key}")

    def items(self, key: str) -> tuple[Reading, ...]:
        """A list of objects; an absent or null list breaks the contract."""
        rows = self._typed(key, list, "list")
        return tuple(Reading(row, self.origin, f"{self._path}.{key}[{n}]") for n, row in enumerate(rows))

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._typed(key, list, "list of text")
        return tuple(values) if all(isinstance(value, str) for value in values) else self.fail(key, "list of text")

    def same(self, key: str, expected: str) -> str:
        """The text, which must repeat what was asked for; else ContractBroken "wrong_subject"."""
        if self.text(key) != expected:
            raise ContractBroken("外部系统的回执与请求不符", **self.origin, reason="wrong_subject",
                                 path=f"{self._path}.{key}")
        return expected
