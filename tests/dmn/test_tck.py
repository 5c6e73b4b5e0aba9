"""The TCK runner on cases of our own, and on a folder named by GUANGSHA_TCK if there is one."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from engine.dmn import tck
from engine.dmn.samples import table_xml

CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:xsd="http://www.w3.org/2001/XMLSchema"><modelName>own.dmn</modelName>
<testCase id="1"><inputNode name="n"><value xsi:type="xsd:decimal">3</value></inputNode>
 <resultNode name="table" type="decision"><expected><value xsi:type="xsd:string">small</value></expected></resultNode></testCase>
<testCase id="2"><inputNode name="n"><value xsi:nil="true"/></inputNode>
 <resultNode name="table" type="decision" errorResult="true"><expected><value xsi:nil="true"/></expected></resultNode></testCase>
<testCase id="3"><inputNode name="n"><value xsi:type="xsd:decimal">30</value></inputNode>
 <resultNode name="table" type="decision"><expected><value xsi:type="xsd:string">small</value></expected></resultNode></testCase>
</testCases>"""


def test_the_runner_counts_and_writes_both_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "suite" / "compliance-level-2" / "own"
    folder.mkdir(parents=True)
    rules = [("< 10", '"small"'), (">= 10", '"big"')]
    (folder / "own.dmn").write_bytes(table_xml("UNIQUE", (("n", "number", ""),), (("r", "string", ""),), rules))
    (folder / "own-test-01.xml").write_text(CASES, encoding="utf-8")
    report = tmp_path / "out.json"
    assert tck.main(str(tmp_path / "suite"), str(report)) == 1
    summary = json.loads(report.read_text(encoding="utf-8"))
    assert (summary["total"], summary["passed"], summary["ignored"]) == (3, 2, 0)
    assert summary["failed"] == ["compliance-level-2/own/own-test-01#3"]
    rows = list(csv.reader((tmp_path / "tck_results.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["compliance-level-2/own", "own-test-01", "1", "SUCCESS", ""]
    assert rows[2][3] == "ERROR"
    assert "3 cases, 2 passed" in capsys.readouterr().out


@pytest.mark.skipif("GUANGSHA_TCK" not in os.environ, reason="GUANGSHA_TCK names no TCK folder")
def test_the_tck_passes(tmp_path: Path) -> None:
    assert tck.main(os.environ["GUANGSHA_TCK"], str(tmp_path / "tck.json")) == 0


def test_the_command_takes_a_file_after_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from web.cli import main

    folder = tmp_path / "suite" / "compliance-level-2" / "own"
    folder.mkdir(parents=True)
    rules = [("< 10", '"small"'), (">= 10", '"big"')]
    (folder / "own.dmn").write_bytes(table_xml("UNIQUE", (("n", "number", ""),), (("r", "string", ""),), rules))
    (folder / "own-test-01.xml").write_text(CASES, encoding="utf-8")
    report = tmp_path / "report.json"
    assert main(["tck", str(tmp_path / "suite"), "--json", str(report)]) == 1
    assert json.loads(report.read_text(encoding="utf-8"))["total"] == 3
    assert (tmp_path / "tck_results.csv").exists()
    capsys.readouterr()
