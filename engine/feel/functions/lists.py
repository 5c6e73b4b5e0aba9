"""List functions (DMN 1.5, 10.3.4.4). They return new lists; positions count from 1, or from the end if negative."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key

from ..budget import Budget
from ..durations import DaysTime, YearsMonths
from ..errors import FeelNull
from ..numbers import CONTEXT, ONE, ZERO
from ..values import Function, Range, Value, compare, equal, kind_of
from .registry import builtin


@builtin("list contains(list: list, element: any|null)", wants_budget=True)
def list_contains(budget: Budget, items: list[Value], element: Value) -> bool:
    budget.spend(len(items))
    return any(equal(item, element) is True for item in items)


@builtin("count(list: list...)")
def count(items: list[Value]) -> Decimal:
    return Decimal(len(items))


def _extreme(items: list[Value], sign: int) -> Value:
    if not items:
        return None
    best = items[0]
    if compare(best, best) is None:
        raise FeelNull(f"a {kind_of(best)} has no order")
    for item in items[1:]:
        order = compare(item, best)
        if order is None:
            raise FeelNull("the items do not compare")
        if order * sign > 0:
            best = item
    return best


@builtin("min(list: list...)")
def minimum(items: list[Value]) -> Value:
    return _extreme(items, -1)


@builtin("max(list: list...)")
def maximum(items: list[Value]) -> Value:
    return _extreme(items, 1)


def _numbers(items: list[Value]) -> list[Decimal]:
    for item in items:
        if type(item) is not Decimal:
            raise FeelNull(f"the list holds a {kind_of(item)}")
    return items  # type: ignore[return-value]


def total(numbers: list[Decimal]) -> Decimal:
    result = ZERO
    for number in numbers:
        result = CONTEXT.add(result, number)
    return result


@builtin("sum(list: list...)", wants_budget=True)
def add_up(budget: Budget, items: list[Value]) -> Value:
    budget.spend(len(items) >> 2)
    if not items:
        return None
    if type(items[0]) is DaysTime and all(type(i) is DaysTime for i in items):
        return DaysTime(sum(i.ns for i in items))  # type: ignore[attr-defined]
    if type(items[0]) is YearsMonths and all(type(i) is YearsMonths for i in items):
        return YearsMonths(sum(i.months for i in items))  # type: ignore[attr-defined]
    return total(_numbers(items))


@builtin("product(list: list...)")
def product(items: list[Value]) -> Value:
    if not items:
        return None
    result = ONE
    for number in _numbers(items):
        result = CONTEXT.multiply(result, number)
    return result


@builtin("mean(list: list...)")
def mean(items: list[Value]) -> Value:
    if not items:
        return None
    return CONTEXT.divide(total(_numbers(items)), Decimal(len(items)))


@builtin("median(list: list...)")
def median(items: list[Value]) -> Value:
    if not items:
        return None
    numbers = sorted(_numbers(items))
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return CONTEXT.divide(CONTEXT.add(numbers[middle - 1], numbers[middle]), Decimal(2))


@builtin("stddev(list: list...)")
def stddev(items: list[Value]) -> Value:
    """Sample standard deviation."""
    numbers = _numbers(items)
    if len(numbers) < 2:
        raise FeelNull("at least two numbers are needed")
    average = CONTEXT.divide(total(numbers), Decimal(len(numbers)))
    squares = [CONTEXT.power(CONTEXT.subtract(n, average), Decimal(2)) for n in numbers]
    return CONTEXT.sqrt(CONTEXT.divide(total(squares), Decimal(len(numbers) - 1)))


@builtin("mode(list: list...)")
def mode(items: list[Value]) -> Value:
    """All most frequent numbers, ascending."""
    counts: dict[Decimal, int] = {}
    for number in _numbers(items):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)


@builtin("all(list: list...)")
@builtin("and(list: list...)")
def every_item(items: list[Value]) -> Value:
    if any(item is False for item in items):
        return False
    if all(item is True for item in items):
        return True
    raise _not_boolean(items)


@builtin("any(list: list...)")
@builtin("or(list: list...)")
def some_item(items: list[Value]) -> Value:
    if any(item is True for item in items):
        return True
    if all(item is False for item in items):
        return False
    raise _not_boolean(items)


def _not_boolean(items: list[Value]) -> FeelNull:
    odd = next(item for item in items if not isinstance(item, bool))
    return FeelNull(f"the list holds a {kind_of(odd)}")


def _position(items: list[Value], position: Decimal, extra: int = 0) -> int:
    """The Python index of a FEEL position; `extra` places behind the end are allowed."""
    if position != position.to_integral_value():
        raise FeelNull("the position is not a whole number")
    index = int(position)
    if index == 0 or index > len(items) + extra or -index > len(items):
        raise FeelNull(f"there is no position {index}")
    return index - 1 if index > 0 else len(items) + index


@builtin("sublist(list: list, start position: number, [length: number|null])")
def sublist(items: list[Value], start: Decimal, length: Decimal | None = None) -> list[Value]:
    begin = _position(items, start)
    if length is None:
        return items[begin:]
    if length < 1 or begin + int(length) > len(items):
        raise FeelNull("the length does not fit")
    return items[begin : begin + int(length)]


def _append_all(budget: Budget, parts: list[list[Value]]) -> list[Value]:
    budget.check_list(sum(map(len, parts)))
    return [item for part in parts for item in part]


@builtin("insert before(list: list, position: number, newItem: any|null)", wants_budget=True)
def insert_before(budget: Budget, items: list[Value], position: Decimal, new: Value) -> list[Value]:
    index = _position(items, position)
    return _append_all(budget, [items[:index], [new], items[index:]])


@builtin("remove(list: list, position: number)")
def remove(items: list[Value], position: Decimal) -> list[Value]:
    index = _position(items, position)
    return items[:index] + items[index + 1 :]


@builtin("reverse(list: list)")
def reverse(items: list[Value]) -> list[Value]:
    return items[::-1]


@builtin("index of(list: list, match: any|null)", wants_budget=True)
def index_of(budget: Budget, items: list[Value], match: Value) -> list[Value]:
    budget.spend(len(items))
    return [Decimal(i) for i, item in enumerate(items, 1) if equal(item, match) is True]


class _Seen:
    """Which values were seen: by hash for scalars, by comparing for the rest."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.scalars: set[tuple[str, Value]] = set()
        self.others: list[Value] = []

    def add(self, value: Value) -> bool:
        """True if the value is new."""
        if not isinstance(value, (list, dict, Range, Function)):
            key = (kind_of(value), value)
            new = key not in self.scalars
            self.scalars.add(key)
            return new
        self.budget.spend(len(self.others) + 1)
        if any(equal(value, other) is True for other in self.others):
            return False
        self.others.append(value)
        return True


