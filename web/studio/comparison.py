"""The difference of two diagrams as a list of sentences with the element each is about; changes nothing."""

from __future__ import annotations

from typing import Any

from engine.bpmn.diff import diff


def compare(before: bytes, after: bytes) -> list[dict[str, Any]]:
    """Changes as dicts {element_id, what, message, message_en}; what is added, removed, changed or moved."""
    return [_told(change.as_dict()) for change in diff(before, after)]


def _told(change: dict[str, Any]) -> dict[str, Any]:
    kind = change.pop("kind")
    return change | {"what": "moved" if kind == "layout" else kind}
