"""Names the places of a case in words: which block of the diagram a nested step stands in; reads names only."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from engine.views import CaseView, ProgressStep
from engine.xmlsafe import parse_xml
from web.i18n import language
from web.services import current_services

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


@lru_cache(maxsize=64)
def _calls(_hash: str, xml: bytes) -> dict[str, str]:
    """Names of the call activities and sub-processes by id."""
    root = parse_xml(xml)
    return {
        node.get("id", ""): node.get("name", "")
        for kind in ("callActivity", "subProcess")
        for node in root.iter(f"{_BPMN}{kind}")
    }


_KNOWN: dict[tuple[int, str, int], dict[str, str]] = {}
_MOST = 200


def blocks(case: CaseView) -> dict[str, str]:
    """The names of all blocks of a case's diagrams by id; read once for each version of a process."""
    key = (id(current_services().database), case.process_key, case.process_version)
    if key not in _KNOWN:
        if len(_KNOWN) >= _MOST:
            _KNOWN.clear()
        _KNOWN[key] = _read(case)
    return _KNOWN[key]


def _read(case: CaseView) -> dict[str, str]:
    found: dict[str, str] = {}
    for definition in current_services().engine.definition_of(case.id).values():
        found |= _calls(definition.hash, definition.xml)
    return found


def title_of(step: ProgressStep, names: dict[str, str]) -> str:
    """The step in words: the block and the step, or one of them when the other says nothing more."""
    own = (step.name_en if language() == "en" else None) or step.name
    block = block_of(step, names)
    if not block or block in own:
        return own
    return block if step.kind == "job" and step.process_key in ("verify",) else f"{block} · {own}"


def block_of(step: ProgressStep, names: dict[str, str]) -> str:
    """The name of the innermost block around a step."""
    parts = [part.partition("#")[0] for part in (step.path or "").split(".") if part]
    return next((names[part] for part in reversed(parts) if names.get(part)), "")


def main_element(step: ProgressStep) -> str:
    """The element of the main diagram at which a step stands: itself or the block around it."""
    first: str = (step.path or "").split(".")[0].partition("#")[0]
    return first or step.element_id


def standing_at(progress: Any) -> list[str]:
    """The elements of the main diagram where the case stands now."""
    return sorted({main_element(step) for step in progress.steps if step.status in ("current", "waiting")})
