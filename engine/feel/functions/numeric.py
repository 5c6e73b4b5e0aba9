"""Numeric functions (DMN 1.5, 10.3.4.5), boolean not (10.3.4.2) and is (10.3.4.11)."""

from __future__ import annotations

import decimal
from decimal import Decimal

from ..durations import DaysTime, YearsMonths
from ..errors import FeelNull
from ..numbers import CONTEXT, ZERO, round_to
from ..values import Value, is_same
from .registry import builtin

_ROUNDINGS = {
    "round up": decimal.ROUND_UP,
    "round down": decimal.ROUND_DOWN,
    "round half up": decimal.ROUND_HALF_UP,
    "round half down": decimal.ROUND_HALF_DOWN,
}


@builtin("not(negand: any)")
def negation(value: Value) -> Value:
    if isinstance(value, bool):
        return not value
    raise FeelNull("negand is not a boolean")


@builtin("is(value1: any, [value2: any|null])")
def same(value1: Value, value2: Value = None) -> bool:
    return is_same(value1, value2)


@builtin("is(value2: any)")
def same_as_nothing(value2: Value) -> bool:
    return value2 is None


@builtin("abs(n: number/days/months)")
def absolute(n: Decimal | DaysTime | YearsMonths) -> Value:
    if isinstance(n, Decimal):
        return abs(n)
    return DaysTime(abs(n.ns)) if isinstance(n, DaysTime) else YearsMonths(abs(n.months))


@builtin("decimal(n: number, scale: number)")
def to_scale(n: Decimal, scale: Decimal) -> Decimal:
    return round_to(n, scale, decimal.ROUND_HALF_EVEN)


@builtin("floor(n: number)")
@builtin("floor(n: number, scale: number)")
def floor(n: Decimal, scale: Decimal | None = None) -> Decimal:
    return round_to(n, scale, decimal.ROUND_FLOOR)


@builtin("ceiling(n: number)")
@builtin("ceiling(n: number, scale: number)")
def ceiling(n: Decimal, scale: Decimal | None = None) -> Decimal:
    return round_to(n, scale, decimal.ROUND_CEILING)


def _rounder(name: str, rounding: str) -> None:
    @builtin(f"{name}(n: number, scale: number)")
    def round_it(n: Decimal, scale: Decimal) -> Decimal:
        return round_to(n, scale, rounding)


for _name, _rounding in _ROUNDINGS.items():
    _rounder(_name, _rounding)


@builtin("modulo(dividend: number, divisor: number)")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """dividend - divisor * floor(dividend / divisor): the sign of the divisor."""
    if divisor == 0:
        raise FeelNull("the divisor is 0")
    rest = CONTEXT.remainder(dividend, divisor)
    return CONTEXT.add(rest, divisor) if rest != 0 and (rest < 0) != (divisor < 0) else rest


@builtin("sqrt(number: number)")
def sqrt(number: Decimal) -> Decimal:
    if number < 0:
        raise FeelNull("the number is negative")
    return CONTEXT.sqrt(number)


@builtin("log(number: number)")
def log(number: Decimal) -> Decimal:
    if number <= 0:
        raise FeelNull("the number is not positive")
    return CONTEXT.ln(number)


@builtin("exp(number: number)")
def exp(number: Decimal) -> Decimal:
    return CONTEXT.exp(number)


def _is_integer(number: Decimal) -> bool:
    return number == number.to_integral_value()


@builtin("odd(number: number)")
def odd(number: Decimal) -> bool:
    return (
        _is_integer(number) and CONTEXT.remainder(number, Decimal(2)) != ZERO
        if abs(number) < Decimal("1e33")
        else False
    )


@builtin("even(number: number)")
def even(number: Decimal) -> bool:
    return _is_integer(number) and (abs(number) >= Decimal("1e34") or CONTEXT.remainder(number, Decimal(2)) == ZERO)
