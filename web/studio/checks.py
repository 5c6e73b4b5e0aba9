"""What is wrong with a diagram, told so that a person can mend it: what the engine refuses, and where cases could get stuck."""

from __future__ import annotations

from typing import Any

from engine.errors import GuangshaError


def problems_of(services: Any, xml: bytes, file: str) -> list[dict[str, Any]]:
    """Problems as dicts {file, line, element_id, rule, severity, message, message_en}; errors first."""
    try:
        found = [problem.as_dict() for problem in services.engine.lint({file: xml})]
    except GuangshaError as error:
        found = [_unreadable(error, file)]
    return sorted(found, key=lambda problem: (problem["severity"] != "error", problem["line"] or 0))


def _unreadable(error: GuangshaError, file: str) -> dict[str, Any]:
    return {
        "file": file,
        "line": error.details.get("line") or 1,
        "element_id": error.details.get("element_id", ""),
        "rule": error.code,
        "severity": "error",
        "message": error.message,
        "message_en": error.message,
    }
