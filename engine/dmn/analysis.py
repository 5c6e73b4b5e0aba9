"""What is wrong with a decision table before anybody is decided by it: gaps, overlaps, dead rows, wrong values.

Every finding carries a witness: input values that show it. Cells that compute are taken to hold always for overlaps
and never for gaps to be reported as certain; such findings are marked `certain=False`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.feel import Value, kind_of, text_of, to_json
from engine.feel.literals import literal_value
from engine.feel.nodes import Tests
from engine.feel.types import base_of, coerce
from engine.feel.values import equal

from .domain import ColumnDomain, as_inputs, column_domain
from .index import literal_cell
from .table import DecisionTable

MAX_FINDINGS = 50
MAX_NODES = 200_000
NOT_LITERAL = object()


@dataclass(frozen=True)
class Finding:
    """kind: gap, overlap, conflict, unreachable, subsumed, type, value, unused. Rows count from 1."""

    kind: str
    severity: str
    rows: tuple[int, ...]
    column: int | None
    witness: dict[str, object]
    message: str
    certain: bool = True


def analyse(table: DecisionTable) -> list[Finding]:
    """All findings, the most serious first; at most 50 of each kind."""
    found = [*wrong_values(table)]
    if table.inputs and table.rules:
        space = Space(table)
        found += space.gaps()
        found += space.overlaps()
        found += space.unreachable()
    return sorted(found, key=lambda f: ("error", "warning", "note").index(f.severity))


class Space:
    """The product of the columns' regions, searched with masks of rows."""

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self.columns: list[ColumnDomain] = [column_domain(table, i) for i in range(len(table.inputs))]
        self.full = (1 << len(table.rules)) - 1
        self.certain = not any(column.opaque for column in self.columns)
        self.holding = [self._by_region(column) for column in self.columns]

    def _by_region(self, column: ColumnDomain) -> list[int]:
        """For every region the mask of the rows that hold there."""
        masks = [0] * len(column.values)
        for row, regions in enumerate(column.rows):
            bit = 1 << row
            while regions:
                low = regions & -regions
                masks[low.bit_length() - 1] |= bit
                regions ^= low
        return masks

    # gaps

    def uncovered(
        self, rows: int, limits: Sequence[int] | None = None, most: int = MAX_FINDINGS
    ) -> Iterator[list[Value]]:
        """Points (one value a column) where none of `rows` holds, within the regions of `limits`."""
        dead: set[tuple[int, int]] = set()
        spent = [0]

        def walk(place: int, mask: int, chosen: list[Value]) -> Iterator[list[Value]]:
            if place == len(self.columns):
                if not mask:
                    yield list(chosen)
                return
            if (place, mask) in dead or spent[0] > MAX_NODES:
                return
            hits = 0
            for residual, value in self._classes(place, mask, limits):
                spent[0] += 1
                for point in walk(place + 1, residual, [*chosen, value]):
                    hits += 1
                    yield point
            if not hits:
                dead.add((place, mask))

        for count, point in enumerate(walk(0, rows, [])):
            if count >= most:
                return
            yield point

    def _classes(self, place: int, mask: int, limits: Sequence[int] | None) -> list[tuple[int, Value]]:
        """The different masks that the column's regions leave, neighbours with the same mask as one."""
        column, found, previous = self.columns[place], [], None
        for region, (value, holding) in enumerate(zip(column.values, self.holding[place], strict=True)):
            if limits is not None and not limits[place] >> region & 1:
                previous = None
                continue
            residual = mask & holding
            if residual != previous:
                found.append((residual, value))
            previous = residual
        return found

    def gaps(self) -> list[Finding]:
        table = self.table
        if table.hit_policy == "COLLECT" and table.aggregation in (None, "COUNT"):
            return []
        if any(clause.default is not None for clause in table.outputs):
            return []
        severity = "error" if self.certain else "warning"
        return [
            Finding("gap", severity, (), None, as_inputs(table, p), f"no row holds for {self.spell(p)}", self.certain)
            for p in self.uncovered(self.full)
        ]

    def spell(self, point: Sequence[Value]) -> str:
        return ", ".join(
            f"{c.label} = {text_of(v) if v is not None else 'null'}" for c, v in zip(self.columns, point, strict=True)
        )

    # overlaps

    def common(self, a: int, b: int) -> list[Value] | None:
        """A point where both rows hold."""
        point: list[Value] = []
        for column in self.columns:
            both = column.rows[a] & column.rows[b]
            if not both:
                return None
            point.append(column.first(both))
        return point

    def sharing(self, row: int) -> Iterator[int]:
        """The later rows that meet this one in every column."""
        mask = self.full >> (row + 1) << (row + 1)
        for column, holding in zip(self.columns, self.holding, strict=True):
            regions, near = column.rows[row], 0
            if regions == (1 << len(column.values)) - 1:
                continue
            while regions:
                low = regions & -regions
                near |= holding[low.bit_length() - 1]
                regions ^= low
            mask &= near
        while mask:
            low = mask & -mask
            mask ^= low
            yield low.bit_length() - 1

    def overlaps(self) -> list[Finding]:
        table, found = self.table, []
        if table.hit_policy not in ("UNIQUE", "ANY"):
            return []
        outputs = [_outputs(table, row) for row in range(len(table.rules))]
        for a in range(len(table.rules)):
            for b in self.sharing(a):
                point = self.common(a, b)
                if point is None or (table.hit_policy == "ANY" and _same(outputs[a], outputs[b])):
                    continue
                kind = "overlap" if table.hit_policy == "UNIQUE" else "conflict"
                inside = self.inside(b, a) or self.inside(a, b)
                text = f"rows {a + 1} and {b + 1} both hold for {self.spell(point)}" + (
                    "; one contains the other" if inside else ""
                )
                severity = "error" if self.certain else "warning"
                found.append(Finding(kind, severity, (a + 1, b + 1), None, as_inputs(table, point), text, self.certain))
                if len(found) >= MAX_FINDINGS:
                    return found
        return found

    def inside(self, inner: int, outer: int) -> bool:
        return all(c.rows[inner] & ~c.rows[outer] == 0 for c in self.columns)

    # rows that never count

    def unreachable(self) -> list[Finding]:
        table, found = self.table, []
        for row in range(len(table.rules)):
            limits = [column.rows[row] for column in self.columns]
            if not all(limits):
                place = next(i for i, mask in enumerate(limits) if not mask)
                found.append(self._never(row, place))
                continue
            stronger = self.stronger(row)
            if stronger and next(self.uncovered(stronger, limits, 1), None) is None:
                found.append(self._covered(row, stronger, limits))
        return found[:MAX_FINDINGS]

    def stronger(self, row: int) -> int:
        """The rows that win over this one wherever both hold."""
        policy = self.table.hit_policy
        if policy == "FIRST":
            return (1 << row) - 1
        if policy == "PRIORITY":
            ranks = [_rank(self.table, r) for r in range(len(self.table.rules))]
            return sum(1 << r for r, rank in enumerate(ranks) if (rank, r) < (ranks[row], row))
        if policy == "ANY":
            outputs = _outputs(self.table, row)
            same = [r for r in range(len(self.table.rules)) if r != row and _same(outputs, _outputs(self.table, r))]
            wider = [r for r in same if self.inside(row, r) and (r < row or not self.inside(r, row))]
            return sum(1 << r for r in wider)
        return 0

    def _never(self, row: int, place: int) -> Finding:
        column = self.columns[place]
        point = [c.values[0] if c.values else None for c in self.columns]
        text = f"row {row + 1} never holds: no allowed value of {column.label} meets its cell"
        return Finding("unreachable", "error", (row + 1,), place + 1, as_inputs(self.table, point), text)

    def _covered(self, row: int, stronger: int, limits: Sequence[int]) -> Finding:
        point = [c.first(mask) for c, mask in zip(self.columns, limits, strict=True)]
        winners = stronger
        for place, value in enumerate(point):
            winners &= self.holding[place][self.columns[place].values.index(value)]
        winner = (winners & -winners).bit_length()
        text = f"row {row + 1} never counts: rows above it hold wherever it does, such as row {winner} for {self.spell(point)}"
        kind = "subsumed" if winner and self.inside(row, winner - 1) else "unreachable"
        rows = (row + 1, winner) if winner else (row + 1,)
        return Finding(kind, "warning", rows, None, as_inputs(self.table, point), text, self.certain)


