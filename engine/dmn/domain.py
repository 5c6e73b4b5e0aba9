"""The input columns of a table as finite lists of regions, each with a value to show: what table analysis reasons on.

A region is a stretch of values that no cell of the column tells apart. Columns whose cells compute are opaque.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine.feel import Date, DaysTime, Value, YearsMonths, to_json
from engine.feel.nodes import Tests
from engine.feel.types import BOOLEAN, DATE, NUMBER, STRING, Allowed, FeelType, base_of

from .index import Cell, Span, literal_cell
from .table import DecisionTable, InputClause, Rule

OTHER = "其他"
KINDS: Mapping[FeelType, type] = {NUMBER: Decimal, STRING: str, BOOLEAN: bool, DATE: Date}


@dataclass(frozen=True)
class ColumnDomain:
    """Region representatives in order, and for every row the mask of the regions where its cell holds."""

    label: str
    path: str
    kind: type
    values: tuple[Value, ...]
    rows: tuple[int, ...]
    opaque: bool

    def first(self, mask: int) -> Value:
        """The representative of the first region in the mask."""
        return self.values[(mask & -mask).bit_length() - 1]


def column_domain(table: DecisionTable, place: int) -> ColumnDomain:
    """The domain of an input column; regions outside the allowed values are left out."""
    clause = table.inputs[place]
    tests = [rule.tests[place] for rule in table.rules]
    cells = [literal_cell(test.node) if isinstance(test.node, Tests) else None for test in tests]
    kind = _kind(clause, cells)
    opaque = any(cell is None or not cell.kinds <= {kind} for cell in cells)
    allowed = _allowed(clause)
    values = [v for v in _representatives(kind, cells, clause, allowed) if _is_allowed(v, clause, allowed)]
    places = {value: i for i, value in enumerate(values)}
    full = (1 << len(values)) - 1
    rows = [full if c is None or not c.kinds <= {kind} else _regions(c, values, places, full) for c in cells]
    return ColumnDomain(clause.label, clause.path or clause.expression.text, kind, tuple(values), tuple(rows), opaque)


def _regions(cell: Cell, values: Sequence[Any], places: Mapping[Value, int], full: int) -> int:
    """The mask of the representatives that a literal cell holds for."""
    if cell.anything:
        return full
    mask = 0
    for single in cell.singles:
        mask |= 1 << places[single] if single in places else 0
    for span in cell.spans:
        if span.low == span.high and span.low is not None:
            mask |= 1 << places[span.low] if span.low_closed and span.high_closed and span.low in places else 0
        elif values and isinstance(values[0], str):
            mask |= sum(1 << i for i, value in enumerate(values) if _holds(span, value))
        else:
            mask |= _stretch(span, values)
    return full ^ mask if cell.negated else mask


def _stretch(span: Span, values: Sequence[Any]) -> int:
    """The mask of the ordered values within a span."""
    first = bisect_left if span.low_closed else bisect_right
    last = bisect_right if span.high_closed else bisect_left
    low = 0 if span.low is None else first(values, span.low)
    high = len(values) if span.high is None else last(values, span.high)
    return ((1 << max(0, high - low)) - 1) << low


def _holds(span: Span, value: Any) -> bool:
    above = span.low is None or value > span.low or (value == span.low and span.low_closed)
    return above and (span.high is None or value < span.high or (value == span.high and span.high_closed))


def _kind(clause: InputClause, cells: Sequence[Cell | None]) -> type:
    if clause.type is not None and base_of(clause.type) in KINDS:
        return KINDS[base_of(clause.type)]
    found = [kind for cell in cells if cell for kind in cell.kinds]
    return max(set(found), key=found.count) if found else str


def _allowed(clause: InputClause) -> list[Cell]:
    """The allowed values as literal cells, where they are literal."""
    found = []
    if clause.allowed is not None and isinstance(clause.allowed.node, Tests):
        cell = literal_cell(clause.allowed.node)
        found += [cell] if cell else []
    if isinstance(clause.type, Allowed):
        from engine.feel import FeelSyntaxError, compile_unary_tests

        try:
            cell = literal_cell(compile_unary_tests(clause.type.text).node)
        except FeelSyntaxError:
            cell = None
        found += [cell] if cell else []
    return found


def _is_allowed(value: Value, clause: InputClause, allowed: Sequence[Cell]) -> bool:
    if clause.allowed is not None and clause.allowed(value, {}) is not True:
        return False
    return clause.type is None or clause.type.admits(value)


def _points(kind: type, cells: Sequence[Cell | None]) -> list[Value]:
    ends = {e for c in cells if c for s in c.spans for e in (s.low, s.high) if type(e) is kind}
    return sorted(ends)  # type: ignore[type-var]


def _representatives(
    kind: type, cells: Sequence[Cell | None], clause: InputClause, allowed: Sequence[Cell]
) -> list[Value]:
    if kind is bool:
        return [True, False]
    points = _points(kind, [*cells, *allowed])
    if kind is str:
        others = [OTHER] if OTHER not in points else [OTHER + "2"]
        return [*points, *others]
    if not points:
        return [_ZERO[kind]] if kind in _ZERO else []
    step: Decimal = step_of(points)
    found: list[Value] = [_moved(points[0], step, -1)]
    for before, after in pairwise(points):
        found.append(before)
        between = _between(before, after, step)
        if between is not None:
            found.append(between)
    return [*found, points[-1], _moved(points[-1], step, 1)]


_ZERO: Mapping[type, Value] = {
    Decimal: Decimal(0),
    Date: Date(2000, 1, 1),
    DaysTime: DaysTime(0),
    YearsMonths: YearsMonths(0),
}


def step_of(points: Sequence[Value]) -> Decimal:
    """The smallest difference that the written numbers can show: 1, 0.1, 0.01 ..."""
    places = [-p.as_tuple().exponent for p in points if isinstance(p, Decimal)]  # type: ignore[operator]
    return Decimal(1).scaleb(-max([0, *places]))


def _moved(value: Value, step: Decimal, direction: int) -> Value:
    if isinstance(value, Decimal):
        return value + direction * step
    if isinstance(value, Date):
        return Date.from_ordinal(value.ordinal() + direction)
    if isinstance(value, DaysTime):
        return DaysTime(value.ns + direction * 1_000_000_000)
    if isinstance(value, YearsMonths):
        return YearsMonths(value.months + direction)
    return value


def neighbours(value: Value, step: Decimal) -> tuple[Value, Value]:
    """The values just below and just above."""
    return _moved(value, step, -1), _moved(value, step, 1)


def _between(low: Value, high: Value, step: Decimal) -> Value | None:
    """A value strictly between two points; None if days or months leave none."""
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        return low + step if low + step < high else (low + high) / 2
    following = _moved(low, step, 1)
    return following if following < high else None  # type: ignore[operator]


def as_inputs(table: DecisionTable, values: Sequence[Value]) -> dict[str, object]:
    """Input values as the caller would give them: `household.size` becomes {"household": {"size": ...}}."""
    result: dict[str, object] = {}
    for clause, value in zip(table.inputs, values, strict=True):
        names = clause.path.split(".") if clause.path else [clause.expression.text]
        inner = result
        for name in names[:-1]:
            following = inner.setdefault(name, {})
            inner = following if isinstance(following, dict) else {}
        inner[names[-1]] = to_json(value)
    return result


__all__ = ["ColumnDomain", "Rule", "as_inputs", "column_domain", "neighbours", "step_of"]
