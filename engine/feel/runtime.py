"""What compiled expressions call while they run: path steps, positions, iteration, invocation, cell tests.

Every failure is null with a warning on the frame; only budgets raise.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence
from decimal import Decimal

from .convert import adopt
from .dates import Date
from .errors import FeelNull
from .frame import Frame
from .functions import BUILTINS, Builtin
from .operators import arithmetic, contained, property_of
from .values import SCALARS, Function, Range, Value, kind_of

Code = Callable[[Frame], Value]


def cell_test(value: Value, result: Value, own: bool) -> bool | None:
    """One test of a cell: a condition on `?` counts as it is, anything else is a value to meet."""
    if own and (isinstance(result, bool) or result is None):
        return result
    if type(result) is bool and type(value) is not bool and not own:
        return result if value is not None else (result or None) and result
    return contained(value, result)


def dotted(f: Frame, root: str, names: tuple[str, ...]) -> tuple[Value, tuple[str, ...]]:
    """(value, what is left of the path) for the shortest dotted name that the scope holds."""
    name = root
    for place, part in enumerate(names):
        name = f"{name}.{part}"
        if name in f.scope:
            return f.scope[name], names[place + 1 :]
    if root in BUILTINS:
        return BUILTINS[root], names
    f.warn(f"there is no {root!r} in scope")
    return None, ()


def as_list(value: Value) -> list[Value]:
    """Singleton rule of filters: null has no items, anything else that is no list is one item."""
    if type(value) is list:
        return value
    return [] if value is None else [value]


def pick(f: Frame, items: list[Value], position: Decimal) -> Value:
    index = int(position) if abs(position) < 10**9 and position == position.to_integral_value() else 0
    if 1 <= index <= len(items):
        return items[index - 1]
    if -len(items) <= index <= -1:
        return items[index]
    f.warn(f"the list has no position {position}")
    return None


def step(f: Frame, value: Value, name: str) -> Value:
    """One step of a path off the fast track."""
    if type(value) is not dict and type(value) not in SCALARS:
        value = adopt(value)
    if type(value) is list:
        f.budget.spend(len(value))
        return [step(f, item, name) for item in value]
    if type(value) is dict:
        if name in value:
            return value[name]
        f.warn(f"the context has no entry {name!r}")
        return None
    try:
        return property_of(value, name)
    except FeelNull as null:
        f.warn(str(null))
        return None


def calculate(f: Frame, op: str, a: Value, b: Value) -> Value:
    try:
        result = arithmetic(op, a, b)
    except FeelNull as null:
        f.warn(str(null))
        return None
    if type(result) is str and len(result) > 10_000:
        f.budget.check_text(len(result))
    return result


def nest(f: Frame, loops: Sequence[tuple[int, Code, Code | None]], depth: int, each: Callable[[], object]) -> bool:
    """Run `each` for every combination; stops when it answers True."""
    if depth == len(loops):
        return each() is True
    slot, source, end = loops[depth]
    start = source(f)
    for item in iterate(f, start, None if end is None else end(f), end is not None):
        f.budget.spend()
        f.vars[slot] = item
        if nest(f, loops, depth + 1, each):
            return True
    return False


def iterate(f: Frame, start: Value, end: Value, has_end: bool) -> Sequence[Value]:
    """The items of an iteration context: a list, a range of whole numbers or of days, or one value."""
    if has_end:
        return count_between(f, start, end, True)
    if isinstance(start, Range):
        ends = count_between(f, start.low, start.high, False)
        first = 0 if start.low_closed else 1
        last = len(ends) if start.high_closed else len(ends) - 1
        return ends[first:last]
    if start is None:
        raise FeelNull("there is nothing to iterate over: null")
    return as_list(start)


def count_between(f: Frame, start: Value, end: Value, may_descend: bool) -> list[Value]:
    if isinstance(start, Date) and isinstance(end, Date):
        first, last = start.ordinal(), end.ordinal()
    elif type(start) is Decimal and type(end) is Decimal:
        if start != start.to_integral_value() or end != end.to_integral_value() or max(abs(start), abs(end)) > 10**15:
            raise FeelNull("only whole numbers are iterated")
        first, last = int(start), int(end)
    else:
        raise FeelNull(f"a range from {kind_of(start)} to {kind_of(end)} is not iterated")
    if first > last and not may_descend:
        raise FeelNull("the range runs backwards")
    f.budget.check_list(abs(last - first) + 1)
    numbers = range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return [Date.from_ordinal(i) for i in numbers] if isinstance(start, Date) else [Decimal(i) for i in numbers]


def call_builtin(builtin: Builtin, names: Sequence[str] | None, args: Sequence[Code]) -> Code:
    def run(f: Frame) -> Value:
        values = [a(f) for a in args]
        budget = f.budget
        budget.spend()
        try:
            return builtin.run(values, budget) if names is None else builtin.run_named(names, values, budget)
        except FeelNull as null:
            f.warn(str(null))
        except decimal.DecimalException:
            f.warn(f"{builtin.name}: the result is out of range")
        except (OverflowError, ValueError) as error:
            f.warn(f"{builtin.name}: {error}")
        return None

    return run


def invoke(f: Frame, target: Value, args: list[Value], names: Sequence[str] | None) -> Value:
    """Call a function value by position or by name; null with a reason if it cannot be."""
    if not isinstance(target, Function):
        f.warn(f"a {kind_of(target)} cannot be called")
        return None
    try:
        if names is not None:
            if isinstance(target, Builtin):
                return target.run_named(names, args, f.budget)
            if set(names) != set(target.params):
                raise FeelNull(f"the parameters are {', '.join(target.params)}")
            by_name = dict(zip(names, args, strict=True))
            args = [by_name[p] for p in target.params]
        return target.call(args, f.budget, f.warnings)
    except FeelNull as null:
        f.warn(str(null))
    except decimal.DecimalException:
        f.warn("the result is out of range")
    except (OverflowError, ValueError) as error:
        f.warn(str(error))
    return None
