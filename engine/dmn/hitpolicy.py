"""Which of the rows that hold count, and what becomes of their outputs (DMN 1.5, 8.2.8 to 8.2.11)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from engine.feel import Value
from engine.feel.functions.lists import maximum, minimum, total
from engine.feel.values import equal

SINGLE = ("UNIQUE", "ANY", "PRIORITY", "FIRST")
MULTIPLE = ("RULE ORDER", "OUTPUT ORDER", "COLLECT")
AGGREGATIONS = ("SUM", "MIN", "MAX", "COUNT")


def aggregate(name: str, values: Sequence[Value]) -> Value:
    """COLLECT with SUM, MIN, MAX or COUNT; null over values that do not add up or compare."""
    if name == "COUNT":
        return Decimal(len(values))
    if not values:
        return None
    if name == "SUM":
        return total(list(values)) if all(type(v) is Decimal for v in values) else None  # type: ignore[arg-type]
    return (minimum if name == "MIN" else maximum)(list(values))


def all_equal(outputs: Sequence[Value]) -> bool:
    return all(equal(output, outputs[0]) is True for output in outputs[1:])


def in_priority(rows: Sequence[int], rank: Callable[[int], tuple[int, ...]]) -> list[int]:
    """Rows by the rank of their outputs, equal ranks in table order."""
    return sorted(rows, key=rank)
