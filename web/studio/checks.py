"""What is wrong with a diagram, told so that a person can mend it: what the engine refuses, and where cases could get stuck."""

from __future__ import annotations

from typing import Any

from engine import bpmn
from engine.errors import GuangshaError
from web.studio import queries


def problems_of(services: Any, xml: bytes, file: str) -> list[dict[str, Any]]:
    """Problems as dicts {file, line, element_id, rule, severity, message, message_en, path?}; errors first."""
    try:
        found = [problem.as_dict() for problem in _lint(services, xml, file)]
        found += [problem.as_dict() for problem in _soundness(services, xml, file)] if not _has_errors(found) else []
    except GuangshaError as error:
        found = [_unreadable(error, file)]
    return sorted(found, key=lambda problem: (problem["severity"] != "error", problem.get("line") or 0))


def _lint(services: Any, xml: bytes, file: str) -> list[Any]:
    return bpmn.lint(
        xml,
        file=file,
        forms=queries.form_keys(),
        topics=services.registry.topics,
        decisions=queries.decision_keys(),
        called=called(services),
    )


def _soundness(services: Any, xml: bytes, file: str) -> list[Any]:
    check = getattr(bpmn, "soundness", None)
    return list(check(xml, called=called(services), file=file)) if callable(check) else []


def called(services: Any) -> Any:
    """The file of a called process by key, or None: its version in force."""

    def find(key: str) -> bytes | None:
        found = queries.versions(key)
        if not found:
            return None
        now = services.clock.now()
        started = [row["version"] for row in found if row["effective_at"] <= now]
        row = queries.version(key, max(started, default=found[0]["version"]))
        return bytes(row["xml"]) if row else None

    return find


def _has_errors(found: list[dict[str, Any]]) -> bool:
    return any(problem["severity"] == "error" for problem in found)


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