def _outputs(table: DecisionTable, row: int) -> list[Value]:
    return [literal_value(entry.node, NOT_LITERAL) for entry in table.rules[row].outputs]


def _same(a: Sequence[Value], b: Sequence[Value]) -> bool:
    return all(x is not NOT_LITERAL and y is not NOT_LITERAL and equal(x, y) is True for x, y in zip(a, b, strict=True))


def _rank(table: DecisionTable, row: int) -> tuple[int, ...]:
    values = _outputs(table, row)
    return tuple(c.rank(None if v is NOT_LITERAL else v, {}) for c, v in zip(table.outputs, values, strict=True))


def wrong_values(table: DecisionTable) -> Iterator[Finding]:
    """Cells with values of another type than the column's, or outside its allowed values."""
    for number, rule in enumerate(table.rules, 1):
        for place, (clause, test) in enumerate(zip(table.inputs, rule.tests, strict=True), 1):
            cell = literal_cell(test.node) if isinstance(test.node, Tests) else None
            if cell is None:
                continue
            points = {s.low for s in cell.spans if s.low == s.high}
            ends = dict.fromkeys(e for s in cell.spans for e in (s.low, s.high) if e is not None)
            for value in ends:
                yield from _check(clause, value, number, place, clause.label, value in points)
            for value in cell.singles:
                if value is not None:
                    yield from _check(clause, value, number, place, clause.label, True)
        for place, (output, entry) in enumerate(zip(table.outputs, rule.outputs, strict=True), len(table.inputs) + 1):
            value = literal_value(entry.node, NOT_LITERAL)
            if value is not NOT_LITERAL and value is not None:
                yield from _check(output, value, number, place, output.name, True)


def _check(clause: object, value: Value, row: int, column: int, label: str, point: bool) -> Iterator[Finding]:
    wanted, allowed = clause.type, clause.allowed  # type: ignore[attr-defined]
    witness = {label: to_json(value)}
    if wanted is not None and not coerce(value, base_of(wanted))[1]:
        text = f"row {row}, {label}: {text_of(value)} is a {kind_of(value)}, not a {base_of(wanted)}"
        yield Finding("type", "error", (row,), column, witness, text)
    elif point and (
        (allowed is not None and allowed(value, {}) is not True)
        or (wanted is not None and not coerce(value, wanted)[1])
    ):
        text = f"row {row}, {label}: {text_of(value)} is not an allowed value"
        yield Finding("value", "error", (row,), column, witness, text)
