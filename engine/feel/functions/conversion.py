"""Conversion functions: number, string, range (DMN 1.5, 10.3.4.1)."""

from __future__ import annotations

import re
from decimal import Decimal

from ..budget import Budget
from ..convert import text_of
from ..errors import FeelNull, FeelSyntaxError
from ..numbers import parse_number
from ..values import Range, Value, compare
from .registry import builtin

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
SEPARATORS = (None, " ", ",", ".")


@builtin("string(from: any|null)", wants_budget=True)
def string(budget: Budget, value: Value) -> str | None:
    if value is None:
        return None
    text = text_of(value)
    budget.check_text(len(text))
    return text


def _number(text: str) -> Decimal:
    number = parse_number(text) if _PLAIN.fullmatch(text) else None
    if number is None:
        raise FeelNull(f"{text[:40]!r} is not a number")
    return number


@builtin("number(from: string)")
def number(text: str) -> Decimal:
    return _number(text)


@builtin("number(from: number)")
def number_as_is(value: Decimal) -> Decimal:
    return value


@builtin("number(from: string, grouping separator: string|null, [decimal separator: string|null])")
def number_with_separators(text: str, grouping: str | None, point: str | None = None) -> Decimal:
    if grouping not in SEPARATORS or point not in (None, ".", ",") or (grouping is not None and grouping == point):
        raise FeelNull("the separators must be ' ', ',' or '.' and differ")
    if grouping is not None:
        text = text.replace(grouping, "")
    if point is not None and point != ".":
        if "." in text:
            raise FeelNull("the text holds another separator")
        text = text.replace(point, ".")
    return _number(text)


@builtin("range(from: string)")
def range_of(text: str) -> Range:
    """A range literal in a string; its ends are literals, not variables."""
    from .. import literal_range

    try:
        found = literal_range(text)
    except FeelSyntaxError as error:
        raise FeelNull(f"{text[:40]!r} is not a range") from error
    order = compare(found.low, found.high)
    if order is None or order > 0:
        raise FeelNull("the ends of the range do not follow each other")
    return found
