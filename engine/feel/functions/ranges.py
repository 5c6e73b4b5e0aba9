"""Range functions: before, after, meets ... on points and ranges (DMN 1.5, 10.3.4.8, table 78)."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import FeelNull
from ..values import Range, Value, compare, equal, kind_of
from .registry import builtin


def _order(a: Value, b: Value) -> int:
    order = compare(a, b)
    if order is None:
        raise FeelNull(f"a {kind_of(a)} does not compare with a {kind_of(b)}")
    return order


def _range(value: Value) -> Range:
    if not isinstance(value, Range):
        raise FeelNull("a range is needed")
    if value.op == "!=":
        raise FeelNull("a != range has no ends")
    return value


def _low(a: Range, b: Range) -> int:
    """Order of the two starts; an open start lies behind a closed one, no start before everything."""
    if a.low is None or b.low is None:
        return (a.low is not None) - (b.low is not None)
    return _order(a.low, b.low) or (b.low_closed - a.low_closed)


def _high(a: Range, b: Range) -> int:
    if a.high is None or b.high is None:
        return (b.high is not None) - (a.high is not None)
    return _order(a.high, b.high) or (a.high_closed - b.high_closed)


def _gap(a: Range, b: Range) -> int:
    """End of a against start of b: -1 a ends before b starts, 0 they share just a point, 1 they share more."""
    if a.high is None or b.low is None:
        return 1
    order = _order(a.high, b.low)
    return order if order else (0 if a.high_closed and b.low_closed else -1)


def _point_low(point: Value, r: Range) -> int:
    """-1 the point lies before the range's first point, 0 it is the first, 1 behind it."""
    if r.low is None:
        return 1
    order = _order(point, r.low)
    return order if order else (0 if r.low_closed else -1)


def _point_high(point: Value, r: Range) -> int:
    if r.high is None:
        return -1
    order = _order(point, r.high)
    return order if order else (0 if r.high_closed else 1)


def before(a: Value, b: Value) -> bool:
    if isinstance(a, Range):
        return _gap(a, b) < 0 if isinstance(b, Range) else _point_high(b, _range(a)) > 0
    return _point_low(a, b) < 0 if isinstance(b, Range) else _order(a, b) < 0


def after(a: Value, b: Value) -> bool:
    return before(b, a)


def meets(a: Value, b: Value) -> bool:
    return _gap(_range(a), _range(b)) == 0


def met_by(a: Value, b: Value) -> bool:
    return meets(b, a)


def overlaps(a: Value, b: Value) -> bool:
    first, second = _range(a), _range(b)
    return _gap(first, second) >= 0 and _gap(second, first) >= 0


def overlaps_before(a: Value, b: Value) -> bool:
    first, second = _range(a), _range(b)
    return (
        overlaps(first, second) and _low(first, second) < 0 and _high(first, second) <= 0 and _gap(first, second) >= 0
    )


def overlaps_after(a: Value, b: Value) -> bool:
    first, second = _range(a), _range(b)
    return overlaps(first, second) and _low(first, second) > 0 and _high(first, second) >= 0


def finishes(a: Value, b: Value) -> bool:
    whole = _range(b)
    if isinstance(a, Range):
        return _high(a, whole) == 0 and _low(a, whole) >= 0
    return _point_high(a, whole) == 0


def finished_by(a: Value, b: Value) -> bool:
    return finishes(b, a)


def includes(a: Value, b: Value) -> bool:
    whole = _range(a)
    if isinstance(b, Range):
        return _low(b, whole) >= 0 and _high(b, whole) <= 0
    return _point_low(b, whole) >= 0 and _point_high(b, whole) <= 0


def during(a: Value, b: Value) -> bool:
    return includes(b, a)


def starts(a: Value, b: Value) -> bool:
    whole = _range(b)
    if isinstance(a, Range):
        return _low(a, whole) == 0 and _high(a, whole) <= 0
    return _point_low(a, whole) == 0


def started_by(a: Value, b: Value) -> bool:
    return starts(b, a)


def coincides(a: Value, b: Value) -> bool:
    if isinstance(a, Range) and isinstance(b, Range):
        return _low(a, b) == 0 and _high(a, b) == 0
    if isinstance(a, Range) or isinstance(b, Range):
        raise FeelNull("a point and a range do not coincide")
    same = equal(a, b)
    if same is None:
        raise FeelNull("the points do not compare")
    return same


def _register(name: str, first: str, second: str, body: Callable[[Value, Value], bool]) -> None:
    for left, right in {(first, second), ("range1", "range2")}:
        builtin(f"{name}({left}: any, {right}: any)")(body)


_register("before", "point1", "point2", before)
_register("before", "point", "range", before)
_register("before", "range", "point", before)
_register("after", "point1", "point2", after)
_register("after", "point", "range", after)
_register("after", "range", "point", after)
_register("finishes", "point", "range", finishes)
_register("finished by", "range", "point", finished_by)
_register("includes", "range", "point", includes)
_register("during", "point", "range", during)
_register("starts", "point", "range", starts)
_register("started by", "range", "point", started_by)
_register("coincides", "point1", "point2", coincides)
for _name, _body in (
    ("meets", meets),
    ("met by", met_by),
    ("overlaps", overlaps),
    ("overlaps before", overlaps_before),
    ("overlaps after", overlaps_after),
):
    _register(_name, "range1", "range2", _body)
