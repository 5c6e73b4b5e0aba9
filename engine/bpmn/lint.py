"""Checks diagrams before they run."""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.diagram import Diagram
from engine.bpmn.model import Problem


def lint_diagrams(main: Diagram, by_key: Mapping[str, Diagram]) -> list[Problem]:
    return []
