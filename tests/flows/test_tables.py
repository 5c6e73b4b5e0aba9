"""Every decision table that ships: no gap, overlap or dead row, and its generated cases notice nearly every changed cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.dmn import DecisionTable, parse_model
from engine.dmn.analysis import analyse
from engine.dmn.boundary import boundary_cases
from engine.dmn.mutation import kill_rate
from tests.flows.stage import ROOT

FILES = sorted((ROOT / "processes").rglob("*.dmn"))
WANTED = 0.95


def tables(file: Path) -> list[DecisionTable]:
    model = parse_model(file.read_bytes())
    return [table for decision in model.decisions.values() for table in decision.tables]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_table_has_no_finding(file: Path) -> None:
    """A table that collects may hold nothing or several rows; every other one answers each allowed case once."""
    for table in tables(file):
        found = [finding for finding in analyse(table) if finding.severity != "note"]
        assert [(finding.kind, finding.rows, finding.witness) for finding in found] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_generated_cases_notice_a_changed_cell(file: Path) -> None:
    for table in tables(file):
        report = kill_rate(table, boundary_cases(table))
        assert report.total > 0
        assert report.rate >= WANTED, report.survivors
