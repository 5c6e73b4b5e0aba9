"""What an expression carries while it runs: the scope, its local variables, its budget and its warnings."""

from __future__ import annotations

from collections.abc import Mapping

from .budget import Budget
from .values import Value


class Frame:
    """One evaluation. `vars` holds the local variables by slot; a lambda keeps a copy of it."""

    __slots__ = ("_budget", "scope", "vars", "warnings")

    def __init__(self, scope: Mapping[str, Value], size: int, budget: Budget | None, warnings: list[str]) -> None:
        self.scope = scope
        self.vars: list[Value] = [None] * size
        self._budget = budget
        self.warnings = warnings

    @property
    def budget(self) -> Budget:
        if self._budget is None:
            self._budget = Budget()
        return self._budget

    def warn(self, reason: str) -> None:
        """Say why something became null; only the first reasons are kept."""
        if len(self.warnings) < 50:
            self.warnings.append(reason)

    def child(self) -> Frame:
        """The frame of a lambda's body: own variables, the rest shared."""
        other = Frame(self.scope, 0, self.budget, self.warnings)
        other.vars = self.vars.copy()
        return other
