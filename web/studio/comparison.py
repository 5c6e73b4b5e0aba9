"""The difference of two diagrams as a list of sentences with the element each is about; changes nothing."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any


def compare(before: bytes, after: bytes) -> list[dict[str, Any]]:
    """Changes as dicts {element_id, what, message, message_en}; what is added, removed, changed or moved."""
    if importlib.util.find_spec("engine.bpmn.diff") is None:
        return []
    found = importlib.import_module("engine.bpmn.diff").diff(before, after)
    return [change if isinstance(change, dict) else change.as_dict() for change in found]
