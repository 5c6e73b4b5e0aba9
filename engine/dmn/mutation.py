"""How good a table's cases are: change one cell at a time and count the changes that no case notices.

    kill_rate(table, boundary_cases(table))  ->  MutationReport(killed=117, equivalent=2, total=120, survivors=(...))

A change that alters no answer at all (a stricter cell in a row that an earlier row of a FIRST table always beats) is
told apart by comparing both tables on every combination of regions, and does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from math import prod

from engine.feel import Date, FeelSyntaxError
from engine.feel.expression import Expression, UnaryTests

from .boundary import Case, answer
from .domain import column_domain
from .table import DecisionTable

MAX_POINTS = 20_000
_NUMBER = re.compile(r"(?<![\w.\"-])\d+(?:\.\d+)?(?![\w.\"-])")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SWAPS = (("<=", "<"), (">=", ">"), ("<", "<="), (">", ">="), ("[", "("), ("]", ")"), ("(", "["), (")", "]"))


@dataclass(frozen=True)
class Mutant:
    """One changed cell; row and column count from 1, outputs behind inputs."""

    row: int
    column: int
    before: str
    after: str


@dataclass(frozen=True)
class MutationReport:
    """`total` counts all mutants; `rate` leaves out the equivalent ones."""

    killed: int
    equivalent: int
    total: int
    survivors: tuple[Mutant, ...]

    @property
    def rate(self) -> float:
        meant = self.total - self.equivalent
        return self.killed / meant if meant else 1.0


def kill_rate(table: DecisionTable, cases: Sequence[Case], limit: int | None = None) -> MutationReport:
    """Run all mutants (or the first `limit`) against the cases."""
    killed, same, total = 0, 0, 0
    survivors: list[Mutant] = []
    for mutant, changed in mutants(table):
        if limit is not None and total >= limit:
            break
        total += 1
        if any(answer(changed, case.values) != (case.expected, case.error) for case in cases):
            killed += 1
        elif equivalent(table, changed):
            same += 1
        else:
            survivors.append(mutant)
    return MutationReport(killed, same, total, tuple(survivors))


def equivalent(a: DecisionTable, b: DecisionTable) -> bool:
    """Whether two tables over the same columns answer alike everywhere; False if there is too much to compare."""
    both = replace(a, rules=(*a.rules, *b.rules))
    columns = [column_domain(both, place) for place in range(len(a.inputs))]
    if any(column.opaque for column in columns) or prod(len(column.values) for column in columns) > MAX_POINTS:
        return False
    return all(answer(a, point) == answer(b, point) for point in product(*(column.values for column in columns)))


def mutants(table: DecisionTable) -> Iterator[tuple[Mutant, DecisionTable]]:
    """Every single-cell change that still parses and reads differently."""
    inputs = len(table.inputs)
    for row, rule in enumerate(table.rules):
        for place, test in enumerate(rule.tests):
            pool = [r.tests[place].text for r in table.rules]
            for text in sorted(set(changed_tests(test.text, pool)) - {test.text}):
                try:
                    cell = UnaryTests(text, (), {}, True)
                except FeelSyntaxError:
                    continue
                tests = (*rule.tests[:place], cell, *rule.tests[place + 1 :])
                yield Mutant(row + 1, place + 1, test.text, text), _with(table, row, replace(rule, tests=tests))
        for place, entry in enumerate(rule.outputs):
            pool = [r.outputs[place].text for r in table.rules]
            for text in sorted(set(changed_output(entry.text, pool)) - {entry.text}):
                try:
                    expression = Expression(text, (), {}, True)
                except FeelSyntaxError:
                    continue
                outputs = (*rule.outputs[:place], expression, *rule.outputs[place + 1 :])
                mutant = Mutant(row + 1, inputs + place + 1, entry.text, text)
                yield mutant, _with(table, row, replace(rule, outputs=outputs))


def _with(table: DecisionTable, row: int, rule: object) -> DecisionTable:
    return replace(table, rules=(*table.rules[:row], rule, *table.rules[row + 1 :]))  # type: ignore[arg-type]


def changed_tests(text: str, pool: Sequence[str]) -> Iterator[str]:
    stripped = text.strip()
    if stripped in ("", "-"):
        other = next((t for t in pool if t.strip() not in ("", "-")), None)
        if other:
            yield other
        return
    yield "-"
    yield f"not({stripped})" if not stripped.startswith("not(") else stripped[4:-1]
    yield from _literals(stripped)
    yield from _one_less(stripped)
    outside = _STRING.sub(lambda m: "\0" * len(m[0]), stripped)
    for old, new in _SWAPS:
        at = outside.find(old)
        if at >= 0 and not (old in "<>" and outside[at + 1 : at + 2] == "="):
            yield stripped[:at] + new + stripped[at + len(old) :]


def _literals(text: str) -> Iterator[str]:
    """Each number a step up and down, each day one on, each string another, true and false swapped."""
    outside = _STRING.sub(lambda m: "\0" * len(m[0]), text)
    for found in _NUMBER.finditer(outside):
        number = Decimal(found[0])
        exponent = number.as_tuple().exponent
        step = Decimal(1).scaleb(min(0, exponent if isinstance(exponent, int) else 0))
        for changed in (number + step, number - step):
            yield text[: found.start()] + str(changed) + text[found.end() :]
    for found in _STRING.finditer(text):
        day = _DAY.search(found[0])
        if day:
            year, month, date = (int(part) for part in day[0].split("-"))
            following = str(Date.from_ordinal(Date(year, month, date).ordinal() + 1))
            yield text[: found.start() + day.start()] + following + text[found.start() + day.end() :]
        else:
            yield text[: found.start()] + '"?' + found[0][1:] + text[found.end() :]
    for old, new in (("true", "false"), ("false", "true")):
        if re.search(rf"\b{old}\b", outside):
            yield re.sub(rf"\b{old}\b", new, text, count=1)


def _one_less(text: str) -> Iterator[str]:
    parts = text.split(",")
    if len(parts) > 1 and "(" not in text and "[" not in text:
        for i in range(len(parts)):
            yield ",".join(parts[:i] + parts[i + 1 :]).strip()


def changed_output(text: str, pool: Sequence[str]) -> Iterator[str]:
    yield from _literals(text)
    other = next((t for t in pool if t.strip() != text.strip()), None)
    if other:
        yield other
    yield "null"
