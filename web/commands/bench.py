"""Commands that measure: bench engine, bench web, bench rules. Figures are medians with ratios from one run."""

from __future__ import annotations

import argparse
from typing import Any

from web.commands.answer import Answer


def register(group: Any, shared: argparse.ArgumentParser) -> None:
    command = group.add_parser("bench", parents=[shared], help="测量 / benchmarks")
    command.add_argument("what", choices=("engine", "web", "rules"))
    command.set_defaults(run=lambda options: BENCHES[options.what]())


def _engine() -> Answer:
    from engine import bench

    return Answer({}, "", bench.main() or 0)


def _rules() -> Answer:
    from engine.dmn import bench

    bench.main()
    return Answer({})


def _web() -> Answer:
    from web import bench

    return bench.main()


BENCHES = {"engine": _engine, "web": _web, "rules": _rules}
