"""Checks a diagram before it may be deployed and says for each problem where it is and what to do; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from engine.bpmn.diagram import Diagram, read_diagram
from engine.bpmn.model import Problem
from engine.bpmn.rules import QUICK, RULES
from engine.bpmn.rules.context import Context
from engine.errors import ValidationFailed


def lint(
    xml: bytes,
    *,
    file: str = "",
    forms: Collection[str] | None = None,
    topics: Collection[str] | None = None,
    decisions: Collection[str] | None = None,
    called: Callable[[str], bytes | None] | None = None,
) -> list[Problem]:
    """All problems of one file, errors first, then by line. None for forms, topics, decisions or called: not checked.

    An error keeps the file from being deployed; a warning does not. Never raises for what the file holds.
    """
    try:
        diagram = read_diagram(xml)
    except ValidationFailed as error:
        english = "The file is not a BPMN 2.0 diagram that can be read safely."
        return [Problem(file, 0, "", "not-bpmn", "error", error.message, english)]
    context = Context(file, diagram, forms, topics, decisions, called)
    for rule in RULES:
        rule(context)
    return context.sorted()


def lint_diagrams(main: Diagram, by_key: Mapping[str, Diagram]) -> list[Problem]:
    """What must hold for a diagram and all it calls to run at all; the checks of the compiler."""
    found: list[Problem] = []
    for diagram in by_key.values():
        file = "" if diagram is main else diagram.key
        context = Context(file, diagram, None, None, None, None, by_key)
        for rule in QUICK:
            rule(context)
        found.extend(context.sorted())
    return found
