"""Measures FEEL and decision tables on this machine, beside SpiffWorkflow's own DMN in the same run.

    python -m engine.dmn.bench [CASES]

Ratios hold from machine to machine, microseconds do not.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

from engine.feel import compile_expression

from .boundary import boundary_cases
from .mutation import kill_rate
from .reader import parse_model
from .rerun import rerun
from .samples import deadline_table, housing_table, rent_table, sized_table

STOCK = Path(__file__).resolve().parents[2] / "tests" / "dmn" / "spiff_stock.py"
CASES = 1_000_000
Run = Callable[[], object]


def main(cases: int = CASES) -> None:
    """Print one line a measurement; targets in brackets."""
    print("FEEL, 5 operators:", _micros(_five_operators()), "[<= 5 us]")
    for rows, target in ((10, 20), (500, 300)):
        ours = _micros(_table(rows))
        print(f"table, {rows} rows: {ours} [<= {target} us]{_beside(rows, ours)}")
    for name, xml in (("housing", housing_table()), ("rent", rent_table()), ("deadline", deadline_table())):
        table = next(parse_model(xml).tables())
        found = boundary_cases(table)
        report = kill_rate(table, found)
        print(
            f"mutation, {name}: {len(found)} cases, {report.killed}/{report.total - report.equivalent} = {report.rate:.1%} [>= 95 %]"
        )
    started = time.perf_counter()
    count = sum(1 for _ in rerun(sized_table(10), "sized", _inputs(cases)))
    print(f"re-run of {count} decisions: {time.perf_counter() - started:.1f} s [< 60 s for 1,000,000]")


class Micros(float):
    """A duration in microseconds."""

    def __str__(self) -> str:
        return f"{float(self):.1f} us"


def _micros(run: Run, rounds: int = 7, budget_s: float = 0.15) -> Micros:
    """The median time of one call over some rounds."""
    started = time.perf_counter()
    run()
    times = max(1, int(budget_s / max(time.perf_counter() - started, 1e-6)))
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        for _ in range(times):
            run()
        found.append((time.perf_counter() - started) / times * 1e6)
    return Micros(statistics.median(found))


def _five_operators() -> Run:
    expression = compile_expression("a * 2 + b - c / 4 > 10", ("a", "b", "c"))
    scope = {"a": Decimal(10), "b": Decimal("3.5"), "c": Decimal(8)}
    return lambda: expression(scope)


def _table(rows: int) -> Run:
    model = parse_model(sized_table(rows))
    inputs = {"amount": rows * 10 - 5, "kind": "a", "since": 3}
    return lambda: model.evaluate("sized", inputs)


def _inputs(count: int) -> Iterator[dict[str, object]]:
    return ({"amount": n % 100, "kind": "a", "since": n % 7} for n in range(count))


def _beside(rows: int, ours: Micros) -> str:
    """SpiffWorkflow's own DMN on a table of the same size, if its adapter lies beside the tests."""
    if not STOCK.exists():
        return ""
    spec = importlib.util.spec_from_file_location("spiff_stock", STOCK)
    if spec is None or spec.loader is None:
        return ""
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    theirs = _micros(module.stock_table(rows))
    return f"; SpiffWorkflow's own DMN {theirs}, ratio {theirs / ours:.1f}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
