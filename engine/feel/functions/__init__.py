"""The built-in functions of FEEL, one module a family; importing the package registers them all."""

from . import contexts, conversion, lists, numeric, ranges, strings, temporal
from .registry import BUILTINS, Builtin

__all__ = ["BUILTINS", "Builtin", "contexts", "conversion", "lists", "numeric", "ranges", "strings", "temporal"]
