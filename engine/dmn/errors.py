"""What a decision model can refuse: itself at reading, and a case that it does not decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

from engine import errors


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a model; row and column count from 1 in a decision table, column over inputs then outputs."""

    element_id: str
    row: int | None
    column: int | None
    message: str

    def __str__(self) -> str:
        where = "".join(f", {word} {n}" for word, n in (("row", self.row), ("column", self.column)) if n is not None)
        return f"{self.element_id}{where}: {self.message}"


class DmnModelError(errors.ModelFault):
    """The decision model cannot be read. `problems` lists everything that is wrong with it."""

    code: ClassVar[str] = "decision_model"
    http_status: ClassVar[int] = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems[:20])), problems=[asdict(p) for p in self.problems])


class DecisionAmbiguous(errors.DecisionAmbiguous):
    """Several rows of a table that allows one hold at once."""


class DecisionMissing(errors.DecisionMissing):
    """No row of the table holds for these inputs, and there is no default output."""


class DecisionInputMissing(errors.ModelFault):
    """The decision needs an input that was not given. details: decision, name."""

    code: ClassVar[str] = "decision_input_missing"


class DecisionInputInvalid(errors.ModelFault):
    """An input is not among the allowed values or not of the declared type. details: decision, name, value."""

    code: ClassVar[str] = "decision_input_invalid"
