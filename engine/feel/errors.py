"""What FEEL can refuse: text that does not parse, and evaluations that cost too much.

Everything else is not an error in FEEL: it is null with a reason in the warnings (DMN 1.5, 10.3.2.13).
"""

from __future__ import annotations


class FeelError(Exception):
    """Base of everything that this package raises."""

    code = "feel_error"


class FeelSyntaxError(FeelError):
    """The text is not FEEL; line and column count from 1."""

    code = "feel_syntax"

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(line, column, message)
        self.line = line
        self.column = column
        self.message = message

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


class FeelBudgetExceeded(FeelError):
    """The evaluation was cut: it asked for more steps, depth, list items, text or time than it was given."""

    code = "feel_budget"

    def __init__(self, limit: str, message: str) -> None:
        super().__init__(limit, message)
        self.limit = limit
        self.message = message

    def __str__(self) -> str:
        return self.message


class FeelNull(Exception):
    """Raised inside a built-in function to answer null with a reason; never leaves the package."""
