"""Decision tables: input columns as masks, rows as outputs, and every hit policy with its errors.

Refuses in strict runs what the standard leaves as null: overlap in UNIQUE, conflict in ANY, no hit, missing input.
Source: DMN 1.5, chapter 8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.feel import UnaryTests, Value, text_of, to_json
from engine.feel.errors import FeelNull
from engine.feel.expression import Expression
from engine.feel.frame import Frame
from engine.feel.nodes import Name, Path
from engine.feel.types import FeelType, coerce

from .errors import DecisionAmbiguous, DecisionInputInvalid, DecisionInputMissing, DecisionMissing
from .evaluation import TableTrace
from .hitpolicy import MULTIPLE, aggregate, all_equal, in_priority
from .index import Column
from .inputs import from_json

if TYPE_CHECKING:
    from .evaluation import Run


@dataclass(frozen=True)
class InputClause:
    id: str
    label: str
    expression: Expression
    type: FeelType | None
    allowed: UnaryTests | None

    @property
    def path(self) -> str | None:
        """The dotted path, if the expression is one."""
        node, names = self.expression.node, []
        while isinstance(node, Path):
            names.append(node.name)
            node = node.source
        return ".".join([node.name, *reversed(names)]) if isinstance(node, Name) else None


@dataclass(frozen=True)
class OutputClause:
    id: str
    name: str
    type: FeelType | None
    allowed: UnaryTests | None
    order: tuple[UnaryTests, ...]
    default: Expression | None

    def rank(self, value: Value, scope: Mapping[str, Value]) -> int:
        """Position among the output values; values outside come last."""
        for place, test in enumerate(self.order):
            if test(value, scope) is True:
                return place
        return len(self.order)


@dataclass(frozen=True)
class Rule:
    id: str
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression, ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True)
class DecisionTable:
    """A compiled table; `owner_id` and `owner_name` are those of the decision or knowledge model around it."""

    id: str
    owner_id: str
    owner_name: str
    hit_policy: str
    aggregation: str | None
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    columns: tuple[Column, ...] = field(init=False, repr=False)
    full: int = field(init=False, repr=False)
    frame_size: int = field(init=False, repr=False)
    computed: tuple[tuple[tuple[int, UnaryTests], ...], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        columns = tuple(Column([rule.tests[i] for rule in self.rules]) for i in range(len(self.inputs)))
        sizes = [e.size for e in self._expressions()]
        put: Callable[[str, object], None] = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731
        put("columns", columns)
        put("full", (1 << len(self.rules)) - 1)
        put("frame_size", max(sizes, default=1) + 1)
        put(
            "computed",
            tuple(
                tuple((i, rule.tests[i]) for i, column in enumerate(columns) if column.computed >> row & 1)
                for row, rule in enumerate(self.rules)
            ),
        )

    def _expressions(self) -> list[Expression | UnaryTests]:
        found: list[Expression | UnaryTests] = [clause.expression for clause in self.inputs]
        for rule in self.rules:
            found.extend(rule.tests)
            found.extend(rule.outputs)
        found.extend(clause.default for clause in self.outputs if clause.default is not None)
        return found

    def evaluate(self, scope: Mapping[str, Value], run: Run) -> Value:
        """Decide; writes a TableTrace. Raises DecisionAmbiguous, -Missing, -InputMissing, -InputInvalid when strict."""
        frame = Frame(scope, self.frame_size, run.budget, run.warnings)
        values = self.input_values(scope, frame, run)
        return None if values is None else self.decide(values, frame, run)

    def decide(self, values: Sequence[Value], frame: Frame, run: Run) -> Value:
        """Decide on the values of the input columns."""
        rows = self.matching_rows(values, frame)
        chosen, output = self.settle(rows, values, frame, run)
        ids = tuple([self.rules[row].id for row in chosen])
        numbers = tuple([row + 1 for row in chosen])
        run.tables.append(TableTrace(self.owner_id, self.owner_name, self.policy, tuple(values), numbers, ids, output))
        return output

    @property
    def policy(self) -> str:
        return f"{self.hit_policy} {self.aggregation}" if self.aggregation else self.hit_policy

    # inputs

    def input_values(self, scope: Mapping[str, Value], frame: Frame, run: Run) -> list[Value] | None:
        values: list[Value] = []
        for clause in self.inputs:
            if run.strict:
                self.require(clause, scope)
            value = clause.expression.code(frame)
            if clause.type is not None and value is not None:
                value, fits = coerce(from_json(value, clause.type) if run.strict else value, clause.type)
                if not fits and not self.refuse_input(clause, run):
                    return None
            outside = clause.allowed is not None and value is not None and clause.allowed(value, scope) is not True
            if outside and not self.refuse_input(clause, run, value):
                return None
            values.append(value)
        return values

    def refuse_input(self, clause: InputClause, run: Run, value: Value = None) -> bool:
        message = f"{self.owner_name}: the input {clause.label} is not an allowed value of its type"
        if run.strict:
            raise DecisionInputInvalid(message, decision=self.owner_id, name=clause.label, value=to_json(value))
        frame_warning = f"{message}: {text_of(value)}" if value is not None else message
        run.warnings.append(frame_warning)
        return False

    def require(self, clause: InputClause, scope: Mapping[str, Value]) -> None:
        """In strict runs an input expression may not name what was not given."""
        node = clause.expression.node
        if isinstance(node, Name):
            missing = node.name if node.name not in scope else None
        else:
            missing = next((path for path in clause.expression.references if _absent(path, scope)), None)
        if missing is not None:
            raise DecisionInputMissing(
                f"{self.owner_name}: the input {missing} was not given", decision=self.owner_id, name=missing
            )

    # rows

    def matching_rows(self, values: Sequence[Value], frame: Frame) -> list[int]:
        """Indexes (from 0) of the rows that hold, in table order."""
        mask = self.full
        for column, value in zip(self.columns, values, strict=True):
            mask &= column.mask(value)
            if not mask:
                return []
        rows: list[int] = []
        computed = self.computed
        while mask:
            low = mask & -mask
            row = low.bit_length() - 1
            mask ^= low
            if all(self.holds(test, values[i], frame) for i, test in computed[row]):
                rows.append(row)
        return rows

    @staticmethod
    def holds(test: UnaryTests, value: Value, frame: Frame) -> bool:
        before, frame.vars[0] = frame.vars[0], value
        answer = test.code(frame)
        frame.vars[0] = before
        return answer is True

    def output(self, row: int, frame: Frame) -> Value:
        entries = self.rules[row].outputs
        if len(self.outputs) == 1:
            return self.typed(self.outputs[0], entries[0].code(frame), frame)
        return {c.name: self.typed(c, e.code(frame), frame) for c, e in zip(self.outputs, entries, strict=True)}

    @staticmethod
    def typed(clause: OutputClause, value: Value, frame: Frame) -> Value:
        if clause.type is None or value is None:
            return value
        value, fits = coerce(value, clause.type)
        if not fits:
            frame.warn(f"the output {clause.name} is not a {clause.type}")
        return value

    # hit policies

    def settle(
        self, rows: Sequence[int], values: Sequence[Value], frame: Frame, run: Run
    ) -> tuple[Sequence[int], Value]:
        """(rows that count, the table's value)."""
        if not rows:
            return rows, self.no_hit(values, frame, run)
        policy = self.hit_policy
        if policy == "UNIQUE":
            if len(rows) > 1:
                self.ambiguous(rows, values, run)
                return rows, None
            return rows, self.output(rows[0], frame)
        if policy == "FIRST":
            return rows[:1], self.output(rows[0], frame)
        if policy == "ANY":
            outputs = [self.output(row, frame) for row in rows]
            if not all_equal(outputs):
                self.ambiguous(rows, values, run)
                return rows, None
            return rows, outputs[0]
        if policy in ("PRIORITY", "OUTPUT ORDER"):
            ordered = in_priority(rows, lambda row: self.rank(row, frame))
            if policy == "PRIORITY":
                return ordered[:1], self.output(ordered[0], frame)
            return ordered, [self.output(row, frame) for row in ordered]
        outputs = [self.output(row, frame) for row in rows]
        return rows, outputs if self.aggregation is None else self.aggregated(outputs, run)

    def aggregated(self, outputs: Sequence[Value], run: Run) -> Value:
        try:
            if len(self.outputs) == 1:
                return aggregate(self.aggregation or "", outputs)
            return {c.name: aggregate(self.aggregation or "", [o[c.name] for o in outputs]) for c in self.outputs}  # type: ignore[index]
        except FeelNull as null:
            run.warnings.append(f"{self.owner_name}: {null}")
            return None

    def rank(self, row: int, frame: Frame) -> tuple[int, ...]:
        entries = zip(self.outputs, self.rules[row].outputs, strict=True)
        return tuple(clause.rank(entry.code(frame), frame.scope) for clause, entry in entries)

    def no_hit(self, values: Sequence[Value], frame: Frame, run: Run) -> Value:
        if any(clause.default is not None for clause in self.outputs):
            found = [None if c.default is None else self.typed(c, c.default.code(frame), frame) for c in self.outputs]
            result = found[0] if len(found) == 1 else {c.name: v for c, v in zip(self.outputs, found, strict=True)}
            return (
                [result]
                if self.hit_policy in MULTIPLE and not self.aggregation and type(result) is not list
                else result
            )
        if self.hit_policy == "COLLECT" and self.aggregation in (None, "COUNT"):
            return [] if self.aggregation is None else aggregate("COUNT", [])
        if run.strict:
            given = self.spell(values)
            raise DecisionMissing(
                f"{self.owner_name}: no row holds for {_listed(given)}", decision=self.owner_id, inputs=given
            )
        run.warnings.append(f"{self.owner_name}: no row holds")
        return None

    def ambiguous(self, rows: Sequence[int], values: Sequence[Value], run: Run) -> None:
        numbers = [row + 1 for row in rows]
        message = f"{self.owner_name}: rows {', '.join(map(str, numbers))} of a {self.hit_policy} table hold at once"
        if run.strict:
            given = self.spell(values)
            raise DecisionAmbiguous(
                f"{message} for {_listed(given)}", decision=self.owner_id, rows=numbers, inputs=given
            )
        run.warnings.append(message)

    def spell(self, values: Sequence[Value]) -> dict[str, object]:
        return {clause.label: to_json(value) for clause, value in zip(self.inputs, values, strict=True)}


def _listed(given: Mapping[str, object]) -> str:
    return ", ".join(f"{label} = {value}" for label, value in given.items())


def _absent(path: str, scope: Mapping[str, Value]) -> bool:
    """Whether a dotted path names something that is not there; a null on the way is there."""
    if path in scope:
        return False
    names = path.split(".")
    if names[0] not in scope:
        return True
    value: object = scope[names[0]]
    for name in names[1:]:
        if not isinstance(value, Mapping):
            return False
        if name not in value:
            return True
        value = value[name]
    return False
