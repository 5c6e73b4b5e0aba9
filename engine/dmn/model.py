"""A decision model: its elements, what is wrong with it, and the evaluation of a decision or a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.feel import Budget, FeelBudgetExceeded, Value, to_feel
from engine.feel.errors import FeelNull
from engine.feel.types import FeelType

from .errors import Problem
from .evaluation import Evaluation, Run
from .parts import Decision, Elements, InputData, Knowledge, Service
from .table import DecisionTable


@dataclass
class Model:
    """A model that was read without problems; `warnings` are what a check may want to show."""

    id: str
    name: str
    namespace: str
    decisions: Elements[Decision] = field(default_factory=Elements)
    services: Elements[Service] = field(default_factory=Elements)
    bkms: Elements[Knowledge] = field(default_factory=Elements)
    input_data: Elements[InputData] = field(default_factory=Elements)
    types: dict[str, FeelType] = field(default_factory=dict)
    imports: dict[str, Model] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    def problems(self) -> tuple[Problem, ...]:
        """What is doubtful though not refused, such as a decision without logic."""
        return tuple(self.notes)

    def tables(self) -> Iterator[DecisionTable]:
        """All decision tables, in document order."""
        for decision in self.decisions.values():
            yield from decision.tables
        for bkm in self.bkms.values():
            yield from bkm.tables

    def evaluate(
        self,
        reference: str,
        inputs: Mapping[str, object],
        *,
        strict: bool = True,
        budget: Budget | None = None,
    ) -> Evaluation:
        """Evaluate a decision (or a service) by id or name on JSON, Python or FEEL inputs.

        Strict: DecisionAmbiguous, DecisionMissing, DecisionInputMissing, DecisionInputInvalid; otherwise null with a
        warning, as the standard has it. Raises KeyError for an unknown reference, FeelBudgetExceeded when it costs too much.
        """
        run = Run.start(self, inputs, strict, budget)
        decision = self.decisions.find(reference)
        if decision is None:
            return self.evaluate_service(reference, run)
        try:
            value = run.decide(decision)
        except RecursionError:
            raise FeelBudgetExceeded("depth", "the decisions nest too deeply") from None
        names = (
            {d.id: d.variable for d in self.decisions.values()}
            if len(run.memo) > 1
            else {decision.id: decision.variable}
        )
        decided = {names[key]: found for key, found in run.memo.items()}
        return finished(value, decision.variable, decided, run)

    def evaluate_service(self, reference: str, run: Run) -> Evaluation:
        service = self.services[reference]
        function = service.function
        given = {name: to_feel(run.inputs[name]) for name in function.params if name in run.inputs}
        try:
            value = function.call([given.get(name) for name in function.params], run.budget, run.warnings)
        except FeelNull as null:
            run.warnings.append(str(null))
            value = None
        return finished(value, service.name, {service.name: value}, run)


def finished(value: Value, name: str, decided: Mapping[str, Value], run: Run) -> Evaluation:
    outputs = value if type(value) is dict else {name: value}
    return Evaluation(value, outputs, decided, tuple(run.warnings), tuple(run.tables))
