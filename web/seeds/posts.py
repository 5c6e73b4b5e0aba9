"""Which posts the deployed diagrams name and no account holds yet; a new flow brings its posts with it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from engine.xmlsafe import parse_xml

if TYPE_CHECKING:
    from web.bootstrap import Services

_CANDIDATES = "{http://camunda.org/schema/1.0/bpmn}candidateGroups"


def missing_posts(services: Services, held: Collection[str]) -> list[str]:
    """Groups of start permissions and of user tasks (literal ones) for which there is no account."""
    found: list[str] = []
    for definition in services.engine.definitions():
        found += definition.start_groups
        root = parse_xml(services.engine.definition(definition.key).xml)
        for node in root.iter("{*}userTask"):
            literal = node.get(_CANDIDATES, "")
            found += [] if literal.startswith("=") else [part.strip() for part in literal.split(",")]
    return sorted({group for group in found if group} - set(held))
