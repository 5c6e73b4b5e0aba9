"""FEEL numbers: decimal128 arithmetic (34 digits, half even), independent of the thread's own context.

Source: DMN 1.5, 10.3.2.3.1 (IEEE 754-2008 decimal128). NaN and infinity do not exist here: they are null.
"""

from __future__ import annotations

import decimal
from decimal import Decimal

from .errors import FeelNull

CONTEXT = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
WIDE = decimal.Context(
    prec=12400, rounding=decimal.ROUND_HALF_EVEN, Emin=-20000, Emax=20000, traps=[decimal.InvalidOperation]
)
ZERO, ONE = Decimal(0), Decimal(1)
MIN_SCALE, MAX_SCALE = -6111, 6176


def parse_number(text: str) -> Decimal | None:
    """A plain decimal literal with optional exponent, rounded to 34 digits; None if it is none or out of range."""
    if len(text) > 10_000 or "_" in text or not text.isascii():
        return None
    try:
        number = CONTEXT.create_decimal(text.strip())
    except decimal.DecimalException:
        return None
    return number if number.is_finite() else None


def round_to(number: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    """`number` at `scale` decimals (may be negative); raises FeelNull outside -6111..6176 (DMN 1.5, 10.3.4.5)."""
    places = 0 if scale is None else int(scale)
    if not MIN_SCALE <= places <= MAX_SCALE:
        raise FeelNull(f"the scale {places} is not between {MIN_SCALE} and {MAX_SCALE}")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return number
    return CONTEXT.plus(number.quantize(Decimal((0, (1,), -places)), rounding=rounding, context=WIDE))


def plain(number: Decimal) -> str:
    """The number as people write it: no exponent, no trailing zeros after the point unless they were written."""
    if number == 0:
        return "0" if number.as_tuple().exponent >= 0 else format(abs(number), "f")  # type: ignore[operator]
    return format(number, "f")
