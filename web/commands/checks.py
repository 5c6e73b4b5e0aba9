"""Commands that prove something: requirements (which rule is shown by which test) and tck (DMN conformance)."""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from collections import Counter
from typing import Any

from engine.errors import NotFound
from web.commands.answer import Answer, table
from web.config import ROOT

RECORD = ROOT / "tests" / "artifacts" / "requirements.json"
CATALOGUE = ROOT / "tests" / "requirements.csv"


def register(group: Any, shared: argparse.ArgumentParser) -> None:
    command = group.add_parser("requirements", parents=[shared], help="需求与测试对照 / which test proves which rule")
    command.add_argument("--run", action="store_true", help="先运行有编号的测试 / run the numbered tests first")
    command.add_argument("--missing", action="store_true", help="只列缺失或失败 / only what is missing or failed")
    command.set_defaults(run=_requirements)
    command = group.add_parser("tck", help="DMN TCK 符合性 / DMN TCK conformance")
    command.add_argument("directory")
    command.add_argument("--json", dest="json_file", metavar="FILE", help="also write the results as JSON to this file")
    command.add_argument("--csv", dest="csv_file", metavar="FILE", help="where tck_results.csv goes; default: beside the JSON")
    command.set_defaults(run=_tck, json=False)


def _requirements(options: argparse.Namespace) -> Answer:
    if not CATALOGUE.exists():
        raise NotFound("需求目录 tests/requirements.csv 不在：请在源代码目录中运行。")
    if options.run or not RECORD.exists():
        _run_numbered_tests(quiet=options.json)
    rows = matrix(
        list(csv.DictReader(CATALOGUE.open(encoding="utf-8"))),
        json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {},
    )
    count = Counter(row["result"] for row in rows)
    shown = [r for r in rows if r["result"] in ("missing", "failed")] if options.missing else rows
    head = ("rule", "process", "result", "tests", "title")
    text = table(head, [(r["rule"], r["process"], r["result"], len(r["tests"]), r["title"]) for r in shown])
    text += "\n" + "  ".join(f"{name} {count[name]}" for name in ("passed", "failed", "missing", "not applicable"))
    return Answer({"count": dict(count), "rules": rows}, text, 1 if count["missing"] or count["failed"] else 0)


def matrix(catalogue: list[dict[str, str]], record: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """One row a rule: rule, title, process, result (passed|failed|missing|not applicable), tests {node id: outcome}."""
    return [
        {
            "rule": row["rule"],
            "title": row["title"],
            "process": row["process"],
            "tests": (tests := record.get(row["rule"], {})),
            "result": _result(row["applies"], tests),
        }
        for row in catalogue
    ]


def _result(applies: str, tests: dict[str, str]) -> str:
    if any(outcome == "failed" for outcome in tests.values()):
        return "failed"
    if any(outcome == "passed" for outcome in tests.values()):
        return "passed"
    return "not applicable" if applies.strip().lower() == "no" else "missing"


def _run_numbered_tests(*, quiet: bool) -> None:
    RECORD.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "requirement"]
    subprocess.run(command, cwd=ROOT, check=False, stdout=sys.stderr if quiet else None)


def _tck(options: argparse.Namespace) -> Answer:
    from engine.dmn import tck

    return Answer({}, "", tck.main(options.directory, options.json_file, options.csv_file))
