"""FEEL, the expression language of DMN and of our diagrams: compile once, run often, within a budget.

    compile_expression("a + b", names=("a", "b"))({"a": 1, "b": 2})   ->  Decimal("3")
    compile_unary_tests("[15..30)")(Decimal(20), {})                  ->  True

Runs no Python and reaches nothing outside the scope it is given; imports nothing of ours outside this package.
Source: DMN 1.5 (OMG formal/2024-01-01), chapter 10; measured on the DMN TCK.
"""

from __future__ import annotations

from .budget import Budget
from .convert import text_of, to_feel, to_json
from .dates import Date, DateTime, Time
from .durations import DaysTime, YearsMonths
from .errors import FeelBudgetExceeded, FeelError, FeelSyntaxError
from .expression import Expression, UnaryTests, compile_expression, compile_unary_tests, literal_range
from .functions import BUILTINS
from .functions.temporal import CLOCK
from .values import Function, Range, Value, kind_of

BUILTIN_NAMES = tuple(sorted(BUILTINS))

__all__ = [
    "BUILTIN_NAMES",
    "CLOCK",
    "Budget",
    "Date",
    "DateTime",
    "DaysTime",
    "Expression",
    "FeelBudgetExceeded",
    "FeelError",
    "FeelSyntaxError",
    "Function",
    "Range",
    "Time",
    "UnaryTests",
    "Value",
    "YearsMonths",
    "compile_expression",
    "compile_unary_tests",
    "kind_of",
    "literal_range",
    "text_of",
    "to_feel",
    "to_json",
]
