"""FEEL types: what a value is an instance of, and how it is made to conform (DMN 1.5, 10.3.2.9).

Conversions: to singleton list, from singleton list, date to date and time. What still does not conform is null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .dates import Date, DateTime
from .values import KINDS, Function, Range, Value, weigh


class FeelType:
    """Base; `Any` itself."""

    name = "Any"

    def holds(self, value: Value) -> bool:
        """`value instance of self`, for a value that is not null."""
        return True

    def admits(self, value: Value) -> bool:
        """Like holds, with the allowed values of item definitions; null is always admitted."""
        return value is None or self.holds(value)

    def __str__(self) -> str:
        return self.name


ANY = FeelType()


@dataclass(frozen=True)
class Simple(FeelType):
    name: str

    def holds(self, value: Value) -> bool:
        return KINDS.get(type(value)) == self.name

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class ListOf(FeelType):
    item: FeelType = ANY

    def holds(self, value: Value) -> bool:
        return type(value) is list and all(instance_of(v, self.item) or (v is None and self.item is ANY) for v in value)

    def admits(self, value: Value) -> bool:
        return value is None or (type(value) is list and all(self.item.admits(v) for v in value))

    def __str__(self) -> str:
        return f"list<{self.item}>"


@dataclass(frozen=True)
class ContextOf(FeelType):
    entries: Mapping[str, FeelType] = field(default_factory=dict, hash=False)

    def holds(self, value: Value) -> bool:
        return type(value) is dict and all(
            key in value and self._entry(value[key], t) for key, t in self.entries.items()
        )

    @staticmethod
    def _entry(value: Value, wanted: FeelType) -> bool:
        return value is None or instance_of(value, wanted)

    def admits(self, value: Value) -> bool:
        return value is None or (
            type(value) is dict and all(key in value and t.admits(value[key]) for key, t in self.entries.items())
        )

    def __str__(self) -> str:
        return "context<" + ", ".join(f"{k}: {t}" for k, t in self.entries.items()) + ">"


@dataclass(frozen=True)
class RangeOf(FeelType):
    end: FeelType = ANY

    def holds(self, value: Value) -> bool:
        return isinstance(value, Range) and all(
            instance_of(v, self.end) for v in (value.low, value.high) if v is not None
        )

    def __str__(self) -> str:
        return f"range<{self.end}>"


@dataclass(frozen=True)
class FunctionOf(FeelType):
    params: Sequence[FeelType] = ()
    result: FeelType = ANY

    def holds(self, value: Value) -> bool:
        """Parameters and result that the function does not declare are taken on trust."""
        if not isinstance(value, Function) or not value.accepts(len(self.params)):
            return False
        contra = all(
            theirs is None or conforms(mine, theirs)
            for mine, theirs in zip(self.params, value.param_types, strict=False)
        )
        return contra and (value.result_type is None or conforms(value.result_type, self.result))

    def __str__(self) -> str:
        return "function<" + ", ".join(map(str, self.params)) + f"> -> {self.result}"


@dataclass(frozen=True)
class Allowed(FeelType):
    """A type with allowed values; `test` answers True, False or None. `instance of` does not look at them."""

    base: FeelType = ANY
    test: Callable[[Value], bool | None] = field(default=lambda _: True, hash=False)
    text: str = ""

    def holds(self, value: Value) -> bool:
        return self.base.holds(value)

    def admits(self, value: Value) -> bool:
        return value is None or (self.base.admits(value) and self.test(value) is True)

    def __str__(self) -> str:
        return f"{self.base} ({self.text})"


NUMBER, STRING, BOOLEAN = Simple("number"), Simple("string"), Simple("boolean")
DATE, TIME, DATE_TIME = Simple("date"), Simple("time"), Simple("date and time")
DAYS_TIME, YEARS_MONTHS = Simple("days and time duration"), Simple("years and months duration")
BUILTIN: Mapping[str, FeelType] = {
    "Any": ANY,
    "number": NUMBER,
    "string": STRING,
    "boolean": BOOLEAN,
    "date": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
    "dateTime": DATE_TIME,
    "days and time duration": DAYS_TIME,
    "dayTimeDuration": DAYS_TIME,
    "years and months duration": YEARS_MONTHS,
    "yearMonthDuration": YEARS_MONTHS,
    "list": ListOf(ANY),
    "context": ContextOf({}),
    "range": RangeOf(ANY),
    "Null": Simple("null"),
}


def instance_of(value: Value, wanted: FeelType) -> bool:
    """null is an instance of nothing (DMN 1.5, table 55)."""
    return value is not None and wanted.holds(value)


def base_of(feel_type: FeelType) -> FeelType:
    """The type without its allowed values."""
    while isinstance(feel_type, Allowed):
        feel_type = feel_type.base
    return feel_type


def conforms(sub: FeelType, sup: FeelType) -> bool:
    """Static conformance, DMN 1.5, 10.3.2.9.2."""
    sub, sup = base_of(sub), base_of(sup)
    if sup is ANY or sub == sup:
        return True
    if isinstance(sub, ListOf) and isinstance(sup, ListOf):
        return conforms(sub.item, sup.item)
    if isinstance(sub, ContextOf) and isinstance(sup, ContextOf):
        return all(key in sub.entries and conforms(sub.entries[key], t) for key, t in sup.entries.items())
    if isinstance(sub, RangeOf) and isinstance(sup, RangeOf):
        return conforms(sub.end, sup.end)
    if isinstance(sub, FunctionOf) and isinstance(sup, FunctionOf):
        same = len(sub.params) == len(sup.params)
        return same and all(map(conforms, sup.params, sub.params)) and conforms(sub.result, sup.result)
    return False


def coerce(value: Value, wanted: FeelType) -> tuple[Value, bool]:
    """(value as `wanted`, True), or (None, False) if it cannot be."""
    if value is None or wanted is ANY:
        return value, True
    if type(value) is list or type(value) is dict:
        weigh(value)
    if wanted.admits(value):
        return value, True
    base = base_of(wanted)
    if isinstance(base, ListOf):
        return _to_list(value, wanted, base)
    if type(value) is list and len(value) == 1:
        return coerce_element(value[0], wanted)
    if base == DATE_TIME and isinstance(value, Date):
        moment = DateTime(value, 0, 0)
        return (moment, True) if wanted.admits(moment) else (None, False)
    return None, False


def _to_list(value: Value, wanted: FeelType, base: ListOf) -> tuple[Value, bool]:
    items = value if type(value) is list else [value]
    coerced = [coerce_element(v, base.item) for v in items]
    result = [v for v, _ in coerced]
    return (result, True) if all(ok for _, ok in coerced) and wanted.admits(result) else (None, False)


def coerce_element(value: Value, wanted: FeelType) -> tuple[Value, bool]:
    """Elements are converted from date to date and time only, never unwrapped."""
    if wanted.admits(value):
        return value, True
    if base_of(wanted) == DATE_TIME and isinstance(value, Date):
        return DateTime(value, 0, 0), True
    return None, False
