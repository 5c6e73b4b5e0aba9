"""String functions (DMN 1.5, 10.3.4.3). Lengths and positions count Unicode characters."""

from __future__ import annotations

from decimal import Decimal

from .. import regex
from ..budget import Budget
from ..errors import FeelNull
from ..values import Value, kind_of
from .registry import builtin


@builtin("substring(string: string, start position: number, [length: number|null])")
def substring(string: str, start: Decimal, length: Decimal | None = None) -> str:
    first = int(start)
    if first == 0 or abs(first) > len(string):
        raise FeelNull("the start position is outside the string")
    begin = first - 1 if first > 0 else len(string) + first
    if length is None:
        return string[begin:]
    if int(length) < 1:
        raise FeelNull("the length is less than 1")
    return string[begin : begin + int(length)]


@builtin("string length(string: string)")
def string_length(string: str) -> Decimal:
    return Decimal(len(string))


@builtin("upper case(string: string)")
def upper_case(string: str) -> str:
    return string.upper()


@builtin("lower case(string: string)")
def lower_case(string: str) -> str:
    return string.lower()


@builtin("substring before(string: string, match: string)")
def substring_before(string: str, match: str) -> str:
    at = string.find(match)
    return "" if at < 0 else string[:at]


@builtin("substring after(string: string, match: string)")
def substring_after(string: str, match: str) -> str:
    at = string.find(match)
    return "" if at < 0 else string[at + len(match) :]


@builtin("contains(string: string, match: string)")
def contains(string: str, match: str) -> bool:
    return match in string


@builtin("starts with(string: string, match: string)")
def starts_with(string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(string: str, match: str) -> bool:
    return string.endswith(match)


@builtin("replace(input: string, pattern: string, replacement: string, [flags: string|null])", wants_budget=True)
def replace(budget: Budget, string: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    budget.check_text(len(string) * (1 + len(replacement) if "$" in replacement else 1) // 4 + len(string))
    result = regex.replace(string, pattern, replacement, flags or "", budget)
    budget.check_text(len(result))
    return result


@builtin("matches(input: string, pattern: string, [flags: string|null])", wants_budget=True)
def matches(budget: Budget, string: str, pattern: str, flags: str | None = None) -> bool:
    budget.spend(1 + (len(string) >> 6))
    return regex.matches(string, pattern, flags or "", budget)


@builtin("split(string: string, delimiter: string)", wants_budget=True)
def split(budget: Budget, string: str, delimiter: str) -> list[str]:
    parts = regex.split(string, delimiter, budget)
    budget.check_list(len(parts))
    return parts


@builtin("string join(list: list, [delimiter: string|null])", wants_budget=True)
def string_join(budget: Budget, items: list[Value], delimiter: str | None = None) -> str:
    texts = [item for item in items if item is not None]
    for item in texts:
        if type(item) is not str:
            raise FeelNull(f"the list holds a {kind_of(item)}")
    separator = delimiter or ""
    budget.check_text(sum(map(len, texts)) + len(separator) * len(texts))  # type: ignore[arg-type]
    return separator.join(texts)  # type: ignore[arg-type]
