"""One input column of a decision table as bit masks of rows, so that 500 rows cost about as much as 10.

A cell that is made of literals becomes a set of points and intervals; all cells of a column cut the ordered values
into regions, each with the mask of the rows that hold there. Cells that compute are left for the table to run.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel import Value
from engine.feel import nodes as n
from engine.feel.expression import UnaryTests
from engine.feel.literals import literal_value
from engine.feel.values import PLAIN_ORDER


@dataclass(frozen=True, slots=True)
class Span:
    """An interval of ordered values; None is no bound. A point has low == high, both closed."""

    low: Value
    high: Value
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of literals: the spans and single values (true, false, null) it names, or their complement."""

    spans: tuple[Span, ...]
    singles: tuple[Value, ...]
    negated: bool
    anything: bool

    @property
    def kinds(self) -> set[type]:
        ends = [end for s in self.spans for end in (s.low, s.high) if end is not None]
        return {type(end) for end in ends} | {type(s) for s in self.singles if s is not None}


NOT_LITERAL = object()


def literal_cell(tests: n.Tests) -> Cell | None:
    """The cell as spans and singles; None if it computes or tests something else."""
    spans: list[Span] = []
    singles: list[Value] = []
    for item in tests.items:
        found = _span(item)
        if found is None:
            return None
        if isinstance(found, Span):
            spans.append(found)
        else:
            singles.extend(found)
    return Cell(tuple(spans), tuple(singles), tests.negated, tests.anything)


def _span(item: n.Node) -> Span | list[Value] | None:
    if isinstance(item, n.OperatorTest):
        end = literal_value(item.end, NOT_LITERAL)
        if type(end) not in PLAIN_ORDER or item.op == "!=":
            return None
        if item.op == "=":
            return Span(end, end, True, True)
        below = item.op[0] == "<"
        closed = len(item.op) == 2
        return Span(None, end, False, closed) if below else Span(end, None, closed, False)
    if isinstance(item, n.RangeOfNodes):
        low, high = literal_value(item.low, NOT_LITERAL), literal_value(item.high, NOT_LITERAL)
        if type(low) not in PLAIN_ORDER or type(low) is not type(high):
            return None
        return Span(low, high, item.low_closed, item.high_closed)
    value = literal_value(item, NOT_LITERAL)
    if value is None or isinstance(value, bool):
        return [value]
    return Span(value, value, True, True) if type(value) in PLAIN_ORDER else None


class Column:
    """The masks of one column. `mask(value)` has a bit for every row that may hold; `computed` are the rows to run."""

    points: list[Any]

    __slots__ = ("always", "cells", "computed", "exact", "full", "kind", "nulls", "points", "regions")

    def __init__(self, cells: Sequence[UnaryTests]) -> None:
        self.cells = cells
        self.full = (1 << len(cells)) - 1
        literal = [literal_cell(c.node) for c in cells]
        self.kind = self._main_kind(literal)
        self.always = sum(1 << row for row, cell in enumerate(literal) if cell is not None and cell.anything)
        self.computed = 0
        self.exact: dict[Value, int] = {}
        self.points = []
        self.regions: list[int] = []
        usable: list[Cell | None] = []
        for row, cell in enumerate(literal):
            fits = cell is not None and cell.kinds <= {self.kind}
            usable.append(cell if fits else None)
            self.computed |= 0 if fits else 1 << row
        if self.kind is bool:
            self.exact = {value: self._single_mask(usable, value) for value in (True, False)}
        else:
            self._cut(usable)
        self.nulls = self.slow(None) | self.computed

    @staticmethod
    def _main_kind(cells: Sequence[Cell | None]) -> type:
        kinds = [kind for cell in cells if cell is not None for kind in cell.kinds]
        return max(set(kinds), key=kinds.count) if kinds else Decimal

    def _single_mask(self, cells: Sequence[Cell | None], value: Value) -> int:
        mask = self.computed
        for row, cell in enumerate(cells):
            if cell is not None and (cell.anything or (any(s is value for s in cell.singles) != cell.negated)):
                mask |= 1 << row
        return mask

    def _cut(self, cells: Sequence[Cell | None]) -> None:
        """Regions 2i are between points, 2i+1 are the points themselves."""
        ends = {end for cell in cells if cell for s in cell.spans for end in (s.low, s.high) if end is not None}
        self.points = sorted(ends)
        places = {point: i for i, point in enumerate(self.points)}
        count = 2 * len(self.points) + 1
        starts, ends_at = [0] * (count + 1), [0] * (count + 1)
        for row, cell in enumerate(cells):
            for low, high in () if cell is None else self._stretches(cell, places, count):
                starts[low] |= 1 << row
                ends_at[high] |= 1 << row
        held, self.regions = self.computed, []
        for region in range(count):
            held = (held & ~ends_at[region]) | starts[region]
            self.regions.append(held)
        if self.kind is str and all(s.low == s.high for c in cells if c for s in c.spans):
            self.exact = {point: self.regions[2 * i + 1] for i, point in enumerate(self.points)}

    @staticmethod
    def _stretches(cell: Cell, places: dict[Value, int], count: int) -> list[tuple[int, int]]:
        """The regions where the cell holds, as disjoint half-open stretches that do not touch."""
        if cell.anything:
            return [(0, count)]
        merged: list[tuple[int, int]] = []
        found = []
        for span in cell.spans:
            low = 0 if span.low is None else 2 * places[span.low] + (1 if span.low_closed else 2)
            high = count if span.high is None else 2 * places[span.high] + (2 if span.high_closed else 1)
            found.append((low, high))
        for low, high in sorted(pair for pair in found if pair[0] < pair[1]):
            if merged and low <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        if not cell.negated:
            return merged
        borders = [0, *(border for pair in merged for border in pair), count]
        return [(a, b) for a, b in zip(borders[::2], borders[1::2], strict=True) if a < b]

    def mask(self, value: Value) -> int:
        kind = type(value)
        if kind is self.kind:
            found = self.exact.get(value) if self.exact else None
            if found is not None:
                return found
            if not self.points:
                return self.regions[0]
            place = bisect_left(self.points, value)
            if place < len(self.points) and self.points[place] == value:
                return self.regions[2 * place + 1]
            return self.regions[2 * place]
        if value is None:
            return self.nulls
        return self.slow(value) | self.computed

    def slow(self, value: Value) -> int:
        """Row by row, for values of another kind than the column's."""
        mask = self.always
        for row, cell in enumerate(self.cells):
            if not (self.computed | mask) >> row & 1 and cell(value, {}) is True:
                mask |= 1 << row
        return mask
