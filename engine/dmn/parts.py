"""The elements of a decision requirement graph: input data, decisions, knowledge models, services (DMN 1.5, chapter 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from engine.feel import Budget, Function, Value, to_feel
from engine.feel.errors import FeelNull
from engine.feel.types import FeelType, coerce

from .boxed import Logic, Scope
from .errors import DecisionInputInvalid, DecisionInputMissing
from .evaluation import Run, RunBudget
from .inputs import from_json
from .table import DecisionTable

if TYPE_CHECKING:
    from .model import Model

T = TypeVar("T")


@dataclass
class InputData:
    id: str
    name: str
    type: FeelType | None

    def read(self, run: Run) -> tuple[Value, bool]:
        """(value, given)."""
        if self.name not in run.inputs:
            return None, False
        value = to_feel(run.inputs[self.name])
        if self.type is None or value is None:
            return value, True
        value, fits = coerce(from_json(value, self.type) if run.strict else value, self.type)
        if not fits:
            message = f"the input {self.name} is not a {self.type}"
            if run.strict:
                raise DecisionInputInvalid(message, name=self.name)
            run.warnings.append(message)
        return value, True


@dataclass
class Decision:
    """A decision with what it requires; `roots` are the dotted paths its logic reads."""

    id: str
    name: str
    variable: str
    type: FeelType | None
    inputs: list[tuple[str | None, InputData]] = field(default_factory=list)
    decisions: list[tuple[str | None, Decision]] = field(default_factory=list)
    knowledge: list[tuple[str | None, Knowledge | Service]] = field(default_factory=list)
    logic: Logic | None = None
    tables: list[DecisionTable] = field(default_factory=list)
    roots: set[str] = field(default_factory=set)
    model: Model = field(init=False, repr=False)

    @property
    def table(self) -> DecisionTable | None:
        """The decision table, if the logic is one."""
        return self.tables[-1] if self.tables else None

    def compute(self, run: Run) -> Value:
        if self.logic is None:
            value, given = (to_feel(run.inputs[self.name]), True) if self.name in run.inputs else (None, False)
            if not given and run.strict:
                raise DecisionInputMissing(f"the decision {self.name} has no logic and was not given", name=self.name)
            return value
        value = self.logic(self.scope(run), run)
        if self.type is None:
            return value
        value, fits = coerce(value, self.type)
        if not fits:
            run.warnings.append(f"the result of {self.name} is not a {self.type}")
        return value

    def scope(self, run: Run) -> Scope:
        """What the logic sees: its required inputs, decisions and knowledge, and inputs that the model does not draw."""
        scope: Scope = {}
        for alias, source in self.inputs:
            value, given = source.read(self.run_of(run, alias))
            if given:
                self.bind(scope, alias, source.name, value)
            elif run.strict and self.reads(source.name, alias):
                raise DecisionInputMissing(
                    f"{self.name}: the input {source.name} was not given", decision=self.id, name=source.name
                )
            else:
                self.bind(scope, alias, source.name, None)
        for alias, decision in self.decisions:
            decision.bind_result(scope, alias, self.run_of(run, alias).decide(decision))
        for alias, element in self.knowledge:
            self.bind(scope, alias, element.name, element.function)
        for root in self.undrawn:
            if root in run.inputs and root not in scope:
                scope[root] = to_feel(run.inputs[root])
        return scope

    undrawn: tuple[str, ...] = ()
    drawn_variable: bool = True

    def reads(self, name: str, alias: str | None) -> bool:
        """Whether the logic names this input; editors draw inputs whose names are labels only."""
        path = f"{alias}.{name}" if alias else name
        return any(root == path or root.startswith(f"{path}.") for root in self.roots)

    def other_names(self) -> list[str]:
        """Names under which dmn-js and Camunda Modeler know the result of a table drawn without a variable."""
        if self.drawn_variable or self.table is None:
            return []
        return [self.id, *(clause.name for clause in self.table.outputs)]

    def bind_result(self, scope: Scope, alias: str | None, value: Value) -> None:
        self.bind(scope, alias, self.variable, value)
        for name in () if alias else self.other_names():
            several = self.table is not None and len(self.table.outputs) > 1 and name != self.id
            scope.setdefault(name, value.get(name) if several and type(value) is dict else value)

    def run_of(self, run: Run, alias: str | None) -> Run:
        return run if not alias else run.imported(alias, self.model.imports[alias])

    @staticmethod
    def bind(scope: Scope, alias: str | None, name: str, value: Value) -> None:
        if not alias:
            scope[name] = value
            return
        inner = scope.setdefault(alias, {})
        if isinstance(inner, dict):
            inner[name] = value


@dataclass
class Knowledge:
    """A business knowledge model."""

    id: str
    name: str
    function: Function = field(default_factory=Function, repr=False)
    knowledge: list[tuple[str | None, Knowledge | Service]] = field(default_factory=list)
    tables: list[DecisionTable] = field(default_factory=list)


@dataclass
class Service:
    """A decision service: some decisions behind a function of its input data and input decisions."""

    id: str
    name: str
    model: Model = field(repr=False)
    type: FeelType | None
    outputs: list[Decision] = field(default_factory=list)
    encapsulated: list[Decision] = field(default_factory=list)
    input_decisions: list[Decision] = field(default_factory=list)
    input_data: list[InputData] = field(default_factory=list)
    function: Function = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.function = ServiceFunction(self)

    def run(self, given: Mapping[str, Value], parent: Run) -> Value:
        """Evaluate the output decisions on the given inputs; one output is itself, several are a context."""
        inner = parent.nested(self.model, {i.name: given[i.name] for i in self.input_data if i.name in given})
        for decision in self.input_decisions:
            inner.memo[decision.id] = given.get(decision.variable)
        values = {d.variable: inner.decide(d) for d in self.outputs}
        result = next(iter(values.values())) if len(values) == 1 else values
        if self.type is None:
            return result
        value, fits = coerce(result, self.type)
        if not fits:
            parent.warnings.append(f"the result of {self.name} is not a {self.type}")
        return value


class ServiceFunction(Function):
    """A decision service as FEEL sees it: input data first, then input decisions."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.name = service.name

    @property
    def members(self) -> list[InputData | Decision]:
        return [*self.service.input_data, *self.service.input_decisions]

    @property
    def params(self) -> Sequence[str]:  # type: ignore[override]
        return [m.name if isinstance(m, InputData) else m.variable for m in self.members]

    @property
    def param_types(self) -> Sequence[FeelType | None]:  # type: ignore[override]
        return [m.type for m in self.members]

    @property
    def result_type(self) -> FeelType | None:  # type: ignore[override]
        return self.service.type

    def call(self, args: Sequence[Value], budget: Budget, warnings: list[str]) -> Value:
        if len(args) != len(self.params):
            raise FeelNull(f"{self.name} takes {len(self.params)} arguments, not {len(args)}")
        if not isinstance(budget, RunBudget):
            raise FeelNull(f"{self.name} can only be called within a decision")
        given: dict[str, Value] = {}
        for name, wanted, value in zip(self.params, self.param_types, args, strict=True):
            given[name], fits = (value, True) if wanted is None else coerce(value, wanted)
            if not fits:
                raise FeelNull(f"{self.name}: {name} is not a {wanted}")
        budget.enter()
        try:
            return self.service.run(given, budget.run)
        finally:
            budget.leave()


class Elements(dict[str, T]):
    """Elements by id; names are looked up too."""

    def __init__(self) -> None:
        super().__init__()
        self.by_name: dict[str, T] = {}

    def add(self, identifier: str, name: str, element: T) -> None:
        self[identifier] = element
        self.by_name.setdefault(name, element)

    def __missing__(self, key: str) -> T:
        return self.by_name[key]

    def find(self, key: str) -> T | None:
        """By id, then by name."""
        return self[key] if key in self or key in self.by_name else None
