"""The shipped diagrams: without any finding, readable, drawn by templates that know every property, and openable elsewhere."""

from __future__ import annotations

import json
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn import lint
from engine.registry import registry
from tests.flows.stage import ROOT, register_handlers

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAY = "{http://www.omg.org/spec/DD/20100524/DI}"
FILES = sorted((ROOT / "processes").rglob("*.bpmn"))
TEMPLATES = {entry["id"]: entry for entry in json.loads((ROOT / "processes/templates/gov.json").read_text("utf-8"))}


def forms() -> set[str]:
    folder = ROOT / "forms"
    return {str(file.relative_to(folder)).removesuffix(".schema.json") for file in folder.rglob("*.schema.json")}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_diagram_has_no_finding(file: Path) -> None:
    register_handlers()
    called = {path.stem: path.read_bytes() for path in FILES}
    decisions = {path.stem for path in (ROOT / "processes").rglob("*.dmn")}
    found = lint(file.read_bytes(), forms=forms(), topics=registry.topics, decisions=decisions, called=called.get)
    assert [(p.element_id, p.rule) for p in found if p.severity == "error"] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_node_has_a_place_and_none_overlaps(file: Path) -> None:
    root = etree.parse(file).getroot()
    hosts = {b.get("id"): b.get("attachedToRef") for b in root.iter(f"{BPMN}boundaryEvent")}
    boxes = {}
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        boxes[shape.get("bpmnElement")] = tuple(float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    drawn = {
        e.get("id")
        for e in root.iter()
        if isinstance(e.tag, str) and e.tag.endswith(("Task", "Event", "Gateway", "callActivity"))
    }
    assert drawn <= set(boxes)
    for (one, a), (two, b) in combinations(boxes.items(), 2):
        if hosts.get(one) != two and hosts.get(two) != one:
            apart = a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]
            assert apart, f"{one} overlaps {two}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_edge_is_orthogonal(file: Path) -> None:
    for edge in etree.parse(file).getroot().iter(f"{DI}BPMNEdge"):
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.iter(f"{WAY}waypoint")]
        assert len(points) >= 2
        for (x1, y1), (x2, y2) in pairwise(points):
            assert abs(x1 - x2) < 1 or abs(y1 - y2) < 1, edge.get("bpmnElement")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_templates_know_every_property_of_what_they_drew(file: Path) -> None:
    """An editor that applies a template drops what the template does not name."""
    for node in etree.parse(file).getroot().iter():
        template = TEMPLATES.get(node.get(f"{CAMUNDA}modelerTemplate", "")) if isinstance(node.tag, str) else None
        if template is None:
            assert not isinstance(node.tag, str) or f"{CAMUNDA}modelerTemplate" not in node.attrib
            continue
        known = {
            (p["binding"]["type"], p["binding"].get("name") or p["binding"].get("target"))
            for p in template["properties"]
        }
        written = {("camunda:property", p.get("name")) for p in node.findall(f".//{CAMUNDA}property")}
        if node.tag == f"{BPMN}callActivity" and template["id"] != "gov.call":
            written |= {("camunda:in", entry.get("target")) for entry in node.iter(f"{CAMUNDA}in")}
        written |= {
            ("property", f"camunda:{name}")
            for name in ("formKey", "candidateGroups", "topic", "decisionRef", "resultVariable")
            if node.get(CAMUNDA + name)
        }
        assert written <= known, (node.get("id"), written - known)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_step_is_named_in_chinese(file: Path) -> None:
    for node in etree.parse(file).getroot().iter():
        if isinstance(node.tag, str) and node.tag.endswith(("Task", "Event", "callActivity")):
            assert any("\u4e00" <= char <= "\u9fff" for char in node.get("name", "")), node.get("id")
