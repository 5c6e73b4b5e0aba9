"""What a rule sees and how it reports; decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.diagram import Diagram, Node, read_diagram
from engine.bpmn.model import Element, Problem, Severity
from engine.errors import ValidationFailed


@dataclass(slots=True)
class Context:
    """One file with what is known around it; a None collection means: do not check."""

    file: str
    diagram: Diagram
    forms: Collection[str] | None
    topics: Collection[str] | None
    decisions: Collection[str] | None
    called: Callable[[str], bytes | None] | None
    known: Mapping[str, Diagram] | None = None
    problems: list[Problem] = field(default_factory=list)
    used: dict[str, tuple[Any, str, str]] = field(default_factory=dict)  # name in FEEL -> where first, zh, en
    _read: dict[str, Diagram | None] = field(default_factory=dict)

    def error(self, at: Any, rule: str, message: str, message_en: str) -> None:
        self._add(at, rule, "error", message, message_en)

    def warning(self, at: Any, rule: str, message: str, message_en: str) -> None:
        self._add(at, rule, "warning", message, message_en)

    def _add(self, at: Any, rule: str, severity: Severity, message: str, message_en: str) -> None:
        if isinstance(at, Node):
            at = at.element
        if isinstance(at, Element):
            line, element_id = at.line, at.id
        else:
            line, element_id = (at.sourceline or 0, _nearest_id(at)) if at is not None else (0, "")
        self.problems.append(Problem(self.file, line, element_id, rule, severity, message, message_en))

    def sorted(self) -> list[Problem]:
        unique = list(dict.fromkeys(self.problems))
        return sorted(unique, key=lambda p: (p.severity != "error", p.line, p.element_id, p.rule))

    def can_resolve_calls(self) -> bool:
        return self.known is not None or self.called is not None

    def called_diagram(self, key: str) -> Diagram | None:
        """The diagram of a called process; None when there is none or it cannot be read."""
        if key == self.diagram.key:
            return self.diagram
        if self.known is not None:
            return self.known.get(key)
        if key not in self._read:
            body = self.called(key) if self.called is not None else None
            try:
                self._read[key] = read_diagram(body, key) if body is not None else None
            except ValidationFailed:
                self._read[key] = None
        return self._read[key]


def _nearest_id(xml: Any) -> str:
    while xml is not None:
        if xml.get("id"):
            return str(xml.get("id"))
        xml = xml.getparent()
    return ""


def title(at: Element | Node) -> str:
    """How a person finds the element: its name, else its id, in quotes."""
    element = at.element if isinstance(at, Node) else at
    return f"“{element.name or element.id}”"


def title_en(at: Element | Node) -> str:
    element = at.element if isinstance(at, Node) else at
    return f"'{element.name or element.id}'"
