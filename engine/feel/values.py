"""The value kinds of FEEL, their equality and their order. Knows no expressions.

null is None, boolean bool, number Decimal, string str, list list, context dict; the rest are the classes of
dates, durations and this module. Lists and contexts are never changed in place.
Source: DMN 1.5, 10.3.2.2, 10.3.2.3 and 10.3.2.13 (equality and inequality).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .dates import Date, DateTime, Time
from .durations import DaysTime, YearsMonths
from .errors import FeelBudgetExceeded

if TYPE_CHECKING:
    from .budget import Budget
    from .types import FeelType

Value = object
MAX_WEIGHT = 300_000


class Range:
    """An interval; `op` is set if it was written with an operator (`< 10`) and then one end may be None.

    A range with op `!=` holds everything but `low`.
    """

    __slots__ = ("high", "high_closed", "low", "low_closed", "op")

    def __init__(self, low: Value, high: Value, low_closed: bool, high_closed: bool, op: str | None = None) -> None:
        self.low, self.high = low, high
        self.low_closed, self.high_closed = low_closed, high_closed
        self.op = op

    @classmethod
    def of_operator(cls, op: str, end: Value) -> Range:
        if op in ("<", "<="):
            return cls(None, end, False, op == "<=", op)
        if op in (">", ">="):
            return cls(end, None, op == ">=", False, op)
        return cls(end, end, op == "=", op == "=", op)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Range) and equal(self, other) is True

    def __hash__(self) -> int:
        return hash((Range, str(self)))

    def __str__(self) -> str:
        if self.op:
            return f"{self.op} {self.high if self.op[0] == '<' else self.low}"
        return f"{'[' if self.low_closed else '('}{self.low}..{self.high}{']' if self.high_closed else ')'}"

    __repr__ = __str__

    def contains(self, value: Value) -> bool | None:
        """Whether `value` lies in the range; None if it does not compare with the ends."""
        if self.op == "=":
            return equal(value, self.low)
        if self.op == "!=":
            same = equal(value, self.low)
            return None if same is None else not same
        above = True
        if self.low is not None or self.op is None:
            order = compare(value, self.low)
            if order is None:
                return None
            above = order > 0 or (order == 0 and self.low_closed)
        if self.high is None and self.op is not None:
            return above
        order = compare(value, self.high)
        if order is None:
            return None
        return above and (order < 0 or (order == 0 and self.high_closed))


class Function:
    """Something that can be invoked: a lambda, a built-in, a business knowledge model or a decision service."""

    name: str = "function"
    params: Sequence[str] = ()
    param_types: Sequence[FeelType | None] = ()
    result_type: FeelType | None = None

    def call(self, args: Sequence[Value], budget: Budget, warnings: list[str]) -> Value:
        """Apply to positional arguments; may raise FeelNull."""
        raise NotImplementedError  # abstract

    def accepts(self, count: int) -> bool:
        return len(self.params) == count


KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DaysTime: "days and time duration",
    YearsMonths: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}
SCALARS = frozenset((type(None), bool, Decimal, str, Date, Time, DateTime, DaysTime, YearsMonths, Range))
PLAIN_EQUAL = frozenset((bool, Decimal, str, Date, DaysTime, YearsMonths))
PLAIN_ORDER = frozenset((Decimal, str, Date, DaysTime, YearsMonths))


def kind_of(value: Value) -> str:
    """The FEEL name of the value's kind, for messages and types."""
    kind = KINDS.get(type(value))
    if kind is None:
        kind = "function" if isinstance(value, Function) else "unknown"
    return kind


def equal(a: Value, b: Value) -> bool | None:
    """FEEL equality: None when the kinds differ and neither is null."""
    if a is None or b is None:
        return a is b
    kind = type(a)
    if kind is not type(b):
        return True if a is b else None
    if kind in PLAIN_EQUAL:
        return a == b
    if a is b:
        return True
    if kind is list:
        return _equal_lists(a, b)  # type: ignore[arg-type]
    if kind is dict:
        return _equal_contexts(a, b)  # type: ignore[arg-type]
    if kind is Range:
        return _equal_ranges(a, b)  # type: ignore[arg-type]
    if kind is DateTime or kind is Time:
        left, right = a.key(), b.key()  # type: ignore[attr-defined]
        return left[1] == right[1] if left[0] == right[0] else None
    return a is b


def _equal_lists(a: list[Value], b: list[Value]) -> bool:
    return len(a) == len(b) and all(equal(x, y) is True for x, y in zip(a, b, strict=True))


def _equal_contexts(a: dict[str, Value], b: dict[str, Value]) -> bool:
    return a.keys() == b.keys() and all(equal(a[key], b[key]) is True for key in a)


def _equal_ranges(a: Range, b: Range) -> bool:
    if a.op != b.op or a.low_closed != b.low_closed or a.high_closed != b.high_closed:
        return False
    return equal(a.low, b.low) is True and equal(a.high, b.high) is True


def compare(a: Value, b: Value) -> int | None:
    """-1, 0 or 1; None when the two do not compare."""
    kind = type(a)
    if kind is not type(b):
        return None
    if kind in PLAIN_ORDER:
        return 0 if a == b else (-1 if a < b else 1)  # type: ignore[operator]
    if kind is DateTime or kind is Time:
        left, right = a.key(), b.key()  # type: ignore[attr-defined]
        if left[0] != right[0]:
            return None
        return 0 if left == right else (-1 if left < right else 1)
    return None


def weigh(value: Value, limit: int = MAX_WEIGHT) -> int:
    """How many values a list or context holds when written out; a shared part counts as often as it would be written.

    Raises FeelBudgetExceeded over `limit`, so that `{a: [1, 1], b: [a, a], c: [b, b] ...}` is never walked to its end.
    """
    if type(value) is not list and type(value) is not dict:
        return 1
    weight = 0
    stack: list[Any] = [value]
    while stack:
        part = stack.pop()
        items = part if type(part) is list else part.values()
        weight += len(items)
        if weight > limit:
            raise FeelBudgetExceeded("size", f"a value of more than {limit} parts")
        stack.extend([item for item in items if type(item) is list or type(item) is dict])
    return weight


def is_same(a: Value, b: Value) -> bool:
    """The `is` function: same kind and same element of the domain, zone and offset included (DMN 1.5, 10.3.4.11)."""
    if kind_of(a) != kind_of(b):
        return False
    if isinstance(a, Time) and isinstance(b, Time):
        return (a.ns, a.offset, a.zone) == (b.ns, b.offset, b.zone)
    if isinstance(a, DateTime) and isinstance(b, DateTime):
        return (a.date, a.ns, a.offset, a.zone) == (b.date, b.ns, b.offset, b.zone)
    return equal(a, b) is True
