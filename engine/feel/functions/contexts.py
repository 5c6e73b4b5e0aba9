"""Context functions (DMN 1.5, 10.3.4.13). They return new contexts."""

from __future__ import annotations

from ..budget import Budget
from ..errors import FeelNull
from ..values import Value, kind_of
from .registry import builtin


@builtin("get value(m: context, key: string)")
def get_value(m: dict[str, Value], key: str) -> Value:
    if key not in m:
        raise FeelNull(f"there is no entry {key!r}")
    return m[key]


@builtin("get entries(m: context)")
def get_entries(m: dict[str, Value]) -> list[Value]:
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context(entries: list)", wants_budget=True)
def context(budget: Budget, entries: list[Value]) -> dict[str, Value]:
    budget.check_list(len(entries))
    result: dict[str, Value] = {}
    for entry in entries:
        if type(entry) is not dict or "key" not in entry or "value" not in entry:
            raise FeelNull("every entry needs key and value")
        key = entry["key"]
        if type(key) is not str or key in result:
            raise FeelNull("every key must be a string and stand once")
        result[key] = entry["value"]
    return result


@builtin("context put(context: context, key: string, value: any|null)")
def context_put(m: dict[str, Value], key: str, value: Value) -> dict[str, Value]:
    return {**m, key: value}


@builtin("context put(context: context, keys: list, value: any|null)")
def context_put_deep(m: dict[str, Value], keys: list[Value], value: Value) -> dict[str, Value]:
    if not keys:
        raise FeelNull("keys is empty")
    first, rest = keys[0], keys[1:]
    if type(first) is not str:
        raise FeelNull(f"a key is a {kind_of(first)}")
    if not rest:
        return {**m, first: value}
    inner = m.get(first)
    if type(inner) is not dict:
        raise FeelNull(f"the entry {first!r} is not a context")
    return {**m, first: context_put_deep(inner, rest, value)}


@builtin("context merge(contexts: list)", wants_budget=True)
def context_merge(budget: Budget, contexts: list[Value]) -> dict[str, Value]:
    result: dict[str, Value] = {}
    for part in contexts:
        if type(part) is not dict:
            raise FeelNull(f"the list holds a {kind_of(part)}")
        budget.spend(len(part) + 1)
        result.update(part)
    return result
