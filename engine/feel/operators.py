"""Arithmetic, comparison and membership on FEEL values; what has no meaning raises FeelNull with the reason.

Source: DMN 1.5, tables 55 to 60 (semantics of addition, subtraction, multiplication, division, exponentiation).
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal

from .dates import Date, DateTime, Time
from .durations import DAY_NS, NS, DaysTime, YearsMonths
from .errors import FeelNull
from .numbers import CONTEXT
from .values import Range, Value, compare, equal, kind_of

CALENDAR_ERRORS = (OverflowError, ValueError)


def nonsense(op: str, a: Value, b: Value) -> FeelNull:
    return FeelNull(f"{kind_of(a)} {op} {kind_of(b)} has no meaning")


def moment(value: Value) -> DateTime | None:
    """A date as its midnight in UTC, a date and time as it is."""
    if isinstance(value, Date):
        return DateTime(value, 0, 0)
    return value if isinstance(value, DateTime) else None


def _shift(value: Value, duration: DaysTime | YearsMonths, sign: int) -> Value:
    if isinstance(duration, YearsMonths):
        if isinstance(value, Date):
            return value.plus_months(sign * duration.months)
        if isinstance(value, DateTime):
            return DateTime(value.date.plus_months(sign * duration.months), value.ns, value.offset, value.zone)
        return None
    if isinstance(value, Date):
        return Date.from_ordinal(value.ordinal() + sign * duration.ns // DAY_NS)
    if isinstance(value, DateTime):
        return value.plus_ns(sign * duration.ns)
    if isinstance(value, Time):
        return Time((value.ns + sign * duration.ns) % DAY_NS, value.offset, value.zone)
    return None


def add(a: Value, b: Value) -> Value:
    if type(a) is Decimal and type(b) is Decimal:
        return CONTEXT.add(a, b)
    if type(a) is str and type(b) is str:
        return a + b
    if type(a) is type(b) and isinstance(a, (DaysTime, YearsMonths)):
        return DaysTime(a.ns + b.ns) if isinstance(a, DaysTime) else YearsMonths(a.months + b.months)  # type: ignore[attr-defined]
    result: Value = None
    if isinstance(b, (DaysTime, YearsMonths)):
        result = _shift(a, b, 1)
    elif isinstance(a, (DaysTime, YearsMonths)):
        result = _shift(b, a, 1)
    if result is None:
        raise nonsense("+", a, b)
    return result


def subtract(a: Value, b: Value) -> Value:
    if type(a) is Decimal and type(b) is Decimal:
        return CONTEXT.subtract(a, b)
    if type(a) is type(b) and isinstance(a, (DaysTime, YearsMonths)):
        return DaysTime(a.ns - b.ns) if isinstance(a, DaysTime) else YearsMonths(a.months - b.months)  # type: ignore[attr-defined]
    if isinstance(b, (DaysTime, YearsMonths)):
        result = _shift(a, b, -1)
        if result is not None:
            return result
    if isinstance(a, Time) and isinstance(b, Time):
        return _difference("times", a.key(), b.key())
    first, last = moment(a), moment(b)
    if first is None or last is None:
        raise nonsense("-", a, b)
    return _difference("dates", first.key(), last.key())


def _difference(what: str, a: tuple[bool, int], b: tuple[bool, int]) -> DaysTime:
    if a[0] != b[0]:
        raise FeelNull(f"only one of the two {what} has a time zone")
    return DaysTime(a[1] - b[1])


def _scaled(duration: Value, factor: Callable[[Decimal], Decimal]) -> Value:
    if isinstance(duration, DaysTime):
        return DaysTime(int(factor(Decimal(duration.ns))))
    return YearsMonths(int(factor(Decimal(duration.months))))  # type: ignore[attr-defined]


def multiply(a: Value, b: Value) -> Value:
    if type(a) is Decimal and type(b) is Decimal:
        return CONTEXT.multiply(a, b)
    if type(a) is Decimal and isinstance(b, (DaysTime, YearsMonths)):
        a, b = b, a
    if isinstance(a, (DaysTime, YearsMonths)) and type(b) is Decimal:
        number = b
        return _scaled(a, lambda size: CONTEXT.multiply(size, number))
    raise nonsense("*", a, b)


def divide(a: Value, b: Value) -> Value:
    if type(b) is Decimal and not b and (type(a) is Decimal or isinstance(a, (DaysTime, YearsMonths))):
        raise FeelNull("division by 0")
    if type(a) is Decimal and type(b) is Decimal:
        return CONTEXT.divide(a, b)
    if isinstance(a, (DaysTime, YearsMonths)):
        if type(b) is Decimal:
            number = b
            return _scaled(a, lambda size: CONTEXT.divide(size, number))
        if type(a) is type(b):
            return _ratio(a, b)
    raise nonsense("/", a, b)


def _ratio(a: Value, b: Value) -> Decimal:
    top, bottom = (a.ns, b.ns) if isinstance(a, DaysTime) else (a.months, b.months)  # type: ignore[attr-defined]
    if bottom == 0:
        raise FeelNull("division by a duration of 0")
    return CONTEXT.divide(Decimal(top), Decimal(bottom))


def power(a: Value, b: Value) -> Value:
    if type(a) is not Decimal or type(b) is not Decimal:
        raise nonsense("**", a, b)
    if abs(b) > 100_000:
        raise FeelNull("the exponent is too large")
    return CONTEXT.power(a, b)


def negate(a: Value) -> Value:
    if type(a) is Decimal:
        return CONTEXT.minus(a)
    if isinstance(a, DaysTime):
        return DaysTime(-a.ns)
    if isinstance(a, YearsMonths):
        return YearsMonths(-a.months)
    raise FeelNull(f"-{kind_of(a)} has no meaning")


OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}


def arithmetic(op: str, a: Value, b: Value) -> Value:
    """Apply an operator; every failure is a FeelNull."""
    try:
        return OPERATORS[op](a, b)
    except decimal.DecimalException as error:
        raise FeelNull(f"the result of {op} is out of range") from error
    except CALENDAR_ERRORS as error:
        raise FeelNull(str(error)) from error


def ordered(op: str, a: Value, b: Value) -> bool | None:
    order = compare(a, b)
    if order is None:
        return None
    if op == "<":
        return order < 0
    if op == "<=":
        return order <= 0
    return order > 0 if op == ">" else order >= 0


def contained(value: Value, test: Value) -> bool | None:
    """`value in test` where test is a value: an equal value, a list with one, or a range around it."""
    if isinstance(test, Range):
        if isinstance(value, Range):
            return equal(value, test)
        return test.contains(value)
    if type(test) is list:
        if equal(value, test) is True:
            return True
        unknown = False
        for item in test:
            found = (
                item.contains(value) if isinstance(item, Range) and not isinstance(value, Range) else equal(value, item)
            )
            if found is True:
                return True
            unknown = unknown or (found is None and item is not None and value is not None and isinstance(item, Range))
        return None if unknown else False
    return equal(value, test)


def property_of(value: Value, name: str) -> Value:
    """`value.name` for everything but contexts and lists; raises FeelNull if there is no such property."""
    reader = PROPERTIES.get(type(value), {}).get(name)
    if reader is None:
        raise FeelNull(f"a {kind_of(value)} has no {name!r}")
    return reader(value)


def _offset(value: Value) -> Value:
    offset = value.offset_s  # type: ignore[attr-defined]
    return None if offset is None else DaysTime(offset * NS)


def _seconds(ns: int) -> Decimal:
    return Decimal(ns // NS) if ns % NS == 0 else Decimal(ns) / NS


_CLOCK: dict[str, Callable[..., Value]] = {
    "hour": lambda t: Decimal(t.ns // (3600 * NS)),
    "minute": lambda t: Decimal(t.ns // (60 * NS) % 60),
    "second": lambda t: _seconds(t.ns % (60 * NS)),
    "time offset": _offset,
    "timezone": lambda t: t.zone,
}
_DAY: dict[str, Callable[..., Value]] = {
    "year": lambda d: Decimal(d.year),
    "month": lambda d: Decimal(d.month),
    "day": lambda d: Decimal(d.day),
    "weekday": lambda d: Decimal(d.weekday),
}


def _sign(n: int) -> int:
    return -1 if n < 0 else 1


PROPERTIES: dict[type, dict[str, Callable[..., Value]]] = {
    Date: _DAY,
    Time: _CLOCK,
    DateTime: {**{key: (lambda d, read=read: read(d.date)) for key, read in _DAY.items()}, **_CLOCK},
    DaysTime: {
        "days": lambda d: Decimal(_sign(d.ns) * (abs(d.ns) // DAY_NS)),
        "hours": lambda d: Decimal(_sign(d.ns) * (abs(d.ns) // (3600 * NS) % 24)),
        "minutes": lambda d: Decimal(_sign(d.ns) * (abs(d.ns) // (60 * NS) % 60)),
        "seconds": lambda d: _sign(d.ns) * _seconds(abs(d.ns) % (60 * NS)),
    },
    YearsMonths: {
        "years": lambda d: Decimal(_sign(d.months) * (abs(d.months) // 12)),
        "months": lambda d: Decimal(_sign(d.months) * (abs(d.months) % 12)),
    },
    Range: {
        "start": lambda r: r.low if r.op != "!=" else None,
        "end": lambda r: r.high if r.op != "!=" else None,
        "start included": lambda r: r.low_closed,
        "end included": lambda r: r.high_closed,
    },
}
