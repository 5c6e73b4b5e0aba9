"""Names in FEEL that nothing in the diagram provides: mostly slips, which FEEL would silently read as null."""

from __future__ import annotations

from difflib import get_close_matches

from engine.bpmn.rules.context import Context
from engine.bpmn.rules.identity import RESERVED

PROGRESS = frozenset({"nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"})


def check(context: Context) -> None:
    """A block reads the names of whatever calls it, so only a process that is no block is checked."""
    if "block" in context.diagram.properties:
        return
    known = {*RESERVED, *PROGRESS, "start"}
    for node in context.diagram.nodes():
        element = node.element
        known |= {element.id, element.result_name.lstrip("/").partition(".")[0], *element.outputs}
        if element.multi_instance is not None:
            known.add(element.multi_instance.variable)
    known |= {name.partition(".")[0] for name in known}
    for name, (at, what, what_en) in context.used.items():
        if name in known or what.startswith("流程属性 case."):
            continue
        near = get_close_matches(name, known, 1)
        hint, hint_en = (f"是否指 {near[0]}？", f" Did you mean {near[0]}?") if near else ("", "")
        zh = f"{what}用到的名称 {name} 在图里没有来源，取值会是空。{hint}"
        context.warning(
            at, "unknown-name", zh, f"{what_en} uses {name}, which nothing in the diagram provides.{hint_en}"
        )
