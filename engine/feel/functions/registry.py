"""Built-in functions: a signature in words, checked and converted arguments, null with a reason when they do not fit.

    @builtin("substring(string: string, start position: number, [length: number])")

`[x: t]` may be left out, `t|null` takes null, `x: t...` takes any number of arguments or one list, `a/b` either type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypeVar

from ..budget import Budget
from ..dates import Date, DateTime, Time
from ..durations import DaysTime, YearsMonths
from ..errors import FeelNull
from ..values import Function, Range, Value, kind_of, weigh

TYPES: dict[str, frozenset[type]] = {
    "number": frozenset((Decimal,)),
    "string": frozenset((str,)),
    "boolean": frozenset((bool,)),
    "list": frozenset((list,)),
    "context": frozenset((dict,)),
    "date": frozenset((Date,)),
    "time": frozenset((Time,)),
    "datetime": frozenset((DateTime,)),
    "days": frozenset((DaysTime,)),
    "months": frozenset((YearsMonths,)),
    "range": frozenset((Range,)),
    "function": frozenset((Function,)),
}
Body = TypeVar("Body", bound=Callable[..., Value])
_PARAM = re.compile(r"(\[)?([a-z][a-z0-9 A-Z]*): ([a-z/]+)(\|null)?(\.\.\.)?\]?")


class Param:
    """One parameter: its name, the kinds it takes (None takes anything, null too)."""

    __slots__ = ("accepts", "function", "many", "name", "nullable", "optional", "wanted")

    def __init__(self, text: str) -> None:
        found = _PARAM.fullmatch(text)
        if not found:
            raise ValueError(f"bad parameter {text!r}")
        self.optional, self.name, self.wanted = bool(found[1]), found[2], found[3].replace("/", " or ")
        self.nullable, self.many = bool(found[4]), bool(found[5])
        words = found[3].split("/")
        self.function = "function" in words
        self.accepts = None if "any" in words else frozenset(t for word in words for t in TYPES[word])

    def fit(self, value: Value) -> Value:
        """`value` as this parameter wants it (singleton list rules included); raises FeelNull."""
        accepts = self.accepts
        if accepts is None or type(value) in accepts or (self.function and isinstance(value, Function)):
            return value
        if value is None:
            if self.nullable:
                return None
            raise FeelNull(f"{self.name} is null")
        if type(value) is list and len(value) == 1 and type(value[0]) in accepts:
            return value[0]
        if list in accepts:
            return [value]
        raise FeelNull(f"{self.name} must be a {self.wanted}, not a {kind_of(value)}")


class Overload:
    """One signature and the Python function behind it."""

    def __init__(self, params: Sequence[Param], body: Callable[..., Value], wants_budget: bool) -> None:
        self.params = tuple(params)
        self.names = tuple(p.name for p in params)
        self.body = body
        self.wants_budget = wants_budget
        self.many = bool(params) and params[0].many
        self.least = sum(not p.optional for p in params)

    def takes(self, count: int) -> bool:
        if self.many:
            return count >= 1
        return self.least <= count <= len(self.params)

    def run(self, args: Sequence[Value], budget: Budget) -> Value:
        if self.many and (len(args) != 1 or type(args[0]) is not list):
            if len(args) == 1 and args[0] is None:
                raise FeelNull(f"{self.names[0]} is null")
            args = [list(args)]
        if self.wants_budget:
            for value in args:
                if type(value) is list or type(value) is dict:
                    budget.spend(weigh(value) >> 4)
        fitted = [param.fit(value) for param, value in zip(self.params, args, strict=False)]
        return self.body(budget, *fitted) if self.wants_budget else self.body(*fitted)

    def by_name(self, names: Sequence[str], args: Sequence[Value]) -> list[Value] | None:
        """The arguments in order, or None if the names do not fit; a gap may only be an optional parameter."""
        given = dict(zip(names, args, strict=True))
        if not set(given) <= set(self.names):
            return None
        last = max((i for i, p in enumerate(self.params) if p.name in given), default=-1)
        missing = [p for p in self.params if p.name not in given]
        if any(not p.optional for p in missing) or any(not p.nullable for p in missing if p in self.params[: last + 1]):
            return None
        return [given.get(p.name) for p in self.params[: last + 1]]


class Builtin(Function):
    """A named built-in function with all its overloads."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.overloads: list[Overload] = []

    @property
    def params(self) -> Sequence[str]:  # type: ignore[override]
        return self.overloads[0].names

    @property
    def param_types(self) -> Sequence[None]:  # type: ignore[override]
        return [None] * len(self.params)

    def accepts(self, count: int) -> bool:
        return any(o.takes(count) for o in self.overloads)

    def call(self, args: Sequence[Value], budget: Budget, warnings: list[str]) -> Value:
        return self.run(args, budget)

    def run(self, args: Sequence[Value], budget: Budget) -> Value:
        """Try the overloads that take that many arguments; the reason of the last one is the reason for null."""
        reason = f"{self.name} does not take {len(args)} arguments"
        count = len(args)
        for overload in self.overloads:
            if not overload.takes(count):
                continue
            try:
                return overload.run(args, budget)
            except FeelNull as null:
                reason = f"{self.name}: {null}"
        raise FeelNull(reason)

    def run_named(self, names: Sequence[str], args: Sequence[Value], budget: Budget) -> Value:
        reason = f"{self.name} has no parameters {', '.join(names)}"
        for overload in self.overloads:
            ordered = overload.by_name(names, args)
            if ordered is None:
                continue
            try:
                return overload.run(ordered, budget)
            except FeelNull as null:
                reason = f"{self.name}: {null}"
        raise FeelNull(reason)


BUILTINS: dict[str, Builtin] = {}


def builtin(signature: str, *, wants_budget: bool = False) -> Callable[[Body], Body]:
    """Register one signature of a built-in function."""
    name, _, rest = signature.partition("(")
    params = [Param(part) for part in rest.rstrip(")").split(", ") if part]

    def register(body: Body) -> Body:
        BUILTINS.setdefault(name, Builtin(name)).overloads.append(Overload(params, body, wants_budget))
        return body

    return register
