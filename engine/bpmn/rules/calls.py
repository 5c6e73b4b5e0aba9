"""Call activities: the called process exists, has a plain start, and no process calls itself, directly or round about."""

from __future__ import annotations

from engine.bpmn.diagram import CAMUNDA, Node
from engine.bpmn.rules.context import Context, title, title_en


def check(context: Context) -> None:
    for node in context.diagram.nodes():
        if node.element.kind == "callActivity":
            _call(context, node)


def _call(context: Context, node: Node) -> None:
    key = node.element.called_key
    if not key or key.startswith("=") or "${" in key:
        zh = f"调用活动{title(node)}没有写明固定的被调用流程。请填写流程编号。"
        context.error(
            node, "missing-process", zh, f"The call activity {title_en(node)} names no fixed process. Give its id."
        )
        return
    _all_variables(context, node)
    if not context.can_resolve_calls():
        return
    called = context.called_diagram(key)
    if called is None:
        zh = f"调用活动{title(node)}调用的流程 {key} 不存在或无法读取。请先部署它或改正编号。"
        context.error(
            node,
            "missing-process",
            zh,
            f"The process {key} called by {title_en(node)} does not exist or cannot be read.",
        )
        return
    if not any(start.event == "none" for start in called.scopes[called.key].starts()):
        zh = f"被调用的流程 {key} 没有无类型的开始事件，无法被调用。"
        context.error(node, "called-start", zh, f"The called process {key} has no plain start event.")
    circle = _circle(context, key)
    if circle:
        zh = f"流程互相调用成环：{' → '.join(circle)}。请拆开，改用回路。"
        context.error(
            node,
            "call-cycle",
            zh,
            f"The processes call each other in a circle: {' > '.join(circle)}. Break it; draw a loop instead.",
        )


def _all_variables(context: Context, node: Node) -> None:
    for tag in ("in", "out"):
        for xml in node.xml.iter(f"{CAMUNDA}{tag}"):
            if xml.get("variables") == "all":
                zh = f"{title(node)} 的 camunda:{tag} variables=all 不起作用：办件档案本来就能按名称读取。请删除，或逐个写明参数。"
                context.warning(
                    xml,
                    "all-variables",
                    zh,
                    "variables=all has no effect: the case file can be read by name anyway. Remove it.",
                )


def _circle(context: Context, key: str) -> list[str]:
    """The calls from the main process over `key` back to it or to one on the way; empty if there are none."""
    stack: list[tuple[str, tuple[str, ...]]] = [(key, (context.diagram.key,))]
    seen: set[str] = set()
    while stack:
        current, way = stack.pop()
        if current in way:
            return [*way[way.index(current) :], current]
        if current in seen:
            continue
        seen.add(current)
        diagram = context.called_diagram(current)
        if diagram is not None:
            stack += [(inner, (*way, current)) for inner in diagram.called_keys()]
    return []
