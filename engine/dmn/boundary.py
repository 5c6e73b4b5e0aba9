"""Test cases at the borders of a table's cells, so that a wrong digit, sign or bracket in any one cell fails one.

For every row a point where that row decides; then each column in turn moves over the borders of the row's cell.
Source: ISTQB CTFL 4.0, 4.2.2 (three-value boundary analysis).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from engine.errors import ModelFault
from engine.feel import Value, to_json
from engine.feel.frame import Frame
from engine.feel.nodes import Tests

from .domain import ColumnDomain, as_inputs, column_domain, neighbours, step_of
from .evaluation import Run
from .index import literal_cell
from .model import Model
from .table import DecisionTable

SEARCH = 400
MAX_CASES = 20_000


@dataclass(frozen=True)
class Case:
    """Inputs as a caller gives them, and what the table answers: a JSON value, or the code of the error."""

    inputs: dict[str, object]
    expected: object
    error: str | None
    values: tuple[Value, ...]


def answer(table: DecisionTable, values: Sequence[Value]) -> tuple[object, str | None]:
    """(value as JSON, None) or (None, error code) of a table on the values of its input columns, strictly."""
    run = Run.start(Model(table.id, "", ""), {}, True, None)
    try:
        return to_json(table.decide(values, Frame({}, table.frame_size, run.budget, run.warnings), run)), None
    except ModelFault as fault:
        return None, fault.code


def boundary_cases(table: DecisionTable) -> list[Case]:
    """Cases that pin down every cell of the table; each input point once."""
    columns = [column_domain(table, i) for i in range(len(table.inputs))]
    points: dict[tuple[str, ...], tuple[Value, ...]] = {}
    for values in islice(_points(table, columns), MAX_CASES):
        points.setdefault(tuple(f"{type(v).__name__}{v}" for v in values), values)
    cases = []
    for values in points.values():
        expected, error = answer(table, values)
        cases.append(Case(as_inputs(table, values), expected, error, values))
    return cases


def _points(table: DecisionTable, columns: Sequence[ColumnDomain]) -> Iterator[tuple[Value, ...]]:
    for row in range(len(table.rules)):
        for base in bases(table, columns, row):
            yield base
            for place, column in enumerate(columns):
                for value in variations(table, column, row, place):
                    yield (*base[:place], value, *base[place + 1 :])


def bases(table: DecisionTable, columns: Sequence[ColumnDomain], row: int) -> list[tuple[Value, ...]]:
    """Points inside the row: if possible two that only this row holds for, with different values everywhere."""
    options = [[v for i, v in enumerate(c.values) if c.rows[row] >> i & 1] or [None] for c in columns]
    inside = list(islice(product(*(_spread(o) for o in options)), SEARCH))
    frame = _frame(table)
    alone = [p for p in inside if table.matching_rows(p, frame) == [row]]
    chosen = alone or [p for p in inside if row in table.matching_rows(p, frame)]
    return [chosen[0], chosen[-1]] if len(chosen) > 1 else chosen


def _frame(table: DecisionTable) -> Frame:
    run = Run.start(Model(table.id, "", ""), {}, False, None)
    return Frame({}, table.frame_size, run.budget, run.warnings)


def _spread(values: Sequence[Value]) -> list[Value]:
    """At most five values: the ends and the middle."""
    if len(values) <= 5:
        return list(values)
    last = len(values) - 1
    return [values[i] for i in (0, 1, last // 2, last - 1, last)]


def variations(table: DecisionTable, column: ColumnDomain, row: int, place: int) -> Iterable[Value]:
    """Values for one column: the borders of the row's own cell, what lies next to them, and one of the rest."""
    if column.kind in (bool, str):
        return _few(column, row)
    test = table.rules[row].tests[place]
    cell = literal_cell(test.node) if isinstance(test.node, Tests) else None
    ends = [e for s in (cell.spans if cell else ()) for e in (s.low, s.high) if type(e) is column.kind]
    step = step_of(column.values)
    found: list[Value] = []
    for end in ends:
        found += [end, *neighbours(end, step)]
    clause = table.inputs[place]
    found += [column.values[0], column.values[-1]] if column.values else []
    return [
        v
        for v in found
        if (clause.type is None or clause.type.admits(v)) and (clause.allowed is None or clause.allowed(v, {}) is True)
    ]


def _few(column: ColumnDomain, row: int) -> list[Value]:
    """All values that the row's cell holds for, and some that it does not."""
    own = [v for i, v in enumerate(column.values) if column.rows[row] >> i & 1]
    rest = [v for i, v in enumerate(column.values) if not column.rows[row] >> i & 1]
    return [*own[:12], *_spread(rest)]


__all__ = ["Case", "answer", "boundary_cases"]
