"""Which trees are constants, and their values: literals, signed numbers and temporal constructors on literals."""

from __future__ import annotations

from . import nodes as n
from .errors import FeelNull
from .operators import negate
from .values import Value

_CONSTRUCTORS = ("date", "time", "date and time", "duration")


def literal_value(node: n.Node, otherwise: Value) -> Value:
    """The constant that the tree spells, else `otherwise`."""
    if isinstance(node, n.Literal):
        return otherwise if node.note else node.value
    if isinstance(node, n.Negate):
        value = literal_value(node.operand, otherwise)
        try:
            return otherwise if value is otherwise else negate(value)
        except FeelNull:
            return otherwise
    if isinstance(node, n.Call) and isinstance(node.function, n.Name) and node.function.name in _CONSTRUCTORS:
        return _constructed(node, node.function.name, otherwise)
    return otherwise


def _constructed(node: n.Call, name: str, otherwise: Value) -> Value:
    from .budget import Budget
    from .functions import BUILTINS

    if not all(isinstance(arg, n.Literal) for arg in node.args) or node.names is not None:
        return otherwise
    try:
        return BUILTINS[name].run([arg.value for arg in node.args], Budget())  # type: ignore[attr-defined]
    except (FeelNull, ValueError, OverflowError):
        return otherwise


__all__ = ["literal_value"]