@builtin("distinct values(list: list)", wants_budget=True)
def distinct_values(budget: Budget, items: list[Value]) -> list[Value]:
    seen = _Seen(budget)
    return [item for item in items if seen.add(item)]


@builtin("duplicate values(list: list)", wants_budget=True)
def duplicate_values(budget: Budget, items: list[Value]) -> list[Value]:
    seen, twice = _Seen(budget), _Seen(budget)
    return [item for item in items if not seen.add(item) and twice.add(item)]


@builtin("flatten(list: list)", wants_budget=True)
def flatten(budget: Budget, items: list[Value]) -> list[Value]:
    flat: list[Value] = []
    stack = items[::-1]
    while stack:
        budget.spend()
        item = stack.pop()
        if type(item) is list:
            stack.extend(item[::-1])
        else:
            flat.append(item)
    budget.check_list(len(flat))
    return flat


def _sorter(budget: Budget, precedes: Function) -> Callable[[Value, Value], int]:
    warnings: list[str] = []

    def order(a: Value, b: Value) -> int:
        if precedes.call([a, b], budget, warnings) is True:
            return -1
        return 1 if precedes.call([b, a], budget, warnings) is True else 0

    return order


@builtin("sort(list: list, precedes: function)", wants_budget=True)
def sort(budget: Budget, items: list[Value], precedes: Function) -> list[Value]:
    if not precedes.accepts(2):
        raise FeelNull("precedes must take two parameters")
    return sorted(items, key=cmp_to_key(_sorter(budget, precedes)))


@builtin("sort(list: list)", wants_budget=True)
def sort_naturally(budget: Budget, items: list[Value]) -> list[Value]:
    budget.spend(len(items))
    _extreme(items, 1)
    return sorted(items, key=cmp_to_key(lambda a, b: compare(a, b) or 0))


@builtin("list replace(list: list, position: number, newItem: any|null)")
def list_replace_at(items: list[Value], position: Decimal, new: Value) -> list[Value]:
    index = int(position)
    if index == 0 or abs(index) > len(items):
        raise FeelNull(f"there is no position {index}")
    index = index - 1 if index > 0 else len(items) + index
    return [*items[:index], new, *items[index + 1 :]]


@builtin("list replace(list: list, match: function, newItem: any|null)", wants_budget=True)
def list_replace_if(budget: Budget, items: list[Value], match: Function, new: Value) -> list[Value]:
    if not match.accepts(2):
        raise FeelNull("match must take two parameters")
    result: list[Value] = []
    for item in items:
        answer = match.call([item, new], budget, [])
        if not isinstance(answer, bool):
            raise FeelNull("match did not answer true or false")
        result.append(new if answer else item)
    return result


def register_many() -> None:
    """append, concatenate and union take their first list and then any number of arguments."""
    from .registry import BUILTINS, Builtin

    class Appending(Builtin):
        def accepts(self, count: int) -> bool:
            return count >= 1

        def run(self, args: list[Value], budget: Budget) -> Value:  # type: ignore[override]
            if not args:
                raise FeelNull(f"{self.name} needs a list")
            if self.name == "append":
                first = args[0] if type(args[0]) is list else [args[0]]
                if args[0] is None:
                    raise FeelNull("append: list is null")
                return _append_all(budget, [first, list(args[1:])])
            if any(arg is None for arg in args):
                raise FeelNull(f"{self.name}: a list is null")
            whole = _append_all(budget, [arg if type(arg) is list else [arg] for arg in args])
            return distinct_values(budget, whole) if self.name == "union" else whole

        def run_named(self, names: list[str], args: list[Value], budget: Budget) -> Value:  # type: ignore[override]
            raise FeelNull(f"{self.name} takes its arguments by position")

        params = ("list",)

    for name in ("append", "concatenate", "union"):
        BUILTINS[name] = Appending(name)


register_many()
