"""One evaluation of a model: its inputs, what was computed on the way, and the record for the auditor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.feel import Budget, Value

if TYPE_CHECKING:
    from .model import Model
    from .parts import Decision


@dataclass(frozen=True, slots=True)
class TableTrace:
    """One decision table that was used: what it saw, which rows fired (from 1), what it gave."""

    decision_id: str
    decision_name: str
    hit_policy: str
    input_values: tuple[Value, ...]
    matched_rows: tuple[int, ...]
    matched_rule_ids: tuple[str, ...]
    output: Value


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answer: `value`, the same by output name, all decisions on the way by name, tables in dependency order."""

    value: Value
    outputs: Mapping[str, Value]
    decisions: Mapping[str, Value]
    warnings: tuple[str, ...]
    tables: tuple[TableTrace, ...] = field(default=())


class RunBudget(Budget):
    """A budget that knows its run, so that functions called from FEEL find tables, warnings and strictness."""

    __slots__ = ("run",)

    run: Run


class Run:
    """The state of one evaluation of one model."""

    __slots__ = ("budget", "children", "inputs", "memo", "model", "strict", "tables", "warnings")

    def __init__(self, model: Model, inputs: Mapping[str, object], strict: bool, budget: RunBudget) -> None:
        self.model = model
        self.inputs = inputs
        self.strict = strict
        self.budget = budget
        self.warnings: list[str] = []
        self.tables: list[TableTrace] = []
        self.memo: dict[str, Value] = {}
        self.children: dict[str, Run] = {}

    @classmethod
    def start(cls, model: Model, inputs: Mapping[str, object], strict: bool, limits: Budget | None) -> Run:
        if limits is None:
            budget = RunBudget()
        else:
            budget = RunBudget(limits.max_steps, limits.max_list, limits.max_depth, limits.max_seconds, limits.max_text)
        run = cls(model, inputs, strict, budget)
        budget.run = run
        return run

    def nested(self, model: Model, inputs: Mapping[str, object]) -> Run:
        """A run of another model or a service: own inputs and results, same budget and records."""
        run = Run(model, inputs, self.strict, self.budget)
        run.warnings, run.tables = self.warnings, self.tables
        return run

    def imported(self, alias: str, model: Model) -> Run:
        """The run of an imported model: its inputs stand under its alias, else beside ours."""
        run = self.children.get(alias)
        if run is None:
            own = self.inputs.get(alias) if alias in self.inputs else None
            run = self.children[alias] = self.nested(model, own if isinstance(own, Mapping) else self.inputs)
        return run

    def decide(self, decision: Decision) -> Value:
        """The value of a decision of this run's model, computed at most once."""
        key = decision.id
        if key in self.memo:
            return self.memo[key]
        value = self.memo[key] = decision.compute(self)
        return value
