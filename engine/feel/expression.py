"""Compiled FEEL: an expression or a cell, parsed and compiled once and cached by text, names and types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from . import nodes as n
from .budget import Budget
from .compiler import Compiler, Locals
from .errors import FeelBudgetExceeded, FeelSyntaxError
from .frame import Frame
from .functions import BUILTINS
from .names import NameTable
from .parser import Parser
from .references import free_paths
from .runtime import Code
from .types import FeelType
from .values import Range, Value

_BUILTIN_NAMES = NameTable(BUILTINS)
NO_TYPES: Mapping[str, FeelType] = {}
TOO_DEEP = "the expression nests or recurses too deeply"


class Expression:
    """A FEEL expression. Call it with a scope; `references` are the dotted paths it reads from the scope."""

    __slots__ = ("code", "node", "references", "size", "text")

    def __init__(self, text: str, names: Iterable[str], types: Mapping[str, FeelType], trusted: bool) -> None:
        declared = tuple(names)
        self.text = text
        try:
            self.node: n.Node = Parser(text, NameTable(declared), _BUILTIN_NAMES, types).expression()
            compiler = Compiler(frozenset(declared), trusted)
            self.code: Code = compiler.compile(self.node, None)
            self.references: frozenset[str] = frozenset(free_paths(self.node))
        except RecursionError:
            raise FeelSyntaxError(1, 1, TOO_DEEP) from None
        self.size = compiler.size

    def __call__(self, scope: Mapping[str, object], budget: Budget | None = None) -> Value:
        """The value, null included; raises FeelBudgetExceeded."""
        return self.run(scope, budget, [])

    def run(self, scope: Mapping[str, object], budget: Budget | None, warnings: list[str]) -> Value:
        """Like calling, with the reasons for nulls added to `warnings`."""
        try:
            return self.code(Frame(scope, self.size, budget, warnings))
        except RecursionError:
            raise FeelBudgetExceeded("depth", TOO_DEEP) from None

    def evaluate(self, scope: Mapping[str, object], budget: Budget | None = None) -> tuple[Value, list[str]]:
        """(value, warnings): a warning says why something became null."""
        warnings: list[str] = []
        return self.run(scope, budget, warnings), warnings

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class UnaryTests:
    """A decision table cell. Call it with the input value and a scope; None means that it could not be told."""

    __slots__ = ("code", "node", "references", "size", "text")

    def __init__(self, text: str, names: Iterable[str], types: Mapping[str, FeelType], trusted: bool) -> None:
        declared = tuple(names)
        self.text = text
        try:
            self.node = self._parse(text, declared, types)
            compiler = Compiler(frozenset(declared), trusted)
            compiler.slot()
            self.code: Code = compiler.compile(self.node, Locals(None, {"?": 0}))
            self.references: frozenset[str] = frozenset(free_paths(self.node, frozenset("?")))
        except RecursionError:
            raise FeelSyntaxError(1, 1, TOO_DEEP) from None
        self.size = compiler.size

    @staticmethod
    def _parse(text: str, names: tuple[str, ...], types: Mapping[str, FeelType]) -> n.Tests:
        if not text.strip():
            return n.Tests(0, (), False, True)
        return Parser(text, NameTable(names), _BUILTIN_NAMES, types).unary_tests()

    def __call__(
        self,
        value: Value,
        scope: Mapping[str, object],
        budget: Budget | None = None,
        warnings: list[str] | None = None,
    ) -> bool | None:
        frame = Frame(scope, self.size, budget, [] if warnings is None else warnings)
        frame.vars[0] = value
        try:
            answer = self.code(frame)
        except RecursionError:
            raise FeelBudgetExceeded("depth", TOO_DEEP) from None
        return answer if isinstance(answer, bool) else None

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"


@lru_cache(maxsize=8192)
def _expression(text: str, names: tuple[str, ...]) -> Expression:
    return Expression(text, names, NO_TYPES, False)


@lru_cache(maxsize=8192)
def _unary_tests(text: str, names: tuple[str, ...]) -> UnaryTests:
    return UnaryTests(text, names, NO_TYPES, False)


def compile_expression(text: str, names: Iterable[str] = ()) -> Expression:
    """Compile FEEL; `names` are the variables in scope, needed for names with operators or keywords in them.

    Raises FeelSyntaxError with line, column and a sentence. Compiled once for each text and names.
    """
    return _expression(text, tuple(sorted(set(names))))


def compile_unary_tests(text: str, names: Iterable[str] = ()) -> UnaryTests:
    """Compile a cell such as `[15..30), > 60`, `not("a")`, `-` or `? > limit`. Raises FeelSyntaxError."""
    return _unary_tests(text, tuple(sorted(set(names))))


def literal_range(text: str) -> Range:
    """The range that a text spells with literal ends only; raises FeelSyntaxError."""
    expression = compile_expression(text)
    node = expression.node
    if not isinstance(node, n.RangeOfNodes) or not (_is_literal(node.low) and _is_literal(node.high)):
        raise FeelSyntaxError(1, 1, "a range with literal ends is expected")
    value = expression({})
    if not isinstance(value, Range) or value.low is None or value.high is None:
        raise FeelSyntaxError(1, 1, "the ends of the range are not values of one kind")
    return value


def _is_literal(node: n.Node) -> bool:
    if isinstance(node, n.Literal):
        return True
    if isinstance(node, n.Negate):
        return _is_literal(node.operand)
    constructors = ("date", "time", "date and time", "duration")
    return (
        isinstance(node, n.Call)
        and isinstance(node.function, n.Name)
        and node.function.name in constructors
        and all(isinstance(arg, n.Literal) for arg in node.args)
    )
